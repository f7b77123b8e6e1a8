package install_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = change.Actor{Via: change.CLI}

// bed is a server with sites, and apps on it.
type bed struct {
	*testing.T
	sites     *site.Store
	dir       *directory.Directory
	installer *install.Installer
	server    string       // URL
	ahead     atomic.Int64 // how many nanoseconds the server's clock is ahead
}

func newBed(t *testing.T, d *db.DB) *bed {
	t.Helper()
	b := &bed{T: t}
	log := &change.Log{DB: d, Now: b.now}
	b.sites, b.dir = &site.Store{Changes: log}, &directory.Directory{Changes: log}
	server := httptest.NewUnstartedServer(nil)
	b.server = "http://" + server.Listener.Addr().String()
	silent := slog.New(slog.DiscardHandler)
	b.installer = &install.Installer{Directory: b.dir, Sites: b.sites, Client: install.Client(install.Near()), ServerURL: b.server, StandIn: true, Log: silent}
	authorization := &oauth.Server{Changes: log, Directory: b.dir, Sites: b.sites, Scopes: api.ScopeMeanings(), PublicURL: b.server, StandIn: true, Log: silent}
	rest := (&api.Server{
		Sites: &site.Resolver{Sites: b.sites, Named: true}, Directory: b.dir, Content: &content.Store{Changes: log},
		Auth: &auth.Authenticator{Directory: b.dir, Now: b.now}, PublicURL: b.server, Log: silent,
	}).Handler()
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !b.installer.Handle(w, r, api.Identify) && !authorization.Handle(w, r, api.Identify) {
			rest.ServeHTTP(w, r)
		}
	})
	server.Start()
	t.Cleanup(server.Close)
	return b
}

func (b *bed) now() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }

// site makes a site with the standard groups.
func (b *bed) site() site.Site {
	b.Helper()
	st, err := b.sites.Add(b.Context(), operator, site.Site{Name: dbtest.Name(b.T), Settings: site.StandInSettings()})
	if err == nil {
		err = b.dir.Changes.Write(b.Context(), st.ID, operator, func(tx *change.Tx) error {
			_, err := b.dir.AddStandardGroupsIn(b.Context(), tx)
			return err
		})
	}
	b.must(err)
	return st
}

func (b *bed) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// person makes somebody who may use a site.
func (b *bed) person(st site.Site, name string) directory.Account {
	b.Helper()
	home, err := b.dir.HomeGroup(b.Context(), st.ID, false)
	b.must(err)
	a, err := b.dir.Add(b.Context(), st.ID, operator, directory.Account{DisplayName: name, Email: name + "@example.com"}, home)
	b.must(err)
	return a
}

// fake is an app that does as Atlassian tells apps to do.
type fake struct {
	b      *bed
	key    string
	url    string
	scopes []string
	auth   string

	mu     sync.Mutex
	refuse int                         // the status that it answers, if any
	told   []connect.Callback          // in their order
	held   map[string]connect.Callback // what it knows, by client key
}

func (b *bed) app(key string, scopes ...string) *fake {
	b.Helper()
	f := &fake{b: b, key: key, scopes: scopes, auth: "jwt", held: map[string]connect.Callback{}}
	server := httptest.NewServer(f)
	b.Cleanup(server.Close)
	f.url = server.URL + "/base"
	return f
}

// descriptor is what the app says about itself.
func (f *fake) descriptor() []byte {
	raw, err := json.Marshal(map[string]any{
		"key": f.key, "name": "The App", "baseUrl": f.url, "authentication": map[string]any{"type": f.auth}, "scopes": f.scopes,
		"lifecycle": map[string]any{"installed": "/on?x=1", "uninstalled": "/off", "enabled": "/enabled", "disabled": "/disabled"},
	})
	f.b.must(err)
	return raw
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/base/atlassian-connect.json" {
		_, _ = w.Write(f.descriptor())
		return
	}
	var c connect.Callback
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		f.b.Error(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.auth == "jwt" {
		f.check(r, c)
	}
	if f.refuse != 0 {
		w.WriteHeader(f.refuse)
		return
	}
	f.told = append(f.told, c)
	switch c.Event {
	case connect.Installed:
		f.held[c.ClientKey] = c
	case connect.Uninstalled:
		delete(f.held, c.ClientKey)
	}
	w.WriteHeader(http.StatusNoContent)
}

