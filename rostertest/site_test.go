package rostertest_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/rostertest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := errors.Join(rostertest.Close(), goleak.Find()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func TestEveryTestHasASiteOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := make(chan *rostertest.Site, 20)
	t.Run("all", func(t *testing.T) {
		for i := range cap(seen) {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				s := rostertest.NewSite(t)
				seen <- s
				mine := fmt.Sprintf("group %d", i)
				if _, err := s.Client().Groups.Create(t.Context(), mine); err != nil {
					t.Error(err)
				}
				var names []string
				for g, err := range s.Client().Groups.List(t.Context(), confluence.GroupListOptions{}) {
					if err != nil {
						t.Fatal(err)
					}
					names = append(names, g.Name)
				}
				if want := []string{"confluence-guests", "confluence-users", "engineering", mine, "marketing", "site-admins"}; !slices.Equal(names, want) {
					t.Errorf("it has the groups %q, want %q", names, want)
				}
			})
		}
	})
	close(seen)
	for s := range seen {
		c, err := confluence.NewClient(s.URL, confluence.WithBasicAuth(s.Admin.Email, s.Admin.Token))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = c.Users.Current(t.Context()); !errors.Is(err, confluence.ErrNotFound) {
			t.Errorf("site %s after its test: %v", s.Name, err)
		}
	}
}

func TestASiteIsCalledAsAnybody(t *testing.T) {
	t.Parallel()
	s := rostertest.NewSite(t)
	for _, p := range s.People {
		if p.Email == "" {
			continue
		}
		me, err := s.As(p.Email).Users.Current(t.Context())
		if p.Role == "unlicensed" || p.Role == "customer" {
			continue
		}
		if err != nil || me.AccountID != p.AccountID {
			t.Errorf("%s is %+v (%v)", p.Email, me, err)
		}
	}
	grace := s.Person("grace.hopper@example.com")
	token := s.Token(grace.AccountID, "read:confluence-user")
	c, err := confluence.NewClient(s.GatewayURL, confluence.WithBearer(token))
	if err != nil {
		t.Fatal(err)
	}
	if me, err := c.Users.Current(t.Context()); err != nil || me.AccountID != grace.AccountID {
		t.Errorf("a scoped token: %+v (%v)", me, err)
	}
	if _, err := c.Groups.Create(t.Context(), "x"); err == nil {
		t.Error("a scoped token does what its scope is not for")
	}
}

const small = `
site: {name: small}
groups: [{name: all, permissions: [use, site-admin, view-profiles]}]
accounts: [{email: ada@example.com, displayName: Ada, groups: [all], tokens: [{label: test}]}]
`

func TestASiteIsMadeOfATestsOwnSeed(t *testing.T) {
	t.Parallel()
	for range 3 {
		s := rostertest.NewSite(t, rostertest.Seed(small))
		other := rostertest.NewSite(t)
		if me, err := s.Client().Users.Current(t.Context()); err != nil || me.DisplayName != "Ada" || len(s.People) != 1 {
			t.Errorf("it is %+v (%v)", me, err)
		}
		if me, err := other.Client().Users.Current(t.Context()); err != nil || me.AccountID == s.Admin.AccountID {
			t.Errorf("another is %+v (%v)", me, err)
		}
	}
}

func TestASiteHasTheAppsOfItsSeed(t *testing.T) {
	t.Parallel()
	s := rostertest.NewSite(t)
	forge := s.App("Example Forge app")
	if forge.Kind != "forge" || forge.ClientID == "" || forge.Secret == "" || len(forge.Tokens) != 2 || s.App("Example Connect app").Key == "" {
		t.Fatalf("%+v", s.Apps)
	}
	for _, token := range forge.Tokens {
		c, err := confluence.NewClient(s.GatewayURL, confluence.WithBearer(token.Token))
		if err != nil {
			t.Fatal(err)
		}
		who := forge.AccountID
		if token.AsUser != "" {
			who = s.Person(token.AsUser).AccountID
		}
		if me, err := c.Users.Current(t.Context()); err != nil || me.AccountID != who {
			t.Errorf("%s calls as %+v (%v), want %s", token.Label, me, err, who)
		}
	}
}

func TestASiteIsResetToItsSeedAndExportedAsOne(t *testing.T) {
	t.Parallel()
	s := rostertest.NewSite(t, rostertest.Named("come-and-go"))
	before := *s
	if _, err := s.Client().Groups.Create(t.Context(), "passing"); err != nil {
		t.Fatal(err)
	}
	text := s.Export()
	if !strings.Contains(text, "passing") {
		t.Errorf("the export has no new group:\n%s", text)
	}
	s.Reset()
	if after := s.Export(); strings.Contains(after, "passing") {
		t.Error("the reset left a group")
	}
	if s.Name != "come-and-go" || s.CloudID != before.CloudID || s.Admin != before.Admin {
		t.Errorf("the reset made %s %s of %s", s.Name, s.CloudID, before.CloudID)
	}
	if _, err := rostertest.NewSite(t, rostertest.Seed(text)).Client().Groups.Create(t.Context(), "passing"); err == nil {
		t.Error("a site of the export does not have the group")
	}
}

func BenchmarkNewSite(b *testing.B) {
	rostertest.NewSite(b)
	for b.Loop() {
		rostertest.NewSite(b)
	}
}
