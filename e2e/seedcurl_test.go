package e2e

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

// seedCurl returns the curl command of the published page on the bulk look-up, as one line of a shell, or skips the
// test where the page is not at hand.
func seedCurl(t *testing.T) string {
	t.Helper()
	pages, err := filepath.Glob("../../shared/reference/seeds/003_*.txt")
	if err != nil || len(pages) != 1 {
		t.Skip("the published page is not here")
	}
	text, err := os.ReadFile(pages[0])
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the published page is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\ncurl ")
	command, _, ended := strings.Cut(rest, "\nPostman")
	if !found || !ended {
		t.Fatal("the page has no curl command")
	}
	return "curl " + strings.ReplaceAll(command, "\n", " ")
}

// The published command runs as it stands but for its placeholders: the site's name, what is asked for, and a token
// that a person gave an app.
func TestThePublishedCurlCommandRunsWithATokenOfAnApp(t *testing.T) {
	t.Parallel()
	command := seedCurl(t)
	said := standInAs(t)
	site := said.Sites[0]
	b := newBrowser(t, said.Database, site.Name, site.AdminEmail)
	b.through(t, said.ProxyURL, said.CAFile)
	app := addApp(t, said.Database, site.Name)
	c := &oauth2.Config{
		ClientID: app.ClientID, ClientSecret: app.ClientSecret, RedirectURL: callbackURL, Scopes: []string{"read:confluence-user"},
		Endpoint: oauth2.Endpoint{AuthURL: "https://auth.atlassian.com/authorize", TokenURL: said.URL + "/oauth/token"},
	}
	back, err := url.Parse(b.allow(t, c.AuthCodeURL("state")))
	if err != nil {
		t.Fatal(err)
	}
	token, err := c.Exchange(t.Context(), back.Query().Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	me := rows[struct {
		ID string `json:"accountId"`
	}](t, roster(t, "account", "list", "--json", "--db", said.Database, "--site", site.Name))
	wanted := []string{me[0].ID, "operations", "personalSpace", "2"}
	for _, placeholder := range []string{"%3Cstring%3E", "%3Cstring%3E", "%3Cstring%3E", "%3Cinteger%3E"} {
		command = strings.Replace(command, placeholder, url.QueryEscape(wanted[0]), 1)
		wanted = wanted[1:]
	}
	command = strings.NewReplacer("<access_token>", token.AccessToken, "your-domain.atlassian.net", "example.atlassian.net").Replace(command)
	if strings.ContainsAny(command, "<>") || strings.Contains(command, "%3C") {
		t.Fatal("a placeholder is left in the command")
	}
	cmd := program(t, "sh", "-c", command)
	cmd.Env = append(withoutProxies(cmd.Env), "https_proxy="+said.ProxyURL, "CURL_CA_BUNDLE="+said.CAFile)
	out, err := cmd.Output()
	var page struct {
		Results []struct {
			Type, AccountID, Email string
			Operations             []any
			PersonalSpace          map[string]any
		}
		Size int
	}
	if err == nil {
		err = json.Unmarshal(out, &page)
	}
	if err != nil || page.Size != 1 || page.Results[0].AccountID != me[0].ID || page.Results[0].Type != "known" || page.Results[0].Operations == nil {
		t.Errorf("%v\n%s", err, out)
	}
}