// check holds a callback against what apps must verify: with the server's key what brings and ends the secret, and with
// the secret all else.
func (f *fake) check(r *http.Request, c connect.Callback) {
	text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "JWT ")
	method, options := "HS256", []jwt.ParserOption{jwt.WithIssuer(c.ClientKey), jwt.WithExpirationRequired(), jwt.WithTimeFunc(f.b.now)}
	if c.Event == connect.Installed || c.Event == connect.Uninstalled {
		method, options = "RS256", append(options, jwt.WithAudience(f.url))
	}
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(text, claims, func(t *jwt.Token) (any, error) {
		if method == "HS256" {
			return []byte(f.held[c.ClientKey].SharedSecret), nil
		}
		kid, _ := t.Header["kid"].(string)
		status, _, body := f.b.get(f.b.server+install.KeysPath+url.PathEscape(kid), nil)
		if status != 200 {
			f.b.Errorf("the key %q: %d", kid, status)
		}
		return jwt.ParseRSAPublicKeyFromPEM([]byte(body))
	}, append(options, jwt.WithValidMethods([]string{method}))...)
	if want := connect.QSH("POST", strings.TrimPrefix(r.URL.Path, "/base"), r.URL.RawQuery); !ok || err != nil || claims["qsh"] != want {
		f.b.Errorf("the callback %s: %v, %v", c.Event, err, claims)
	}
}

// last returns what the app was told last, and forgets all that it was told.
func (f *fake) events() (all []connect.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.told {
		all = append(all, c.Event)
	}
	f.told = nil
	return all
}

// answer has the app answer callbacks with a status from now on; 0 is to take them.
func (f *fake) answer(status int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuse = status
}

// knows returns what the app knows of an installation.
func (f *fake) knows(in install.Installation) connect.Callback {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held[in.ClientKey]
}

// call makes a request as an app does, with no more than it was told. sign may change the claims.
func (f *fake) call(c connect.Callback, path string, sign ...func(*connect.Claims)) (int, string) {
	f.b.Helper()
	bare, query, _ := strings.Cut(path, "?")
	now := f.b.now()
	claims := connect.Claims{Issuer: f.key, QSH: connect.QSH("GET", bare, query), IssuedAt: now, ExpiresAt: now.Add(3 * time.Minute)}
	for _, s := range sign {
		s(&claims)
	}
	token, err := connect.Sign(claims, c.SharedSecret)
	f.b.must(err)
	status, _, body := f.b.get(c.BaseURL+path, http.Header{"Authorization": {"JWT " + token}})
	return status, body
}

func (b *bed) get(address string, header http.Header) (int, http.Header, string) {
	b.Helper()
	return b.do(http.MethodGet, address, header, "")
}

func (b *bed) do(method, address string, header http.Header, body string) (int, http.Header, string) {
	b.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(b.Context()), method, address, strings.NewReader(body))
	b.must(err)
	for name, values := range header {
		r.Header[name] = values
	}
	answer, err := http.DefaultClient.Do(r)
	b.must(err)
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	b.must(err)
	return answer.StatusCode, answer.Header, string(got)
}

// install installs an app that takes it.
func (b *bed) install(st site.Site, f *fake) install.Installation {
	b.Helper()
	in, err := b.installer.InstallConnect(b.Context(), st, operator, f.descriptor())
	b.must(err)
	if in.Untold != nil {
		b.Fatal(in.Untold)
	}
	return in
}
