package site_test

import (
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

func TestARequestFindsItsSite(t *testing.T) {
	opened(t, func(t *testing.T, st *site.Store) {
		main := add(t, st, site.Site{Name: "main"})
		lab := add(t, st, site.Site{Name: "lab", Hosts: []string{"lab.example", "127.0.0.1"}})
		for _, tt := range []struct {
			host, path string
			want       site.Site
			way        site.Way
			left       string
		}{
			{"", "/wiki/rest/api/user", main, site.ByHost, "/wiki/rest/api/user"},
			{"unknown.example", "/", main, site.ByHost, "/"},
			{"lab.example", "/wiki/x", lab, site.ByHost, "/wiki/x"},
			{"LAB.Example", "/wiki/x", lab, site.ByHost, "/wiki/x"},
			{"lab.example:8080", "/wiki/x", lab, site.ByHost, "/wiki/x"},
			{"lab.example.", "/wiki/x", lab, site.ByHost, "/wiki/x"},
			{"Lab.example.:443", "/wiki/x", lab, site.ByHost, "/wiki/x"},
			{"127.0.0.1:1", "/wiki/x", lab, site.ByHost, "/wiki/x"},
			{"[::1]:80", "/wiki/x", main, site.ByHost, "/wiki/x"},
			{"[::1]", "/wiki/x", main, site.ByHost, "/wiki/x"},
			{"a:b:c", "/wiki/x", main, site.ByHost, "/wiki/x"},
			{"lab.example/wiki", "/wiki/x", main, site.ByHost, "/wiki/x"},
			{"x", "/ex/confluence/" + lab.CloudID + "/wiki/rest/api/user", lab, site.ByGateway, "/wiki/rest/api/user"},
			{"x", "/ex/confluence/" + lab.CloudID + "/rest/api/user", lab, site.ByGateway, "/wiki/rest/api/user"},
			{"x", "/ex/confluence/" + lab.CloudID + "/wikipedia", lab, site.ByGateway, "/wiki/wikipedia"},
			{"x", "/ex/confluence/" + lab.CloudID + "/wiki", lab, site.ByGateway, "/wiki"},
			{"x", "/ex/confluence/" + lab.CloudID, lab, site.ByGateway, "/wiki/"},
			{"lab.example", "/ex/confluence/" + main.CloudID + "/wiki/a%2Fb", main, site.ByGateway, "/wiki/a%2Fb"},
			{"x", "/_site/lab/wiki/x", lab, site.ByName, "/wiki/x"},
			{"x", "/_site/lab", lab, site.ByName, "/"},
			{"x", "/ex/confluence", main, site.ByHost, "/ex/confluence"},
			{"x", "/_site", main, site.ByHost, "/_site"},
		} {
			found, err := (&site.Resolver{Sites: st, Named: true}).Resolve(t.Context(), tt.host, tt.path)
			if err != nil || found.ID != tt.want.ID || found.Way != tt.way || found.Path != tt.left {
				t.Errorf("%s %s finds site %q, way %d, path %s (%v)", tt.host, tt.path, found.Name, found.Way, found.Path, err)
			}
		}
	})
}

func TestASiteThatIsNotThereIsNotFound(t *testing.T) {
	opened(t, func(t *testing.T, st *site.Store) {
		r := &site.Resolver{Sites: st, Named: true}
		if _, err := r.Resolve(t.Context(), "x", "/wiki"); kind(err) != failure.NotFound {
			t.Errorf("an empty database: %v", err)
		}
		main := add(t, st, site.Site{Name: "main"})
		for _, path := range []string{
			"/ex/confluence//wiki/x", "/ex/confluence/main/wiki/x", "/ex/confluence/" + strings.ToUpper(main.CloudID) + "/wiki/x",
			"/ex/confluence/00000000-0000-0000-0000-000000000000/wiki", "/ex/confluence/" + strings.Repeat("a", 5000),
			"/ex/confluence/\x00/wiki", "/ex/confluence/%00/wiki", "/ex/confluence/' OR 1=1/wiki",
			"/_site//wiki", "/_site/nobody/wiki", "/_site/MAIN/wiki", "/_site/" + main.CloudID + "/wiki",
		} {
			if found, err := r.Resolve(t.Context(), "x", path); kind(err) != failure.NotFound {
				t.Errorf("%.80q finds %q (%v)", path, found.Name, err)
			}
		}
		for _, host := range []string{strings.Repeat("a", 5000), "\x00"} {
			if found, err := r.Resolve(t.Context(), host, "/wiki"); err != nil && kind(err) != failure.NotFound {
				t.Errorf("the host %.20q finds %q (%v)", host, found.Name, err)
			}
		}
	})
}

func TestOnlyAStandInServesSitesByName(t *testing.T) {
	opened(t, func(t *testing.T, st *site.Store) {
		main := add(t, st, site.Site{Name: "main"})
		add(t, st, site.Site{Name: "lab"})
		found, err := (&site.Resolver{Sites: st}).Resolve(t.Context(), "x", "/_site/lab/wiki")
		if err != nil || found.ID != main.ID || found.Path != "/_site/lab/wiki" {
			t.Errorf("it finds %q with %s (%v)", found.Name, found.Path, err)
		}
	})
}

func TestASiteFoundByItsHostHasItsLinksThere(t *testing.T) {
	opened(t, func(t *testing.T, st *site.Store) {
		add(t, st, site.Site{Name: "main"})
		plain := add(t, st, site.Site{Name: "plain", Hosts: []string{"plain.example"}})
		public := add(t, st, site.Site{Name: "public", PublicURL: "https://public.example"})
		r := &site.Resolver{Sites: st}
		for _, tt := range []struct {
			host, path string
			site       site.Site
			want       string
		}{
			{"plain.example:8080", "/wiki/x", plain, "http://plain.example:8080"},
			{"elsewhere", "/ex/confluence/" + plain.CloudID + "/x", plain, "http://s/ex/confluence/" + plain.CloudID},
			{"public.example", "/wiki/x", public, "https://public.example"},
		} {
			found, err := r.Resolve(t.Context(), tt.host, tt.path)
			if err != nil || found.ID != tt.site.ID || found.URL("http://s", false) != tt.want {
				t.Errorf("%s%s is %s at %s (%v), want %s at %s", tt.host, tt.path, found.Name, found.URL("http://s", false), err, tt.site.Name, tt.want)
			}
		}
	})
}
