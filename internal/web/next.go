package web

import (
	"net/url"
	"strings"

	"github.com/rosterhq/roster/internal/oauth"
)

// nextOf returns the page to which a person goes once they are signed in, or "" where the request names none that is
// ours: a path, with a query or without, below the beginning of the site's pages.
func nextOf(text string) string {
	if !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.IsAbs() || u.Host != "" || u.Fragment != "" {
		return ""
	}
	// Whoever decodes the path once more must not find another meaning in it.
	for part := range strings.SplitSeq(strings.TrimPrefix(u.Path, "/"), "/") {
		if part == "." || part == ".." || part == "" && u.Path != "/" || strings.ContainsAny(part, `\%`) {
			return ""
		}
	}
	if strings.Count(u.Path, "/") != strings.Count(u.EscapedPath(), "/") {
		return ""
	}
	return text
}

// toApp reports whether a page sends people on to an app.
func toApp(page string) bool {
	path, _, _ := strings.Cut(page, "?")
	return path == oauth.AuthorizePath
}
