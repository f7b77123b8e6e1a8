package auth_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// benchSite is a site with somebody on it, in a database of its own.
type benchSite struct {
	*testing.B
	dir   *directory.Directory
	sites *site.Store
	site  site.Site
	who   directory.Account
}

func newBenchSite(b *testing.B) *benchSite {
	b.Helper()
	d, err := db.Open(b.Context(), b.TempDir()+"/bench.db", db.Options{Throwaway: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	log := change.New(d)
	s := &benchSite{B: b, dir: &directory.Directory{Changes: log}, sites: &site.Store{Changes: log}}
	s.site, err = s.sites.Add(b.Context(), operator, site.Site{Name: "bench", Settings: site.StandInSettings()})
	s.must(err)
	s.must(log.Write(b.Context(), s.site.ID, operator, func(tx *change.Tx) error {
		_, err := s.dir.AddStandardGroupsIn(b.Context(), tx)
		return err
	}))
	home, err := s.dir.HomeGroup(b.Context(), s.site.ID, false)
	s.must(err)
	s.who, err = s.dir.Add(b.Context(), s.site.ID, operator, directory.Account{DisplayName: "Ada", Email: "ada@example.com"}, home)
	s.must(err)
	return s
}

func (s *benchSite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *benchSite) token(t directory.Token) http.Header {
	s.Helper()
	secret := directory.NewSecret(s.site.CloudID)
	_, err := s.dir.AddToken(s.Context(), s.site.ID, operator, s.who.ID, t, secret)
	s.must(err)
	return http.Header{"Authorization": {"Bearer " + secret}}
}

// ways are the ways in, by a header each.
func (s *benchSite) ways() map[string]http.Header {
	s.Helper()
	oauth, _, err := s.dir.Register(s.Context(), s.site.ID, s.site.CloudID, operator, directory.Registration{Kind: directory.OAuthApp, Name: "O"}, directory.AppSecrets{})
	s.must(err)
	app, secrets, err := s.dir.Register(s.Context(), s.site.ID, s.site.CloudID, operator,
		directory.Registration{Kind: directory.ConnectApp, Name: "C", Key: "com.example.bench", ClientKey: "k", Scopes: []string{"READ"}}, directory.AppSecrets{})
	s.must(err)
	session, err := s.dir.AddSession(s.Context(), s.site.ID, s.site.CloudID, operator, s.who.ID, "a browser")
	s.must(err)
	now := time.Now()
	signed, err := connect.Sign(connect.Claims{Issuer: app.Key, QSH: connect.QSH("GET", benchPath, benchQuery), IssuedAt: now, ExpiresAt: now.Add(12 * time.Hour)}, secrets.Shared)
	s.must(err)
	return map[string]http.Header{
		"classic": s.token(directory.Token{}),
		"scoped":  s.token(directory.Token{Scopes: []string{"read:confluence-user"}}),
		"oauth":   s.token(directory.Token{Kind: directory.Delegated, ClientID: oauth.ClientID, Scopes: []string{"read:confluence-user"}}),
		"connect": {"Authorization": {"JWT " + signed}},
		"session": {"Cookie": {auth.SessionCookie + "=" + session}, "Sec-Fetch-Site": {"same-origin"}},
		"unknown": {"Authorization": {"Bearer " + directory.NewSecret(s.site.CloudID)}},
	}
}

const (
	benchPath  = "/rest/api/user"
	benchQuery = "accountId=557058%3Aada&expand=operations"
)

// BenchmarkCaller is what each way in costs until it is known who calls, without the cache and with it.
func BenchmarkCaller(b *testing.B) {
	s := newBenchSite(b)
	ways := s.ways()
	held, err := cache.New(s.dir.Changes.DB, 1<<24)
	s.must(err)
	uses := &directory.Uses{Directory: s.dir}
	a := &auth.Authenticator{Directory: s.dir, Uses: uses, Now: time.Now}
	for _, cached := range []*cache.Cache{nil, held} {
		kind := "database"
		if cached != nil {
			kind = "cache"
		}
		resolver := &site.Resolver{Sites: s.sites, Cache: cached}
		for _, way := range []string{"classic", "scoped", "oauth", "connect", "session", "unknown"} {
			b.Run(kind+"/"+way, func(b *testing.B) {
				found, err := resolver.Resolve(b.Context(), "localhost", "/wiki"+benchPath)
				s.must(err)
				ctx := resolver.Context(b.Context(), found)
				r := (&http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/wiki" + benchPath, RawQuery: benchQuery}, Header: ways[way]}).WithContext(ctx)
				b.ReportAllocs()
				for b.Loop() {
					c, err := a.Caller(ctx, found, r)
					if (err == nil) != (way != "unknown") || (c.Kind == auth.Anonymous) != (way == "unknown") {
						b.Fatal(c, err)
					}
				}
			})
		}
	}
}
