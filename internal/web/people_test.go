package web_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// peoplePaths are the pages about people, groups, spaces and invitations, with an account and a group to fill in.
func peoplePaths(account, group string) []string {
	paths := []string{"/people", "/people/new", "/people/select?do=deactivate&account=" + account, "/groups", "/groups/new", "/groups/" + group, "/groups/" + group + "/delete", "/spaces", "/invitations"}
	for _, tab := range []string{"", "/edit", "/close", "/password", "/groups", "/access", "/watches", "/properties", "/history", "/explain"} {
		paths = append(paths, "/people/"+account+tab)
	}
	return paths
}

func (b *bed) groupID(name string) string {
	b.t.Helper()
	g, err := b.people.GroupNamed(b.t.Context(), b.site.ID, name)
	b.must(err)
	return g.ID
}

func TestPagesAboutPeopleAreForAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.kept(append(peoplePaths("ada", b.home), "/people/export", "/people/ada/status", "/people/ada/picture", "/spaces/X")...)
		boss := b.boss()
		for _, path := range peoplePaths("ada", b.home) {
			if got := boss.get(path); got.status != http.StatusOK || strings.Count(got.body, "<h1") != 1 || !got.has(`aria-current="page"`) || got.has("ZgotmplZ") {
				t.Errorf("%s: %d\n%s", path, got.status, got.body)
			}
			if got := boss.anotherSite(path, "do", "deactivate", "name", "Ada"); got.status != http.StatusForbidden {
				t.Errorf("%s, sent by another site: %d", path, got.status)
			}
		}
		for _, path := range []string{"/people/export", "/people/ada/status", "/spaces/X"} {
			if got := boss.anotherSite(path, "do", "deactivate", "format", "csv"); got.status != http.StatusForbidden {
				t.Errorf("%s, sent by another site: %d", path, got.status)
			}
		}
		if got := b.accountOf("ada"); got.Status != directory.Active || got.Version != 1 {
			t.Errorf("something was done: %+v", got)
		}
	})
}

func TestPeopleAreFoundAndNarrowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		b.add(directory.Account{ID: "eve", Email: "eve@example.com", DisplayName: "Eve Adams", Status: directory.Inactive}, b.home)
		b.add(directory.Account{ID: "bot", DisplayName: "Bot", Type: directory.App})
		b.add(directory.Account{ID: "odd", Email: "odd@example.com", DisplayName: hostile, External: true})
		for query, want := range map[string][]string{
			"": {"ada", "bot", "boss", "eve", "odd"}, "q=ada": {"ada", "eve"}, "q=boss@": {"boss"}, "status=inactive": {"eve"}, "kind=app": {"bot"},
			"kind=guest": nil, "kind=external": {"odd"}, "group=" + b.home: {"ada", "eve"}, "q=ada&status=active": {"ada"}, "q=%00%ff": {"ada", "bot", "boss", "eve", "odd"}, "q=nobody": nil,
		} {
			got := boss.get("/people?" + query)
			for _, id := range []string{"ada", "bot", "boss", "eve", "odd"} {
				if has := got.has(`name="account" value="` + id + `"`); got.status != http.StatusOK || has != slices.Contains(want, id) {
					t.Errorf("%s: %s is there: %v (%d)", query, id, has, got.status)
				}
			}
			if got.has("<script>alert") || len(want) == 0 && !got.has("Nobody is like that") {
				t.Errorf("%s: %s", query, got.body)
			}
		}
		part := boss.do(http.MethodGet, "/people?q=ada", nil, http.Header{"Hx-Request": {"true"}, "Hx-Target": {"found"}})
		if part.status != http.StatusOK || part.has("<html") || !part.has("Eve Adams", "eve@example.com") {
			t.Errorf("the part: %s", part.body)
		}
		for _, query := range []string{"status=asleep", "kind=x", "group=x", "after=x", "after=word:", "group=" + b.home[:35] + "0&after=nowhere:"} {
			if got := boss.get("/people?" + query); got.status != http.StatusBadRequest {
				t.Errorf("%s: %d", query, got.status)
			}
		}
	})
}

func TestTheListOfPeopleGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		for i := range 70 {
			b.add(directory.Account{ID: fmt.Sprintf("p%02d", i), DisplayName: "Many"})
		}
		for _, query := range []string{"", "?q=many"} {
			first := boss.get("/people" + query)
			next := nextLink.FindStringSubmatch(first.body)
			if next == nil || strings.Count(first.body, `name="account"`) != 50 {
				t.Fatalf("%s: %s", query, first.body)
			}
			rest := boss.get("/" + html.UnescapeString(next[1]))
			if !rest.has("p69") || nextLink.MatchString(rest.body) || len(first.body) > 150_000 {
				t.Errorf("%s: %d %s", query, len(first.body), rest.body)
			}
		}
	})
}

