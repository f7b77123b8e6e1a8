package oauth_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = change.Actor{Via: change.CLI}

const (
	serverURL  = "https://roster.example"
	callback   = "https://app.example/cb"
	readUser   = "read:confluence-user"
	readGroups = "read:confluence-groups"
	verifier   = "ada-lovelace.writes~notes_on-the-analytical-engine"
)

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// bed is a site with a person who may use it, the authorization server, and the API that tokens are for.
type bed struct {
	testing.TB
	dir     *directory.Directory
	sites   *site.Store
	site    site.Site
	users   string // the group that may use the site
	ada     directory.Account
	server  *oauth.Server
	handler http.Handler
	ahead   *atomic.Int64 // of the wall clock, in nanoseconds
	logged  *journal
}

// journal takes a log while the server writes it.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func newBed(t testing.TB, d *db.DB, name string) *bed {
	t.Helper()
	b := &bed{TB: t, ahead: &atomic.Int64{}, logged: &journal{}}
	began := time.Now()
	now := func() time.Time { return began.Add(time.Duration(b.ahead.Load())) }
	changes := &change.Log{DB: d, Now: now}
	b.dir, b.sites = &directory.Directory{Changes: changes}, &site.Store{Changes: changes}
	log := slog.New(slog.NewTextHandler(b.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.server = &oauth.Server{
		Changes: changes, Directory: b.dir, Sites: b.sites, Scopes: map[string]string{readUser: "Read people."}, PublicURL: serverURL, StandIn: true, Log: log,
		Refusals: &explain.Store{},
	}
	rest := (&api.Server{
		Sites: &site.Resolver{Sites: b.sites, Named: true}, Directory: b.dir, Content: &content.Store{Changes: changes},
		Auth: &auth.Authenticator{Directory: b.dir, Now: now}, PublicURL: serverURL, Log: log,
	}).Handler()
	b.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !b.server.Handle(w, r, api.Identify) {
			rest.ServeHTTP(w, r)
		}
	})
	b.site, b.users = b.newSite(name)
	b.ada = b.person("Ada Lovelace", name+"@example.com", b.users)
	return b
}

func (b *bed) pass(d time.Duration) { b.ahead.Add(int64(d)) }

// patiently takes a step again where the database is too busy with other tests for it.
func (b *bed) patiently(step func() error) {
	b.Helper()
	for try := 1; ; try++ {
		err := step()
		if kind, _ := failure.Of(err); err != nil && (kind != failure.Unavailable || try == 10) {
			b.Fatal(err)
		}
		if err == nil {
			return
		}
	}
}

func (b *bed) newSite(name string) (st site.Site, users string) {
	b.Helper()
	b.patiently(func() (err error) {
		st, err = b.sites.Add(b.Context(), operator, site.Site{Name: name})
		return err
	})
	b.patiently(func() error {
		g, err := b.dir.AddGroup(b.Context(), st.ID, operator, directory.Group{Name: "users"})
		users = g.ID
		return err
	})
	b.patiently(func() error {
		_, err := b.dir.Grant(b.Context(), st.ID, operator, users, directory.Use, true)
		return err
	})
	return st, users
}

func (b *bed) person(name, email string, groups ...string) (a directory.Account) {
	b.Helper()
	b.patiently(func() (err error) {
		a, err = b.dir.Add(b.Context(), b.site.ID, operator, directory.Account{DisplayName: name, Email: email}, groups...)
		return err
	})
	return a
}

func (b *bed) change(ref string, status directory.Status) {
	b.Helper()
	b.patiently(func() error {
		_, err := b.dir.Change(b.Context(), b.site.ID, operator, ref, func(a *directory.Account) error { a.Status = status; return nil })
		return err
	})
}

// client is a registered app of a test, and how it proves itself.
type client struct {
	directory.Registration
	secret string
}

// registered registers an app with one redirect URI and two scopes, but for what edit changes.
func (b *bed) registered(edit ...func(*directory.Registration)) client {
	b.Helper()
	return b.registeredOn(b.site, edit...)
}

func (b *bed) registeredOn(st site.Site, edit ...func(*directory.Registration)) (c client) {
	b.Helper()
	r := directory.Registration{Kind: directory.OAuthApp, Name: "Notes", RedirectURIs: []string{callback}, Scopes: []string{readUser, readGroups, oauth.ReadMe}}
	for _, e := range edit {
		e(&r)
	}
	b.patiently(func() error {
		made, secrets, err := b.dir.Register(b.Context(), st.ID, st.CloudID, operator, r, directory.AppSecrets{})
		c = client{made, secrets.Client}
		return err
	})
	return c
}

func public(r *directory.Registration) { r.Public = true }

func (b *bed) edit(c client, edit func(*directory.Registration)) {
	b.Helper()
	b.patiently(func() error {
		_, err := b.dir.ChangeRegistration(b.Context(), b.site.ID, operator, c.ClientID, func(r *directory.Registration) error { edit(r); return nil })
		return err
	})
}

