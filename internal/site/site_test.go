package site_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = change.Actor{Via: change.CLI}

func store(d *db.DB) *site.Store { return &site.Store{Changes: change.New(d)} }

func add(t *testing.T, st *site.Store, s site.Site) site.Site {
	t.Helper()
	if s.Name == "" {
		s.Name = dbtest.Name(t)
	}
	s, err := st.Add(t.Context(), operator, s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func kind(err error) failure.Kind {
	k, _ := failure.Of(err)
	return k
}

// opened runs a test on a fresh database of each engine.
func opened(t *testing.T, test func(*testing.T, *site.Store)) {
	t.Helper()
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		test(t, store(d))
	})
}

func TestTheFirstSiteIsTheDefaultOne(t *testing.T) {
	opened(t, func(t *testing.T, st *site.Store) {
		if _, err := st.Named(t.Context(), ""); kind(err) != failure.NotFound || !strings.Contains(err.Error(), "roster site add") {
			t.Errorf("an empty database gives %v", err)
		}
		first := add(t, st, site.Site{Name: "first"})
		second := add(t, st, site.Site{Name: "second", Hosts: []string{"b.example", "a.example"}})
		if !first.Default || second.Default {
			t.Errorf("default: %v and %v", first.Default, second.Default)
		}
		found, err := st.Named(t.Context(), "")
		if err != nil || found.ID != first.ID {
			t.Errorf("the default site is %+v (%v)", found, err)
		}
		all, err := st.List(t.Context())
		if err != nil || len(all) != 2 || all[0].Name != "first" || !slices.Equal(all[1].Hosts, []string{"a.example", "b.example"}) {
			t.Errorf("the sites are %+v (%v)", all, err)
		}
	})
}

func TestOfManyFirstSitesOneIsTheDefault(t *testing.T) {
	opened(t, func(t *testing.T, st *site.Store) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := st.Add(t.Context(), operator, site.Site{Name: dbtest.Name(t)}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		sites, err := st.List(t.Context())
		if err != nil || len(sites) != 8 {
			t.Fatalf("%d sites (%v)", len(sites), err)
		}
		for i, s := range sites {
			if s.Default != (i == 0) || s.ID != int64(i)+1 {
				t.Errorf("site %d: ID %d, default %v", i, s.ID, s.Default)
			}
		}
	})
}

func TestASiteIsFoundByNameAndCloudID(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		st := store(d)
		s := add(t, st, site.Site{PublicURL: "https://people.example/base"})
		for _, ref := range []string{s.Name, s.CloudID} {
			found, err := st.Named(t.Context(), ref)
			if err != nil || found.ID != s.ID || found.PublicURL != s.PublicURL || found.Settings != site.DefaultSettings() || !found.CreatedAt.Equal(s.CreatedAt) {
				t.Errorf("%s finds %+v (%v)", ref, found, err)
			}
		}
		for _, ref := range []string{"nobody", strings.ToUpper(s.CloudID), s.Name + " "} {
			if _, err := st.Named(t.Context(), ref); kind(err) != failure.NotFound {
				t.Errorf("%q finds something: %v", ref, err)
			}
		}
	})
}

func TestASiteThatCannotBeIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		st := store(d)
		for name, s := range map[string]site.Site{
			"no name":             {},
			"upper case":          {Name: "Main"},
			"a slash":             {Name: "a/b"},
			"a leading hyphen":    {Name: "-a"},
			"a long name":         {Name: strings.Repeat("a", 64)},
			"a new line":          {Name: "a\n"},
			"a bad cloud ID":      {Name: dbtest.Name(t), CloudID: "x"},
			"an upper cloud ID":   {Name: dbtest.Name(t), CloudID: strings.ToUpper(uuid.NewString())},
			"a URN as a cloud ID": {Name: dbtest.Name(t), CloudID: "urn:uuid:" + uuid.NewString()},
			"a bad host":          {Name: dbtest.Name(t), Hosts: []string{"UPPER.example"}},
			"a host and a port":   {Name: dbtest.Name(t), Hosts: []string{"a.example:80"}},
			"no scheme":           {Name: dbtest.Name(t), PublicURL: "people.example"},
			"another scheme":      {Name: dbtest.Name(t), PublicURL: "ftp://people.example"},
			"a trailing slash":    {Name: dbtest.Name(t), PublicURL: "https://people.example/"},
			"wiki":                {Name: dbtest.Name(t), PublicURL: "https://people.example/wiki"},
			"a query":             {Name: dbtest.Name(t), PublicURL: "https://people.example?a=b"},
			"a password":          {Name: dbtest.Name(t), PublicURL: "https://a:b@people.example"},
		} {
			if _, err := st.Add(t.Context(), operator, s); kind(err) != failure.Invalid {
				t.Errorf("a site with %s: %v", name, err)
			}
		}
	})
}

