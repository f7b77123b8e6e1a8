package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/gzipped"
)

// Every folder of templates is a language, with one file a page, layout.html, which all of them fill, parts.html, of
// which they take what they need, and words.yaml.
//
//go:embed templates
var templates embed.FS

// Frame is what the layout shows around every page.
type Frame struct {
	Lang    string
	Dir     string // how lines run where that is not from left to right
	Root    string // leads to the beginning of the site's pages, relatively; empty or ends in a slash
	Site    string // the site's name
	StandIn bool
	Me      string // the display name of who is signed in; empty where the page is for anyone
	Nav     []Section
	Done    string // what has just been done, for which the page has words; empty for nothing
	Of      string // to what
}

// Section is a part of the pages that the navigation leads to.
type Section struct {
	Name, Path string // Path is below Root
	Here       bool
}

// Asset is the name under which a file of the pages is served.
func (Frame) Asset(file string) string { return assets().names[file] }

func (v *visit) frame() Frame {
	q, t := v.r.URL.Query(), v.tongue()
	f := Frame{
		Lang: t.lang(v.reads()), Dir: t.direction(), Root: v.root, Site: v.site.Name, StandIn: v.StandIn, Me: v.who.account.DisplayName,
		Done: word(q.Get("done")), Of: q.Get("of"),
	}
	if v.who.account.ID == "" {
		return f
	}
	for _, s := range sections {
		if s.access != anyone && !v.who.CanUse(v.site.Settings) {
			continue
		}
		if (s.access != administrator || v.who.Standing.SiteAdmin) && (!s.standIn || v.StandIn) {
			f.Nav = append(f.Nav, Section{s.name, strings.TrimPrefix(s.path, "/"), s.name == v.route.section})
		}
	}
	return f
}

// word is text where that is one word of small letters, else "": what is left is one that a page knows, or none.
func word(text string) string {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return ""
	}
	return text
}

// partial reports whether htmx asks for a part of the page.
func (v *visit) partial() bool {
	return v.r.Header.Get("HX-Request") == "true" && v.r.Header.Get("HX-Target") != ""
}

// showPart answers with one template of a page.
func (v *visit) showPart(page, part string, data any) error {
	return v.execute(http.StatusOK, page, part, data)
}

// policy lets in our stylesheet and pictures, and nothing else. Forms go nowhere but back to us: as Chrome holds that
// against where such a form's answer redirects to as well, who is to go elsewhere after one is sent by [visit.leave].
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// scripted is the policy of pages with sections, which use our own scripts. What people sign in by or decide about an
// app on has none.
var scripted = strings.NewReplacer("style-src 'self'", "script-src 'self'; connect-src 'self'; style-src 'self'", "img-src 'self'", "img-src 'self' blob:").Replace(policy)

// guard sets what every answer says to the browser.
func (v *visit) guard() {
	csp := policy
	if v.route.section != "" {
		csp = scripted
	}
	for name, value := range map[string]string{
		"Content-Security-Policy": csp, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		// Other origins get no referrer. With no-referrer our own forms would come from the origin null, as another
		// site's can.
		"Referrer-Policy": "same-origin",
	} {
		v.w.Header().Set(name, value)
	}
}

// show answers with a page.
func (v *visit) show(status int, page string, data any) error {
	return v.execute(status, page, "layout", data)
}

func (v *visit) execute(status int, page, part string, data any) error {
	var out bytes.Buffer
	if err := v.tongue().pages[page].ExecuteTemplate(&out, part, data); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if v.posted() {
		// A secret that is shown once answers a form. How long it is when packed with what was typed must not tell it.
		v.w.WriteHeader(status)
		v.w.Write(out.Bytes())
		return nil
	}
	gzipped.Write(v.w, v.r, status, out.Bytes())
	return nil
}

// problem says what is wrong: the template has the words for what, and detail is more to say where there is more.
func (v *visit) problem(status int, what, detail string) error {
	return v.show(status, "problem", struct {
		Frame
		Problem, Detail, Request string
	}{v.frame(), what, detail, v.by.RequestID})
}

// leave sends the browser to another address by a page of its own: the browser's journey that began with a form ends
// here, so the policy of that form's page does not count for the rest of it. It is also the place for a link, which an
// address of an app on the same device may need.
func (v *visit) leave(to, name string) error {
	v.w.Header().Set("Referrer-Policy", "no-referrer")
	v.w.Header().Set("Refresh", "0;url="+ascii(to))
	return v.show(http.StatusOK, "leave", struct {
		Frame
		Name string
		To   template.URL // is registered, or a link of ours
	}{v.frame(), name, template.URL(to)})
}

// ascii is a URL as it may stand in a header.
func ascii(address string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(address) {
		switch c := address[i]; {
		case c <= ' ' || c >= 0x7f:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
