package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/rosterhq/roster/internal/db/dbtest"
)

// callbackURL is where apps of these tests have people sent back to. Nobody listens there: the browser stops at it.
const callbackURL = "http://localhost:3000/callback"

// appScopes is what apps of these tests may ask for.
var appScopes = []string{
	"read:confluence-user", "read:content-details:confluence", "read:user:confluence", "read:confluence-groups", "write:confluence-groups", "read:user.property:confluence", "write:user.property:confluence", "read:me",
}

// registered is an app as the command line registers it.
type registered struct {
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
}

func addApp(t *testing.T, database, site string, more ...string) registered {
	t.Helper()
	args := append([]string{"app", "add", "Notes", "--redirect-uri", callbackURL, "--json", "--db", database, "--site", site}, more...)
	for _, scope := range appScopes {
		args = append(args, "--scope", scope)
	}
	return rows[registered](t, roster(t, args...))[0]
}

// person's browser: it keeps cookies, signs in, and says yes to what an app asks.
type browser struct {
	*http.Client
	email, password string
}

// newBrowser returns the browser of somebody who is given a password first.
func newBrowser(t *testing.T, database, site, email string) *browser {
	t.Helper()
	cmd := program(t, binary(t), "account", "password", email, "--db", database, "--site", site)
	cmd.Stdin = strings.NewReader(password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{&http.Client{Jar: jar, CheckRedirect: stay, Timeout: time.Minute, Transport: &http.Transport{}}, email, password}
}

// through has the browser go through a proxy with an authority of its own.
func (b *browser) through(t *testing.T, proxy, authority string) {
	t.Helper()
	u, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(readAll(t, authority)) {
		t.Fatal("the authority has no certificate")
	}
	b.Transport = &http.Transport{Proxy: http.ProxyURL(u), TLSClientConfig: &tls.Config{RootCAs: roots}}
}

// allow goes to an authorization URL, signs in where that is asked for, allows it, and returns where the app is told.
func (b *browser) allow(t *testing.T, to string) string {
	t.Helper()
	at, err := url.Parse(to)
	if err != nil {
		t.Error(err)
		return ""
	}
	for range 10 {
		answer, err := b.Get(at.String())
		if err != nil {
			t.Error(err)
			return ""
		}
		page, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		switch next := b.next(answer); {
		case err != nil:
			t.Error(err)
			return ""
		case next != "" && strings.HasPrefix(next, callbackURL):
			return next
		case next != "":
			at, err = at.Parse(next)
		case strings.HasSuffix(at.Path, "/login"):
			at, err = b.submit(at, url.Values{"email": {b.email}, "password": {b.password}, "next": at.Query()["next"], "site": at.Query()["site"]})
		default:
			at, err = b.submit(at, url.Values{"decision": {"allow"}, "account": {field(string(page), "account")}})
		}
		if err != nil {
			t.Error(err)
			return ""
		}
		if strings.HasPrefix(at.String(), callbackURL) {
			return at.String()
		}
	}
	t.Errorf("the browser goes in circles, at %s", at)
	return ""
}

// next is where an answer sends the browser, if it does.
func (b *browser) next(answer *http.Response) string {
	if to := answer.Header.Get("Location"); to != "" {
		return to
	}
	_, to, _ := strings.Cut(answer.Header.Get("Refresh"), "url=")
	return to
}

// submit posts a form and returns where the browser is sent then.
func (b *browser) submit(at *url.URL, form url.Values) (*url.URL, error) {
	answer, err := b.PostForm(at.String(), form)
	if err != nil {
		return at, err
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, answer.Body)
	return at.Parse(b.next(answer))
}

// field is the value of a hidden field of a page.
func field(page, name string) string {
	_, rest, _ := strings.Cut(page, `name="`+name+`"`)
	_, rest, _ = strings.Cut(rest, `value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func TestGoesOwnClientGoesThroughEveryFlow(t *testing.T) {
	binary(t)
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		said := standIn(t, database)
		site := said.Sites[0]
		app, open := addApp(t, database, site.Name), addApp(t, database, site.Name, "--public")
		b := newBrowser(t, database, site.Name, "charles.babbage@example.com")
		ctx := context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Timeout: time.Minute})
		for name, tt := range map[string]struct {
			app   registered
			style oauth2.AuthStyle
		}{
			"secret in the header": {app, oauth2.AuthStyleInHeader}, "secret in the body": {app, oauth2.AuthStyleInParams}, "found out": {app, oauth2.AuthStyleAutoDetect}, "public": {open, oauth2.AuthStyleInParams},
		} {
			c := &oauth2.Config{
				ClientID: tt.app.ClientID, ClientSecret: tt.app.ClientSecret, RedirectURL: callbackURL, Scopes: []string{"read:confluence-user", "read:me", "offline_access"},
				Endpoint: oauth2.Endpoint{AuthURL: said.URL + "/authorize", TokenURL: said.URL + "/oauth/token", AuthStyle: tt.style},
			}
			verifier := oauth2.GenerateVerifier()
			back, err := url.Parse(b.allow(t, c.AuthCodeURL("a&b", oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("audience", "api.atlassian.com"))))
			if err != nil || back.Query().Get("state") != "a&b" || back.Query().Get("iss") != said.URL {
				t.Fatalf("%s: %v (%v)", name, back, err)
			}
			token, err := c.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
			if err != nil || token.RefreshToken == "" || token.Type() != "Bearer" || time.Until(token.Expiry) > time.Hour {
				t.Fatalf("%s: %v (%v)", name, token, err)
			}
			calls(ctx, t, name, c.Client(ctx, token), said.URL, site.GatewayURL, b.email)
			old := token.RefreshToken
			token.Expiry = time.Now().Add(-time.Minute)
			source := c.TokenSource(ctx, token)
			token, err = source.Token()
			if err != nil || token.RefreshToken == old || token.RefreshToken == "" {
				t.Fatalf("%s: refreshed: %v (%v)", name, token, err)
			}
			calls(ctx, t, name+", refreshed", oauth2.NewClient(ctx, source), said.URL, site.GatewayURL, b.email)
			if _, err := c.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier)); err == nil || !strings.Contains(err.Error(), "invalid_grant") {
				t.Errorf("%s: the code again: %v", name, err)
			}
			if got := status(ctx, t, oauth2.NewClient(ctx, oauth2.StaticTokenSource(token)), said.URL+"/me"); got != http.StatusUnauthorized {
				t.Errorf("%s: after the code was shown again: %d", name, got)
			}
		}
		itself := &clientcredentials.Config{ClientID: app.ClientID, ClientSecret: app.ClientSecret, TokenURL: said.URL + "/oauth/token"}
		calls(ctx, t, "as itself", itself.Client(ctx), said.URL, site.GatewayURL, "")
	})
}

// calls asks who the token is for and which sites it is for, and calls the API.
func calls(ctx context.Context, t *testing.T, name string, c *http.Client, server, gateway, email string) {
	t.Helper()
	var me struct {
		Email     string `json:"email"`
		AccountID string `json:"account_id"`
	}
	var sites []struct {
		ID     string   `json:"id"`
		Scopes []string `json:"scopes"`
	}
	var current struct {
		AccountID string `json:"accountId"`
	}
	for path, into := range map[string]any{server + "/me": &me, server + "/oauth/token/accessible-resources": &sites, gateway + "/wiki/rest/api/user/current": &current} {
		answer := get(ctx, t, c, path)
		if err := json.NewDecoder(answer.Body).Decode(into); err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s: %d (%v)", name, path, answer.StatusCode, err)
		}
		answer.Body.Close()
	}
	if me.Email != email || me.AccountID == "" || me.AccountID != current.AccountID || len(sites) != 1 || !strings.HasSuffix(gateway, sites[0].ID) || !slices.Contains(sites[0].Scopes, "read:confluence-user") {
		t.Errorf("%s: %+v, %+v, %+v", name, me, sites, current)
	}
}

func get(ctx context.Context, t *testing.T, c *http.Client, path string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func status(ctx context.Context, t *testing.T, c *http.Client, path string) int {
	t.Helper()
	answer := get(ctx, t, c, path)
	answer.Body.Close()
	return answer.StatusCode
}

// grantFacts is what a client of others is told: where, as which app, and who says yes.
type grantFacts struct {
	Server   string     `json:"server"`
	Site     string     `json:"site"`
	Gateway  string     `json:"gateway"`
	CloudID  string     `json:"cloudId"`
	Callback string     `json:"callback"`
	Scopes   []string   `json:"scopes"`
	App      registered `json:"app"`
	Public   registered `json:"public"`
	Email    string     `json:"email"`
	Browser  string     `json:"browser"` // a GET of it with to=… allows that, and answers where the app is told
	Token    string     `json:"token"`   // scoped
	Narrow   string     `json:"narrow"`  // with one scope
}

// granting makes the facts for a client: its apps, tokens of the administrator, and the administrator's browser.
func granting(t *testing.T, database string, said ready, b *browser) grantFacts {
	t.Helper()
	site := said.Sites[0]
	token := func(scopes ...string) string {
		args := []string{"token", "add", site.AdminEmail, "--json", "--db", database, "--site", site.Name}
		for _, scope := range scopes {
			args = append(args, "--scope", scope)
		}
		return rows[person](t, roster(t, args...))[0].Token
	}
	yes := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, b.allow(t, r.URL.Query().Get("to")))
	}))
	t.Cleanup(yes.Close)
	return grantFacts{
		Server: said.URL, Site: site.URL, Gateway: site.GatewayURL, CloudID: site.CloudID, Callback: callbackURL, Scopes: append([]string{"offline_access"}, appScopes...),
		App: addApp(t, database, site.Name), Public: addApp(t, database, site.Name, "--public"), Email: b.email, Browser: yes.URL,
		Token: token(appScopes[:7]...), Narrow: token("read:confluence-user"),
	}
}

// grantClient runs a client's script, which counts its checks.
func grantClient(t *testing.T, f grantFacts, environ []string, command ...string) {
	t.Helper()
	known, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	cmd := program(t, command[0], command[1:]...)
	cmd.Env = append(append(withoutProxies(cmd.Env), "FACTS="+string(known), "PYTHONDONTWRITEBYTECODE=1"), environ...)
	if out, err := cmd.CombinedOutput(); err != nil || !success.Match(out) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestClientsOfOthersGetAndUseTokens(t *testing.T) {
	t.Parallel()
	binary(t)
	for name, command := range map[string][]string{
		"openid-client":        {"node", "openidclient.mjs"},
		"atlassian-python-api": {".venv/bin/python", "scoped.py"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.EachFresh(t, func(t *testing.T, database string) {
				said := standIn(t, database)
				site := said.Sites[0]
				grantClient(t, granting(t, database, said, newBrowser(t, database, site.Name, site.AdminEmail)), nil, command...)
			})
		})
	}
}

// confluence.js knows the authorization server by its name on real sites only.
func TestAClientThatInsistsOnAtlassiansNamesGetsTokensOfAStandIn(t *testing.T) {
	t.Parallel()
	said := standInAs(t)
	site := said.Sites[0]
	b := newBrowser(t, said.Database, site.Name, site.AdminEmail)
	b.through(t, said.ProxyURL, said.CAFile)
	grantClient(t, granting(t, said.Database, said.ready, b), []string{"HTTPS_PROXY=" + said.ProxyURL, "NODE_EXTRA_CA_CERTS=" + said.CAFile}, "node", "--import=./throughproxy.mjs", "confluencejs_oauth.mjs")
}
