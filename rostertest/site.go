// Package rostertest gives a test a Confluence site of its own, inside the test's process: with people, groups, spaces
// and tokens that are the same every time, and that no other test sees. It needs no account and no network.
//
//	func TestOnboarding(t *testing.T) {
//		t.Parallel()
//		site := rostertest.NewSite(t)
//		onboard(site.URL, site.Admin.Email, site.Admin.Token) // what is to be tested
//		groups, err := site.Client().GetGroups(t.Context(), nil)
//		…
//	}
//
// All sites of a test binary share one server, which the first one starts. A site takes a few milliseconds.
package rostertest

import (
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/emulate"
	"github.com/rosterhq/roster/internal/seed"
)

// Site is a Confluence site that a test has for itself.
type Site struct {
	CloudID    string
	Name       string
	URL        string   // without /wiki
	GatewayURL string   // the same site through the gateway's path, without /wiki
	Admin      Person   // a site administrator, or nobody where the seed has none with a token
	People     []Person // who has a token, the administrator among them, in the order of the seed
	Apps       []App    // in the order of the seed

	t      testing.TB
	server *server
	sites  *emulate.Sites
	number int64 // by which the directory knows it
}

// Person is somebody, or an app, as whom one can call.
type Person struct {
	AccountID string
	Email     string // may be empty
	Name      string
	Role      string // in words, such as "guest"
	Token     string // an API token
}

// Option changes what a site has.
type Option func(*options)

type options struct{ seed, name string }

// Seed has the site made from the first document of a seed file, given by its text, and not from the demo that
// "roster seed demo" prints. "roster seed schema" says what can be in it.
func Seed(text string) Option { return func(o *options) { o.seed = text } }

// Named gives the site a name, and so the same cloud ID and tokens each time, as long as no other site of the test binary has it. A
// site without one gets a name that nobody else has.
func Named(name string) Option { return func(o *options) { o.name = name } }

// NewSite makes a site, which is deleted when the test ends. Tests may run in parallel. What goes wrong ends the test.
func NewSite(t testing.TB, opts ...Option) *Site {
	t.Helper()
	var o options
	for _, option := range opts {
		option(&o)
	}
	shared, err := start()
	if err != nil {
		t.Fatalf("start the server of all sites: %v", err)
	}
	sites, err := shared.sitesOf(o.seed)
	if err != nil {
		t.Fatalf("the seed: %v", err)
	}
	made, err := sites.Make(t.Context(), change.Actor{Via: change.Seed}, o.name)
	if err != nil {
		t.Fatalf("make a site: %v", err)
	}
	s := &Site{
		CloudID: made.Site.CloudID, Name: made.Site.Name, URL: made.Site.URL(shared.URL, true), GatewayURL: made.Site.GatewayURL(shared.URL),
		t: t, server: shared, sites: sites,
	}
	s.become(made)
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if err := sites.Remove(shared.life, change.Actor{Via: change.Seed}, s.CloudID); err != nil {
			t.Errorf("delete site %s: %v", s.Name, err)
		}
	})
	return s
}

// become takes over what the site has by its seed.
func (s *Site) become(made seed.Applied) {
	s.number, s.Admin, s.People, s.Apps = made.Site.ID, person(made.Admin), nil, nil
	for _, p := range made.People {
		s.People = append(s.People, person(p))
	}
	for _, a := range made.Apps {
		s.Apps = append(s.Apps, appOf(a))
	}
}

// Reset makes the site what its seed says, which loses everything that came to be since. Its addresses, cloud ID and the
// tokens of the seed stay.
func (s *Site) Reset() {
	s.t.Helper()
	reset, err := s.sites.Reset(s.t.Context(), change.Actor{Via: change.Seed}, s.CloudID)
	if err != nil {
		s.t.Fatalf("reset site %s: %v", s.Name, err)
	}
	s.become(reset)
}

// Export returns what the site has become, as the text of a seed file: what [Seed] takes.
func (s *Site) Export() string {
	s.t.Helper()
	text, err := s.sites.Export(s.t.Context(), s.CloudID)
	if err != nil {
		s.t.Fatalf("export site %s: %v", s.Name, err)
	}
	return string(text)
}

func person(p seed.Person) Person {
	out := Person{AccountID: p.AccountID, Email: p.Email, Name: p.Name, Role: p.Role}
	if len(p.Tokens) > 0 {
		out.Token = p.Tokens[0].Text
	}
	return out
}

// Client calls the site as its administrator.
func (s *Site) Client() *confluence.Client { return s.client(s.Admin) }

// As calls the site as somebody of [Site.People], by e-mail address or account ID. Nobody of that name ends the test.
func (s *Site) As(who string) *confluence.Client {
	s.t.Helper()
	return s.client(s.Person(who))
}

// Person returns somebody of [Site.People], by e-mail address or account ID. Nobody of that name ends the test.
func (s *Site) Person(who string) Person {
	s.t.Helper()
	for _, p := range s.People {
		if who != "" && (p.Email == who || p.AccountID == who) {
			return p
		}
	}
	s.t.Fatalf("nobody of site %s with a token is %q", s.Name, who)
	return Person{}
}

// Token makes another API token of somebody, by e-mail address or account ID: with scopes it is limited to these.
func (s *Site) Token(who string, scopes ...string) string {
	s.t.Helper()
	secret := directory.NewSecret(s.CloudID)
	_, err := s.server.app.Directory.AddToken(s.t.Context(), s.number, change.Actor{Via: change.Seed}, who, directory.Token{Label: "test", Scopes: scopes}, secret)
	if err != nil {
		s.t.Fatalf("make a token of %s: %v", who, err)
	}
	return secret
}
