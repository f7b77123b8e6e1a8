package auth_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = change.Actor{Via: change.CLI}

// bed is a site with a group that may use it.
type bed struct {
	*testing.T
	d     *directory.Directory
	sites *site.Store
	site  site.Site
	users string
	now   time.Time
	uses  *directory.Uses
}

func newBed(t *testing.T, d *db.DB) *bed {
	t.Helper()
	log := change.New(d)
	b := &bed{T: t, d: &directory.Directory{Changes: log}, sites: &site.Store{Changes: log}, now: time.Now()}
	b.uses = &directory.Uses{Directory: b.d}
	var err error
	if b.site, err = b.sites.Add(t.Context(), operator, site.Site{Name: dbtest.Name(t)}); err != nil {
		t.Fatal(err)
	}
	b.users = b.group("users", directory.Use)
	return b
}

func (b *bed) group(name string, permissions ...directory.Permission) string {
	b.Helper()
	g, err := b.d.AddGroup(b.Context(), b.site.ID, operator, directory.Group{Name: name})
	for _, p := range permissions {
		if err == nil {
			_, err = b.d.Grant(b.Context(), b.site.ID, operator, g.ID, p, true)
		}
	}
	if err != nil {
		b.Fatal(err)
	}
	return g.ID
}

func (b *bed) account(a directory.Account, groups ...string) directory.Account {
	b.Helper()
	a, err := b.d.Add(b.Context(), b.site.ID, operator, a, groups...)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// token gives an account a token and returns its text.
func (b *bed) token(account string, tk directory.Token) (secret, id string) {
	b.Helper()
	secret = directory.NewSecret(b.site.CloudID)
	made, err := b.d.AddToken(b.Context(), b.site.ID, operator, account, tk, secret)
	if err != nil {
		b.Fatal(err)
	}
	return secret, made.ID
}

func (b *bed) caller(way site.Way, header string) (auth.Caller, error) {
	r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/wiki/rest/api/user"}, Header: http.Header{}}
	if header != "" {
		r.Header.Set("Authorization", header)
	}
	a := &auth.Authenticator{Directory: b.d, Uses: b.uses, Now: func() time.Time { return b.now }}
	return a.Caller(b.Context(), site.Found{Site: b.site, Way: way}, r)
}

func basic(email, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(email+":"+secret))
}

func kind(err error) failure.Kind {
	k, _ := failure.Of(err)
	return k
}

func TestATokenTellsWhoCallsAndWhatTheyMay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		admins := b.group("admins", directory.SiteAdmin)
		ada := b.account(directory.Account{DisplayName: "Ada", Email: "Ada@Example.com"}, b.users, admins)
		guest := b.account(directory.Account{DisplayName: "Guest", Guest: true}, b.users)
		stranger := b.account(directory.Account{DisplayName: "Stranger", Email: "s@example.com"})
		secret, id := b.token(ada.ID, directory.Token{})
		for _, header := range []string{"Bearer " + secret, basic("ada@example.com", secret), basic("ADA@EXAMPLE.COM", secret)} {
			c, err := b.caller(site.ByHost, header)
			if err != nil || c.Kind != auth.Token || c.TokenID != id || c.Standing.AccountID != ada.ID || !c.CanUse(b.site.Settings) ||
				!c.Standing.SiteAdmin || !c.Standing.Administrator || c.Standing.ViewProfiles || !c.CanViewProfiles(b.site.Settings) || c.IsApp() {
				t.Errorf("the caller is %+v (%v)", c, err)
			}
			if v := c.Standing.Viewer(); v != (directory.Viewer{AccountID: ada.ID, Member: true, Admin: true}) {
				t.Errorf("the viewer is %+v", v)
			}
		}
		secret, _ = b.token(guest.ID, directory.Token{})
		if c, err := b.caller(site.ByHost, "Bearer "+secret); err != nil || c.Standing.Viewer().Member || !c.CanUse(b.site.Settings) {
			t.Errorf("the guest is %+v (%v)", c, err)
		}
		secret, _ = b.token(stranger.ID, directory.Token{})
		if c, err := b.caller(site.ByHost, "Bearer "+secret); err != nil || c.CanUse(b.site.Settings) || c.CanViewProfiles(b.site.Settings) || c.Standing.Viewer().Member {
			t.Errorf("the stranger is %+v (%v)", c, err)
		}
		if c, err := b.caller(site.ByHost, ""); err != nil || c.Kind != auth.Anonymous || c.Standing != (directory.Standing{}) {
			t.Errorf("nobody is %+v (%v)", c, err)
		}
	})
}