func TestNamesCloudIDsAndHostsAreUnique(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		st := store(d)
		host := dbtest.Name(t) + ".example"
		s := add(t, st, site.Site{Hosts: []string{host}})
		for name, again := range map[string]site.Site{
			"name":         {Name: s.Name},
			"cloud ID":     {Name: dbtest.Name(t), CloudID: s.CloudID},
			"host":         {Name: dbtest.Name(t), Hosts: []string{host}},
			"host in list": {Name: dbtest.Name(t), Hosts: []string{dbtest.Name(t) + ".example", host}},
		} {
			_, err := st.Add(t.Context(), operator, again)
			if kind(err) != failure.Conflict {
				t.Errorf("the same %s: %v", name, err)
			}
			if name != "name" {
				if _, err := st.Named(t.Context(), again.Name); kind(err) != failure.NotFound {
					t.Errorf("the same %s left a site behind", name)
				}
			}
		}
		other := add(t, st, site.Site{})
		_, err := st.Change(t.Context(), operator, other.Name, func(s *site.Site) error { s.Hosts = []string{host}; return nil })
		if kind(err) != failure.Conflict {
			t.Errorf("a host was taken over: %v", err)
		}
	})
}

func TestAChangeIsStoredWholeOrNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		st := store(d)
		host := dbtest.Name(t) + ".example"
		s := add(t, st, site.Site{Hosts: []string{"old-" + host}})
		epoch := func() int64 {
			n, _, err := db.One(t.Context(), d, db.Scalar[int64], `SELECT epoch FROM site_epochs WHERE site_id = $1`, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := epoch()
		edit := func(s *site.Site) error {
			s.Hosts, s.PublicURL, s.Settings.Fidelity = []string{host}, "https://"+host, site.Observed
			return nil
		}
		changed, err := st.Change(t.Context(), operator, s.CloudID, edit)
		if err != nil {
			t.Fatal(err)
		}
		found, err := st.Named(t.Context(), s.Name)
		if err != nil || !slices.Equal(found.Hosts, changed.Hosts) || found.PublicURL != "https://"+host || found.Settings.Fidelity != site.Observed {
			t.Errorf("the site is %+v (%v)", found, err)
		}
		if epoch() != before+1 {
			t.Errorf("the epoch went from %d to %d", before, epoch())
		}
		refused := errors.New("refused")
		for name, bad := range map[string]func(*site.Site) error{
			"an error":     func(s *site.Site) error { s.PublicURL = ""; return refused },
			"a bad URL":    func(s *site.Site) error { s.Hosts, s.PublicURL = nil, "x"; return nil },
			"a bad host":   func(s *site.Site) error { s.PublicURL, s.Hosts = "", []string{"a b"}; return nil },
			"a same host":  func(s *site.Site) error { s.Hosts = []string{"x-" + host, "x-" + host}; return nil },
			"an empty one": func(s *site.Site) error { s.Hosts = []string{""}; return nil },
		} {
			if _, err := st.Change(t.Context(), operator, s.Name, bad); err == nil {
				t.Errorf("%s was taken", name)
			}
			if again, err := st.Named(t.Context(), s.Name); err != nil || again.PublicURL != found.PublicURL || !slices.Equal(again.Hosts, found.Hosts) {
				t.Errorf("%s left %+v (%v)", name, again, err)
			}
		}
		if _, err := st.Change(t.Context(), operator, "nobody", edit); kind(err) != failure.NotFound {
			t.Errorf("a site that is not there was changed: %v", err)
		}
	})
}

func TestASitesURLFollowsFromTheServersUnlessItHasItsOwn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		site    site.Site
		standIn bool
		want    string
	}{
		{site.Site{Name: "a", Default: true}, true, "http://s"},
		{site.Site{Name: "a"}, true, "http://s/_site/a"},
		{site.Site{Name: "a", CloudID: "c"}, false, "http://s/ex/confluence/c"},
		{site.Site{Name: "a", PublicURL: "https://p"}, true, "https://p"},
	} {
		if got := tt.site.URL("http://s", tt.standIn); got != tt.want {
			t.Errorf("%+v is at %s, want %s", tt.site, got, tt.want)
		}
	}
	if got := (site.Site{CloudID: "c"}).GatewayURL("http://s"); got != "http://s/ex/confluence/c" {
		t.Error(got)
	}
}