func TestSeveralPeopleAreChangedAtOnceAndBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		b.add(directory.Account{ID: "eve", Email: "eve@example.com", DisplayName: "Eve"}, b.home)
		if got := boss.get("/people/select?do=deactivate&account=ada&account=eve&account=boss"); !got.has("Deactivate 3 accounts?", "Ada", "Eve", "You are one of them") || b.accountOf("ada").Status != directory.Active {
			t.Errorf("%s", got.body)
		}
		got := boss.post("/people/select", "do", "deactivate", "account", "ada", "account", "eve", "account", "boss")
		if got.status != http.StatusOK || !got.has("2 of 3 changed", "without an active site administrator", "Undo") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if b.accountOf("ada").Status != directory.Inactive || b.accountOf("eve").Status != directory.Inactive || b.accountOf("boss").Status != directory.Active {
			t.Error("the wrong ones are deactivated")
		}
		if got = boss.post("/people/select", "do", "reactivate", "account", "ada", "account", "eve"); !got.has("2 of 2 changed") || b.accountOf("eve").Status != directory.Active {
			t.Errorf("%d %s", got.status, got.body)
		}
		admins := b.groupID("bosses")
		in := func(id string) bool {
			groups, err := b.people.MemberOf(t.Context(), b.site.ID, id, 0, 10)
			b.must(err)
			return slices.ContainsFunc(groups, func(g directory.Group) bool { return g.ID == admins })
		}
		if got = boss.post("/people/select", "do", "join", "to", admins, "account", "ada", "account", "boss"); !got.has("1 of 2 changed", "as it was") || !in("ada") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got = boss.post("/people/select", "do", "leave", "to", admins, "account", "ada"); !got.has("1 of 1 changed") || in("ada") {
			t.Errorf("%d %s", got.status, got.body)
		}
		for _, query := range []string{"", "do=erase&account=ada", "do=deactivate&account=" + strings.Repeat("x&account=", 150)} {
			if got := boss.get("/people/select?" + query); got.status != http.StatusBadRequest {
				t.Errorf("%.40s: %d", query, got.status)
			}
		}
		// Who ticked nobody is back at the same list.
		list := "?q=a&status=active"
		if got := boss.get("/people" + list); !got.has(`name="list" value="` + strings.ReplaceAll(list, "&", "&amp;") + `"`) {
			t.Errorf("the list does not tell which it is: %s", got.body)
		}
		for _, got := range []answer{boss.get("/people/select?do=deactivate&list=" + url.QueryEscape(list)), boss.post("/people/select", "do", "deactivate", "list", list)} {
			if got.status != http.StatusSeeOther || got.header.Get("Location") != "./../people?done=nobody&q=a&status=active" {
				t.Errorf("nobody ticked: %d %s", got.status, got.header.Get("Location"))
			}
		}
		if got := boss.get("/people?done=nobody&q=a&status=active"); !got.has("Nobody is ticked", `value="a"`) {
			t.Errorf("%d %s", got.status, got.body)
		}
		for _, query := range []string{"do=join&account=ada", "do=join&to=x&account=ada"} {
			if got := boss.get("/people/select?" + query); got.status != http.StatusNotFound {
				t.Errorf("%s: %d", query, got.status)
			}
		}
	})
}

func TestPeopleAreExported(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		b.add(directory.Account{ID: "eve", Email: "eve@example.com", DisplayName: "Eve, of all", Status: directory.Inactive})
		for format, want := range map[string]string{"csv": "eve@example.com", "ndjson": `"eve@example.com"`} {
			got := boss.post("/people/export", "format", format)
			if got.status != http.StatusOK || !got.has(want, "ada@example.com") || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment;") {
				t.Errorf("%s: %d %v\n%s", format, got.status, got.header, got.body)
			}
		}
		if got := boss.post("/people/export", "format", "xml"); got.status != http.StatusBadRequest {
			t.Errorf("%d", got.status)
		}
		if got := boss.get("/people/export"); got.status != http.StatusMethodNotAllowed {
			t.Errorf("%d", got.status)
		}
	})
}

func TestAPersonIsAdded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		got := boss.post("/people/new", "kind", "person", "name", "Mary Somerville", "email", "mary@example.com", "see-name", "organization", "see-phone", "anyone", "manager", "ada@example.com", "guest", "on", "group", b.home)
		if got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, got.body)
		}
		a := b.accountOf("mary@example.com")
		if a.DisplayName != "Mary Somerville" || !a.Guest || a.Manager != "ada" || a.Visibility[directory.NameField] != directory.Organization || a.Visibility[directory.PhoneField] != directory.Anyone || !a.Licensed {
			t.Errorf("%+v", a)
		}
		to, err := url.Parse(got.header.Get("Location"))
		b.must(err)
		if shown := boss.get("/people/" + a.ID + "?" + to.RawQuery); !shown.has("The account is added", "Mary Somerville", "seen by the organization") {
			t.Errorf("%s", shown.body)
		}
		for want, form := range map[string][]string{
			"The display name is empty":             {"email", "x@example.com"},
			"Europe/London":                         {"name", "X", "timeZone", "Mars/Olympus"},
			"The e-mail address is not valid":       {"name", "X", "email", "nowhere"},
			"There is no manager":                   {"name", "X", "manager", "nobody"},
			"There is no group":                     {"name", "X", "group", "5f1c1f6e-0000-4000-8000-000000000000"},
			"with this ID or e-mail address exists": {"name", "X", "email", "ada@example.com"},
			"is none of anyone, organization, me":   {"name", "X", "see-email", "all"},
			"The position is longer than 255":       {"name", "X", "position", strings.Repeat("x", 256)},
			"The locale &#34;xx&#34; does not look": {"name", "X", "locale", "XX"},
		} {
			if got := boss.post("/people/new", append(form, "phone", "kept "+hostile)...); got.status != http.StatusUnprocessableEntity || !got.has("kept &lt;script&gt;") || got.has("<script>alert") {
				t.Errorf("%s: %d %s", want, got.status, got.body)
			} else if !got.has(want) && !strings.Contains(want, "xx") {
				t.Errorf("%s is not told: %s", want, got.body)
			}
		}
	})
}