// Whatever is wrong with a credential, the answer is the same.
func TestNobodyLearnsWhatIsWrongWithACredential(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, other := newBed(t, d), newBed(t, d)
		ada := b.account(directory.Account{DisplayName: "Ada", Email: "ada@example.com"}, b.users)
		bare := b.account(directory.Account{DisplayName: "Bare"}, b.users)
		b.account(directory.Account{DisplayName: "Bob", Email: "bob@example.com"}, b.users)
		good, _ := b.token(ada.ID, directory.Token{})
		revoked, id := b.token(ada.ID, directory.Token{})
		if _, err := b.d.RevokeToken(t.Context(), b.site.ID, operator, id); err != nil {
			t.Fatal(err)
		}
		expired, _ := b.token(ada.ID, directory.Token{ExpiresAt: b.now.Add(time.Minute)})
		bares, _ := b.token(bare.ID, directory.Token{})
		inactive, closed := b.account(directory.Account{DisplayName: "I", Email: "i@example.com"}, b.users), b.account(directory.Account{DisplayName: "C", Email: "c@example.com"}, b.users)
		inactives, _ := b.token(inactive.ID, directory.Token{})
		closeds, _ := b.token(closed.ID, directory.Token{})
		for ref, status := range map[string]directory.Status{inactive.ID: directory.Inactive, closed.ID: directory.Closed} {
			if _, err := b.d.Change(t.Context(), b.site.ID, operator, ref, func(a *directory.Account) error { a.Status = status; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		eve := other.account(directory.Account{DisplayName: "Eve", Email: "ada@example.com"}, other.users)
		elsewhere, _ := other.token(eve.ID, directory.Token{})
		b.now = b.now.Add(time.Hour)
		if _, err := b.caller(site.ByHost, basic("ada@example.com", good)); err != nil {
			t.Fatal(err)
		}
		var first string
		for name, header := range map[string]string{
			"unknown":                       "Bearer " + directory.NewSecret(b.site.CloudID),
			"unknown with an address":       basic("ada@example.com", directory.NewSecret(b.site.CloudID)),
			"unknown with no one's":         basic("nobody@example.com", "x"),
			"a closed account's address":    basic("c@example.com", "x"),
			"with another's address":        basic("bob@example.com", good),
			"with no one's address":         basic("nobody@example.com", good),
			"with what is no address":       basic("ada", good),
			"with the account ID":           basic(ada.ID[7:], good),
			"of one without an address":     basic("ada@example.com", bares),
			"with an empty-looking address": basic(" ", bares),
			"revoked":                       "Bearer " + revoked,
			"expired":                       "Bearer " + expired,
			"of a deactivated account":      "Bearer " + inactives,
			"of a closed account":           "Bearer " + closeds,
			"of another site":               basic("ada@example.com", elsewhere),
			"with one letter more":          "Bearer " + good + "0",
			"in upper case":                 "Bearer ROSTER" + good[6:],
		} {
			c, err := b.caller(site.ByHost, header)
			_, message := failure.Of(err)
			if first == "" {
				first = message
			}
			if kind(err) != failure.Unauthenticated || message != first || failure.ReasonOf(err) == "" || c.Kind != auth.Anonymous || c.TokenID != "" {
				t.Errorf("a token %s: %+v, %v", name, c, err)
			}
		}
	})
}

func TestAnExpiryIsTheFirstMomentThatATokenIsUseless(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		ada := b.account(directory.Account{DisplayName: "Ada"}, b.users)
		expires := b.now.Add(time.Hour).Truncate(time.Microsecond)
		secret, _ := b.token(ada.ID, directory.Token{ExpiresAt: expires})
		b.now = expires.Add(-time.Microsecond)
		if _, err := b.caller(site.ByHost, "Bearer "+secret); err != nil {
			t.Error(err)
		}
		b.now = expires
		if _, err := b.caller(site.ByHost, "Bearer "+secret); kind(err) != failure.Unauthenticated {
			t.Error(err)
		}
	})
}

