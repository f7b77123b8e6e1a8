package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/site"
)

var operator = change.Actor{Via: change.CLI}

// testSite is a fresh site with the awkward people, served by a server of its own.
type testSite struct {
	site.Site
	t        *testing.T
	sites    *site.Store
	dir      *directory.Directory
	spaces   *content.Store
	handler  http.Handler
	server   string            // URL
	client   *http.Client      // checks every answer
	secrets  map[string]string // by role
	tokens   map[string]string // IDs by role
	baseSite string            // the site's URL, by name
	ahead    atomic.Int64      // how many nanoseconds the server's clock is ahead
	invites  *directory.Invitations

	installed map[string]installedApp // Connect apps by name
}

// newSite makes a site in a database. edit may change its settings, hosts and public URL.
func newSite(t *testing.T, d *db.DB, edit ...func(*site.Site)) *testSite {
	t.Helper()
	log := change.New(d)
	s := &testSite{
		t: t, sites: &site.Store{Changes: log}, dir: &directory.Directory{Changes: log}, spaces: &content.Store{Changes: log},
		secrets: map[string]string{}, tokens: map[string]string{}, installed: map[string]installedApp{},
	}
	wanted := site.Site{Name: dbtest.Name(t), Settings: site.StandInSettings()}
	for _, e := range edit {
		e(&wanted)
	}
	add := func(ctx context.Context) (err error) {
		s.Site, err = s.sites.Add(ctx, operator, wanted)
		return err
	}
	for _, step := range []func(context.Context) error{add, s.settle, s.part, s.furnish, s.keep} {
		if err := patiently(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	s.serve(d)
	return s
}

// patiently takes a step again where the database is too busy for it: long transactions of one test can be put
// off by many short ones of the others.
func patiently(ctx context.Context, step func(context.Context) error) error {
	for try := 1; ; try++ {
		err := step(ctx)
		if kind, _ := failure.Of(err); kind != failure.Unavailable || try == 10 {
			return err
		}
	}
}

// serve answers requests from a database, by the server's real handler.
func (s *testSite) serve(d *db.DB) {
	now := func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }
	log := &change.Log{DB: d, Now: now}
	people := &directory.Directory{Changes: log}
	s.invites = directory.NewInvitations(people, mail.NewOutbox(log), mail.Address{Name: "Roster", Address: "roster@example.org"})
	server := httptest.NewUnstartedServer(nil)
	s.server = "http://" + server.Listener.Addr().String()
	s.baseSite = s.server + "/_site/" + s.Name
	s.handler = (&Server{
		Sites:     &site.Resolver{Sites: &site.Store{Changes: log}, Named: true},
		Directory: people, Content: &content.Store{Changes: log},
		Auth:      &auth.Authenticator{Directory: people, Now: now},
		PublicURL: s.server, Log: slog.New(slog.DiscardHandler), Invitations: s.invites, Refusals: &explain.Store{},
	}).Handler()
	server.Config.Handler = s.handler
	server.Start()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	s.client = &http.Client{Transport: checkedTransport{s.t, transport, s.Settings.Fidelity == site.Observed}}
	s.t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
}

func observedSite(s *site.Site) { s.Settings.Fidelity = site.Observed }

func with(name, value string) func(*site.Site) {
	return func(s *site.Site) {
		if err := s.Settings.Set(name, value); err != nil {
			panic(err)
		}
	}
}

func inFidelity(f site.Fidelity) func(*site.Site) { return with("fidelity", string(f)) }

var bothFidelities = []site.Fidelity{site.Documented, site.Observed}

// as returns an SDK client of somebody who calls the site by its name; "" is nobody.
func (s *testSite) as(role string) *confluence.Client { return s.at(s.baseSite, role) }

// at returns an SDK client of somebody who calls the site at an address.
func (s *testSite) at(base, role string) *confluence.Client {
	s.t.Helper()
	options := []confluence.Option{confluence.WithHTTPClient(s.client), confluence.WithRetries(1, 0)}
	if role != "" {
		options = append(options, confluence.WithBearer(s.secrets[role]))
	}
	return s.sdk(base, options...)
}

func (s *testSite) sdk(base string, options ...confluence.Option) *confluence.Client {
	s.t.Helper()
	c, err := confluence.NewClient(base, options...)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// token makes a token of somebody's, limited to the scopes where there are any, and keeps it under a name of its own.
func (s *testSite) token(name, role string, scopes ...string) {
	s.t.Helper()
	s.secrets[name] = directory.NewSecret(s.CloudID)
	t, err := s.dir.AddToken(s.t.Context(), s.ID, operator, accountID(role), directory.Token{Label: name, Scopes: scopes}, s.secrets[name])
	if err != nil {
		s.t.Fatal(err)
	}
	s.tokens[name] = t.ID
}

// expiredToken makes a token of somebody's that was good until a minute ago.
func (s *testSite) expiredToken(name, role string) {
	s.t.Helper()
	past := &directory.Directory{Changes: &change.Log{DB: s.dir.Changes.DB, Now: func() time.Time { return time.Now().Add(-time.Hour) }}}
	s.secrets[name] = directory.NewSecret(s.CloudID)
	_, err := past.AddToken(s.t.Context(), s.ID, operator, accountID(role),
		directory.Token{Label: name, ExpiresAt: time.Now().Add(-time.Minute)}, s.secrets[name])
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *testSite) revoke(name string) {
	s.t.Helper()
	if _, err := s.dir.RevokeToken(s.t.Context(), s.ID, operator, s.tokens[name]); err != nil {
		s.t.Fatal(err)
	}
}

func (s *testSite) set(name, value string) {
	s.t.Helper()
	_, err := s.sites.Change(s.t.Context(), operator, s.Name, func(s *site.Site) error { return s.Settings.Set(name, value) })
	if err != nil {
		s.t.Fatal(err)
	}
}

// ask is a request in the raw, for what an SDK cannot say.
type ask struct {
	method, path, body string
	role               string // whose token goes along; "" for none
	header             http.Header
	host               string
	base               string // of the site; "" is where it is reached by name
}

// response is what came back.
type response struct {
	status int
	header http.Header
	body   string
}

func (s *testSite) ask(a ask) response {
	s.t.Helper()
	if a.method == "" {
		a.method = http.MethodGet
	}
	if a.base == "" {
		a.base = s.baseSite
	}
	r, err := http.NewRequestWithContext(s.t.Context(), a.method, a.base+a.path, strings.NewReader(a.body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Host = a.host
	r.Header.Set("Accept", "application/json")
	if a.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.role != "" {
		r.Header.Set("Authorization", "Bearer "+s.secrets[a.role])
	}
	for name, values := range a.header {
		r.Header[name] = values
	}
	got, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	for name, values := range got.Header {
		for i := range values {
			got.Header[name][i] = s.acme(values[i])
		}
	}
	return response{got.StatusCode, got.Header, s.acme(string(body))}
}

// get asks for a path of the site as somebody.
func (s *testSite) get(role, path string) response {
	s.t.Helper()
	return s.ask(ask{role: role, path: path})
}

func (s *testSite) gateway() string { return s.server + "/ex/confluence/" + s.CloudID }

// ids are the account IDs of roles.
func ids(roles ...string) []string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = accountID(r)
	}
	return list
}

// changes counts the site's records of an operation.
func (s *testSite) changes(operation, target string) (n int64) {
	s.t.Helper()
	n, _, err := db.One(context.WithoutCancel(s.t.Context()), s.dir.Changes.DB, db.Scalar[int64],
		`SELECT count(*) FROM changes WHERE site_id = $1 AND operation = $2 AND target = $3`, s.ID, operation, target)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