// query is an authorization request of an app; more are pairs that replace a parameter, or take it away by "".
func (c client) query(more ...string) url.Values {
	q := url.Values{
		"audience": {"api.atlassian.com"}, "client_id": {c.ClientID}, "redirect_uri": {callback}, "response_type": {"code"},
		"scope": {readUser + " offline_access"}, "state": {"xyz"}, "prompt": {"consent"},
	}
	if c.Public {
		q.Set("code_challenge", challenge(verifier))
		q.Set("code_challenge_method", "S256")
	}
	return with(q, more...)
}

func with(q url.Values, more ...string) url.Values {
	for i := 0; i < len(more); i += 2 {
		if q.Set(more[i], more[i+1]); more[i+1] == "" {
			q.Del(more[i])
		}
	}
	return q
}

func (b *bed) by(a directory.Account) change.Actor {
	return change.Actor{AccountID: a.ID, IP: "192.0.2.1", Via: change.API}
}

// allowed is where Ada's browser is sent once she allowed what the app asks for.
func (b *bed) allowed(q url.Values) *url.URL {
	b.Helper()
	ask, err := b.server.Read(b.Context(), q)
	if err != nil {
		b.Fatal(err)
	}
	var to string
	b.patiently(func() (err error) {
		to, err = b.server.Allow(b.Context(), ask, b.site, b.by(b.ada), serverURL)
		return err
	})
	u, err := url.Parse(to)
	if err != nil {
		b.Fatal(err)
	}
	return u
}

func (b *bed) code(c client, more ...string) string {
	b.Helper()
	return b.allowed(c.query(more...)).Query().Get("code")
}

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (a answer) get(name string) string {
	text, _ := a.body[name].(string)
	return text
}

func (b *bed) send(r *http.Request) answer {
	b.Helper()
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header(), text: w.Body.String()}
	json.Unmarshal(w.Body.Bytes(), &a.body)
	if a.status >= 500 {
		b.Errorf("%s %s: %d %s; logged %s", r.Method, r.URL.Path, a.status, a.text, b.logged)
	}
	return a
}

func (b *bed) post(path string, form url.Values, header ...string) answer {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return b.send(r)
}

func (b *bed) postJSON(path string, body any) answer {
	b.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, path, bytes.NewReader(text))
	r.Header.Set("Content-Type", "application/json")
	return b.send(r)
}

func (b *bed) get(path, bearer string) answer {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	return b.send(r)
}

// proof is what an app shows of itself, in the body.
func (c client) proof(more ...string) url.Values {
	q := url.Values{"client_id": {c.ClientID}}
	if c.secret != "" {
		q.Set("client_secret", c.secret)
	}
	return with(q, more...)
}

func (b *bed) exchange(c client, code string, more ...string) answer {
	b.Helper()
	form := c.proof("grant_type", "authorization_code", "code", code, "redirect_uri", callback)
	if c.Public {
		form.Set("code_verifier", verifier)
	}
	return b.post(oauth.TokenPath, with(form, more...))
}

func (b *bed) refresh(c client, token string, more ...string) answer {
	b.Helper()
	return b.post(oauth.TokenPath, with(c.proof("grant_type", "refresh_token", "refresh_token", token), more...))
}

func (b *bed) asItself(c client, more ...string) answer {
	b.Helper()
	return b.post(oauth.TokenPath, c.proof(append([]string{"grant_type", "client_credentials"}, more...)...))
}

// tokens goes through the whole flow and returns what the app has then.
func (b *bed) tokens(c client, more ...string) (access, refresh string) {
	b.Helper()
	a := b.exchange(c, b.code(c, more...))
	if a.status != http.StatusOK {
		b.Fatalf("%d %s", a.status, a.text)
	}
	return a.get("access_token"), a.get("refresh_token")
}

// calls is the status of a call of the API with an access token.
func (b *bed) calls(token string) int {
	b.Helper()
	return b.get("/ex/confluence/"+b.site.CloudID+"/wiki/rest/api/user?accountId="+url.QueryEscape(b.ada.ID), token).status
}

// refused checks a refusal of the token endpoint.
func (b *bed) refused(what string, a answer, status int, code string) {
	b.Helper()
	if a.status != status || a.get("error") != code || a.get("error_description") == "" || a.body["access_token"] != nil {
		b.Errorf("%s: %d %s, not %d %s", what, a.status, a.text, status, code)
	}
	if a.header.Get("Content-Type") != "application/json" || a.header.Get("Cache-Control") != "no-store" {
		b.Errorf("%s: the header is %v", what, a.header)
	}
}

// each runs a test on every engine, each time with a site of its own.
func each(t *testing.T, test func(*testing.T, *bed)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newBed(t, d, dbtest.Name(t))) })
}
