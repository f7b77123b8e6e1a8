package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/web"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = change.Actor{Via: change.CLI}

const password = "correct horse battery staple"

// bed is a server of pages with a site of its own, which is found by its host name.
type bed struct {
	t      *testing.T
	site   site.Site
	people *directory.Directory
	sites  *site.Store
	oauth  *oauth.Server
	url    string // of the site
	dial   func(context.Context, string, string) (net.Conn, error)
	home   string       // ID of the group whose members use the site
	ahead  atomic.Int64 // nanoseconds
	log    lockedBuffer
	spoken bool // what the program says is not in brackets
}

// newBed makes a bed. Ada may use its site, and has a password where a test gives her one.
func newBed(t *testing.T, d *db.DB, edit ...func(*web.Server)) *bed {
	t.Helper()
	b := &bed{t: t}
	log := &change.Log{DB: d, Now: func() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }}
	b.people, b.sites = &directory.Directory{Changes: log}, &site.Store{Changes: log}
	name := dbtest.Name(t)
	var err error
	b.site, err = b.sites.Add(t.Context(), operator, site.Site{Name: name, Hosts: []string{name + ".example"}})
	b.must(err)
	home, err := b.people.AddGroup(t.Context(), b.site.ID, operator, directory.Group{Name: "users"})
	b.must(err)
	_, err = b.people.Grant(t.Context(), b.site.ID, operator, home.ID, directory.Use, true)
	b.must(err)
	b.home = home.ID
	b.add(directory.Account{ID: "ada", Email: "ada@example.com", DisplayName: "Ada"}, home.ID)
	b.serve(edit...)
	return b
}

func (b *bed) serve(edit ...func(*web.Server)) {
	now := b.people.Changes.Now
	server := httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	b.must(err)
	b.url = "http://" + b.site.Name + ".example:" + port
	logger := slog.New(slog.NewTextHandler(&b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := web.Server{
		Sites: &site.Resolver{Sites: b.sites}, Directory: b.people, Content: &content.Store{Changes: b.people.Changes}, Auth: &auth.Authenticator{Directory: b.people, Now: now}, PublicURL: b.url, Log: logger,
		OAuth: &oauth.Server{
			Changes: b.people.Changes, Directory: b.people, Sites: b.sites, PublicURL: b.url, Log: logger,
			Scopes: map[string]string{"read:user": "Read who people are.", "write:user": "Change who people are."},
		},
	}
	bracketed()(&s)
	for _, e := range edit {
		e(&s)
	}
	b.oauth = s.OAuth
	pages := web.New(s)
	identify := func(http.ResponseWriter) string { return "request-1" }
	rest := pages.Lost(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"message":"no page"}`)
	}), identify)
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !pages.Handle(w, r, identify) {
			rest.ServeHTTP(w, r)
		}
	})
	server.Start()
	b.t.Cleanup(server.Close)
	b.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
}

func standIn(s *web.Server) {
	s.StandIn, s.Sites.Named, s.OAuth.StandIn = true, true, true
}

func (b *bed) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bed) add(a directory.Account, groups ...string) {
	b.t.Helper()
	_, err := b.people.Add(b.t.Context(), b.site.ID, operator, a, groups...)
	b.must(err)
}

func (b *bed) setPassword(account, password string) {
	b.t.Helper()
	_, err := b.people.SetPassword(b.t.Context(), b.site.ID, operator, account, password)
	b.must(err)
}

func (b *bed) setStatus(account string, status directory.Status) {
	b.t.Helper()
	_, err := b.people.Change(b.t.Context(), b.site.ID, operator, account, func(a *directory.Account) error { a.Status = status; return nil })
	b.must(err)
}

func (b *bed) sessions(account string) int {
	b.t.Helper()
	sessions, err := b.people.Sessions(b.t.Context(), b.site.ID, account)
	b.must(err)
	return len(sessions)
}

// browser is somebody's, with cookies of its own. It follows no redirect.
type browser struct {
	*bed
	client *http.Client
}

func (b *bed) browser() *browser {
	jar, err := cookiejar.New(nil)
	b.must(err)
	transport := &http.Transport{DialContext: b.dial}
	b.t.Cleanup(transport.CloseIdleConnections)
	return &browser{b, &http.Client{
		Jar: jar, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// signed is a browser in which an account is signed in, without a password.
func (b *bed) signed(account string) *browser {
	b.t.Helper()
	secret, err := b.people.AddSession(b.t.Context(), b.site.ID, b.site.CloudID, operator, account, "test")
	b.must(err)
	w := b.browser()
	w.hold(secret)
	return w
}

func (w *browser) hold(secret string) {
	at, err := url.Parse(w.url)
	w.must(err)
	w.client.Jar.SetCookies(at, []*http.Cookie{{Name: auth.SessionCookie, Value: secret, Path: "/"}})
}

// held is the secret that the browser holds.
func (w *browser) held() string {
	at, err := url.Parse(w.url)
	w.must(err)
	for _, c := range w.client.Jar.Cookies(at) {
		if c.Name == auth.SessionCookie {
			return c.Value
		}
	}
	return ""
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) has(texts ...string) bool {
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			return false
		}
	}
	return true
}

func (w *browser) do(method, path string, form url.Values, header http.Header) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(form.Encode()))
	w.must(err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", w.url)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	got, err := w.client.Do(r)
	w.must(err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	w.must(err)
	if got.StatusCode >= 500 {
		w.t.Errorf("%s %s: %d\n%s", method, path, got.StatusCode, w.log.String())
	}
	return answer{got.StatusCode, got.Header, w.unbracketed(path, got.Header, string(body))}
}

func (w *browser) get(path string) answer { return w.do(http.MethodGet, path, nil, nil) }

// post sends a form of pairs.
func (w *browser) post(path string, pairs ...string) answer {
	w.t.Helper()
	return w.do(http.MethodPost, path, values(pairs), nil)
}

func values(pairs []string) url.Values {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// in reports whether the browser is signed in, by a request.
func (w *browser) in() bool { return w.get("/login").has("You are signed in") }

// lockedBuffer is what a log is written to by many.
type lockedBuffer struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.String()
}
