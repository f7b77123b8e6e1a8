package admin_test

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/admin"
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/webhook"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/rosteradmin"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = change.Actor{Via: change.CLI}

// bed is a server with a site that has an administrator, ada, and somebody else, bob.
type bed struct {
	*testing.T
	url   string // of the server
	dir   *directory.Directory
	sites *site.Store
	http  *http.Client
	why   *explain.Store
}

// place is a site and the token of its administrator.
type place struct {
	site.Site
	url, token string
}

// serving serves as roster serve does, or as a stand-in.
func serving(t *testing.T, d *db.DB, standIn bool) *bed {
	t.Helper()
	log := change.New(d)
	b := &bed{T: t, why: &explain.Store{}, dir: &directory.Directory{Changes: log}, sites: &site.Store{Changes: log}}
	server := httptest.NewUnstartedServer(nil)
	b.url = "http://" + server.Listener.Addr().String()
	resolver := &site.Resolver{Sites: b.sites, Named: true}
	quiet := slog.New(slog.DiscardHandler)
	callers := &auth.Authenticator{Directory: b.dir, Now: log.Now}
	rest := (&api.Server{Sites: resolver, Directory: b.dir, Content: &content.Store{Changes: log}, Auth: callers, PublicURL: b.url, Log: quiet}).Handler()
	authorization := &oauth.Server{Changes: log, Directory: b.dir, Sites: b.sites, Scopes: api.ScopeMeanings(), PublicURL: b.url, StandIn: true, Log: quiet}
	handler := (&admin.Server{
		Sites: resolver, Directory: b.dir, Auth: callers, Scopes: api.Scopes(), AppScopes: []string{oauth.OfflineAccess, oauth.ReadMe}, StandIn: standIn, Log: quiet, Refusals: b.why,
		Workflows: workflow.NewStore(log, workflow.Files(action.All(api.Actions()))), Outbox: mail.NewOutbox(log),
		Webhooks:  webhook.NewStore(log, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}),
		Installer: &install.Installer{Directory: b.dir, Sites: b.sites, Client: install.Client(nil), ServerURL: b.url, StandIn: true, Log: quiet},
	}).Handler(api.Identify, rest)
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !authorization.Handle(w, r, api.Identify) {
			handler.ServeHTTP(w, r)
		}
	})
	server.Start()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	b.http = &http.Client{Transport: transport}
	t.Cleanup(func() { transport.CloseIdleConnections(); server.Close() })
	return b
}

// site makes a site with its people.
func (b *bed) site(name string, edit ...func(*site.Site)) place {
	b.Helper()
	wanted := site.Site{Name: name}
	for _, e := range edit {
		e(&wanted)
	}
	made, err := b.sites.Add(b.Context(), operator, wanted)
	b.ok(err)
	groups := map[directory.Permission]string{}
	for _, p := range []directory.Permission{directory.Use, directory.SiteAdmin} {
		g, err := b.dir.AddGroup(b.Context(), made.ID, operator, directory.Group{Name: string(p)})
		b.ok(err)
		_, err = b.dir.Grant(b.Context(), made.ID, operator, g.ID, p, true)
		b.ok(err)
		groups[p] = g.ID
	}
	_, err = b.dir.Add(b.Context(), made.ID, operator, directory.Account{ID: "ada", Email: "ada@example.com", PublicName: "Ada"}, groups[directory.Use], groups[directory.SiteAdmin])
	b.ok(err)
	_, err = b.dir.Add(b.Context(), made.ID, operator, directory.Account{ID: "bob", Email: "bob@example.com", PublicName: "Bob"}, groups[directory.Use])
	b.ok(err)
	p := place{Site: made, url: b.url + "/_site/" + name}
	p.token = b.token(p, "ada")
	return p
}

func (b *bed) token(p place, account string, scopes ...string) string {
	b.Helper()
	secret := directory.NewSecret(p.CloudID)
	_, err := b.dir.AddToken(b.Context(), p.ID, operator, account, directory.Token{Scopes: scopes}, secret)
	b.ok(err)
	return secret
}

func (b *bed) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// admin is a client of the site's administrator.
func (b *bed) admin(p place) *rosteradmin.Client {
	b.Helper()
	c, err := rosteradmin.NewClient(p.url+"/wiki/", rosteradmin.WithBearer(p.token), rosteradmin.WithHTTPClient(b.http))
	b.ok(err)
	return c
}

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request as it is.
func (b *bed) ask(method, address, body string, header ...string) answer {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(body))
	b.ok(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	got, err := b.http.Do(r)
	b.ok(err)
	defer got.Body.Close()
	all, err := io.ReadAll(got.Body)
	b.ok(err)
	return answer{got.StatusCode, got.Header, string(all)}
}

// nobody is whom a credential that is refused makes.
const nobody = "nobody"

// who tells the account as which a credential calls the API.
func (b *bed) who(p place, authorization string) string {
	b.Helper()
	got := b.ask(http.MethodGet, p.url+"/wiki/rest/api/user/current", "", "Authorization", authorization)
	var user confluence.User
	if got.status != http.StatusOK || json.Unmarshal([]byte(got.body), &user) != nil {
		return nobody
	}
	return user.AccountID
}

// is reports whether an error of the client is of this kind.
func (b *bed) is(err, kind error) {
	b.Helper()
	if !errors.Is(err, kind) {
		b.Errorf("the error is %v, not %v", err, kind)
	}
}