func TestAScopedTokenWorksThroughTheGatewayOnlyWhereThatIsObserved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		ada := b.account(directory.Account{DisplayName: "Ada"}, b.users)
		secret, _ := b.token(ada.ID, directory.Token{Scopes: []string{"read:user:confluence"}})
		classic, _ := b.token(ada.ID, directory.Token{})
		for _, way := range []site.Way{site.ByHost, site.ByName, site.ByGateway} {
			for _, fidelity := range []site.Fidelity{site.Documented, site.Observed} {
				b.site.Settings.Fidelity = fidelity
				c, err := b.caller(way, "Bearer "+secret)
				if fidelity == site.Observed && way != site.ByGateway {
					if kind(err) != failure.WrongHost || c.Kind != auth.Anonymous {
						t.Errorf("way %d, %s: %+v, %v", way, fidelity, c, err)
					}
				} else if err != nil || c.Kind != auth.ScopedToken || len(c.Scopes) != 1 {
					t.Errorf("way %d, %s: %+v, %v", way, fidelity, c, err)
				}
				if c, err := b.caller(way, "Bearer "+classic); err != nil || c.Kind != auth.Token {
					t.Errorf("classic, way %d, %s: %+v, %v", way, fidelity, c, err)
				}
			}
		}
	})
}

// A refused credential must not even look used.
func TestOnlyAGoodCredentialIsNotedAsUsed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		ada := b.account(directory.Account{DisplayName: "Ada", Email: "ada@example.com"}, b.users)
		secret, _ := b.token(ada.ID, directory.Token{})
		used := func() time.Time {
			if err := b.uses.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			tokens, err := b.d.Tokens(t.Context(), b.site.ID, ada.ID)
			if err != nil || len(tokens) != 1 {
				t.Fatal(tokens, err)
			}
			return tokens[0].LastUsed
		}
		b.caller(site.ByHost, basic("bob@example.com", secret))
		if at := used(); !at.IsZero() {
			t.Errorf("used at %v", at)
		}
		if _, err := b.caller(site.ByHost, "Bearer "+secret); err != nil {
			t.Fatal(err)
		}
		if at := used(); !at.Equal(b.now.Truncate(time.Microsecond)) {
			t.Errorf("used at %v, not %v", at, b.now)
		}
	})
}

func TestWhoMayViewProfilesIsTheSitesChoice(t *testing.T) {
	t.Parallel()
	open, groups := site.DefaultSettings(), site.DefaultSettings()
	groups.ViewProfiles = "groups"
	anonymous := groups
	anonymous.AnonymousAccess, anonymous.AnonymousProfiles = true, true
	user := directory.Standing{CanUse: true}
	holder, administrator := user, user
	holder.ViewProfiles, administrator.Administrator = true, true
	for _, tt := range []struct {
		caller   auth.Caller
		settings site.Settings
		want     bool
	}{
		{auth.Caller{}, open, false},
		{auth.Caller{}, anonymous, true},
		{auth.Caller{Kind: auth.Token}, open, false},
		{auth.Caller{Kind: auth.Token}, anonymous, false},
		{auth.Caller{Kind: auth.Token, Standing: user}, open, true},
		{auth.Caller{Kind: auth.Token, Standing: user}, groups, false},
		{auth.Caller{Kind: auth.ScopedToken, Standing: holder}, groups, true},
		{auth.Caller{Kind: auth.Token, Standing: administrator}, groups, true},
	} {
		if got := tt.caller.CanViewProfiles(tt.settings); got != tt.want {
			t.Errorf("%+v with %+v: %v", tt.caller, tt.settings, got)
		}
	}
}
