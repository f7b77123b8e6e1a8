package transfer_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/transfer"
)

const (
	owner = `{"kind":"group","name":"engineers"}
{"kind":"account","accountId":"ada","displayName":"Ada"}
`
	whole = `{"kind":"space","key":"~ada","owner":"ada","name":"Ada","icon":"/images/ada.svg","description":"Notes","labels":["Work","team:lab","work"],` +
		`"permissions":[{"operation":"read","group":"engineers","unlicensed":true},{"operation":"create","target":"page","user":"ada"}],` +
		`"settings":{"routeOverrideEnabled":true,"contentMode":"compact","editor":{"page":"v1"}},` +
		`"theme":{"themeKey":"loom","name":"Loom","description":"Cards","icon":"/images/loom.png"},` +
		`"lookAndFeel":{"menus":{"color":"#ffffff"},"headings":{"color":"#000000"}},"homepage":{"title":"Start","body":"<p>Hello</p>"}}` + "\n"
)

func spaces(c transfer.Counts) transfer.Report { return transfer.Report{Spaces: c} }

func (p *place) space(key string) content.Space {
	p.Helper()
	s, err := (&content.Store{Changes: p.dir.Changes}).Space(p.Context(), p.site, key)
	if err != nil {
		p.Fatal(err)
	}
	return s
}

// dressed makes the space of whole.
func dressed(t *testing.T, d *db.DB) *place {
	t.Helper()
	p := newPlace(t, d)
	p.apply(owner, transfer.Report{Accounts: transfer.Counts{Create: 1}, Groups: transfer.Counts{Create: 1}})
	p.apply(whole, spaces(transfer.Counts{Create: 1}))
	return p
}

func TestALineSaysEverythingOfASpace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := dressed(t, d)
		s, store := p.space("~ada"), &content.Store{Changes: p.dir.Changes}
		want := content.Settings{
			RouteOverride: true, ContentMode: "compact", Editor: content.Editor{Page: "v1", Blogpost: "v2", Default: "v2"},
			Theme: content.Theme{Key: "loom", Name: "Loom", Description: "Cards", Icon: "/images/loom.png"},
		}
		if diff := cmp.Diff(want, s.Settings); diff != "" {
			t.Error(diff)
		}
		if s.Icon != "/images/ada.svg" || s.LookAndFeel != `{"headings":{"color":"#000000"},"menus":{"color":"#ffffff"}}` {
			t.Errorf("%+v", s)
		}
		home, err := store.Page(t.Context(), p.site, s.Homepage)
		bodies, bodyErr := store.Bodies(t.Context(), p.site, []int64{s.Homepage})
		if err != nil || bodyErr != nil || home.Title != "Start" || home.CreatedBy != "ada" || bodies[home.ID] != "<p>Hello</p>" {
			t.Errorf("%+v %v, %v, %v", home, bodies, err, bodyErr)
		}
		labels, err := store.Labels(t.Context(), p.site, content.OnSpace, []int64{s.ID}, 10)
		if err != nil || len(labels[s.ID]) != 2 || labels[s.ID][0].Name != "lab" || labels[s.ID][1].Name != "work" {
			t.Errorf("%+v, %v", labels, err)
		}
		permissions, err := store.Permissions(t.Context(), p.site, []int64{s.ID}, 10)
		if err != nil || len(permissions[s.ID]) != 2 {
			t.Fatalf("%+v, %v", permissions, err)
		}
		if first, second := permissions[s.ID][0], permissions[s.ID][1]; first.Subject.Name != "engineers" || !first.Unlicensed || first.Target != "space" || second.Subject.ID != "ada" {
			t.Errorf("%+v", permissions)
		}
	})
}

func TestASecondImportOfASpaceWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := dressed(t, d)
		rows := p.count("changes")
		p.apply(whole, spaces(transfer.Counts{Unchanged: 1}))
		if planned, _ := p.run(whole, dryRun); planned.Spaces.Unchanged != 1 {
			t.Errorf("planned %+v", planned)
		}
		if now := p.count("changes"); now != rows {
			t.Errorf("%d changes", now-rows)
		}
	})
}

func TestEachMemberOfASpaceChangesAloneAndAsTheDryRunSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := dressed(t, d)
		for _, tt := range []struct {
			member string
			want   []transfer.FieldChange
		}{
			{`"labels":["work"]`, []transfer.FieldChange{{Field: "labels", Before: "team:lab work", After: "work"}}},
			{`"labels":null`, []transfer.FieldChange{{Field: "labels", Before: "work"}}},
			{`"permissions":[{"operation":"read","anonymous":true}]`, []transfer.FieldChange{{
				Field: "permissions", Before: "read space: group engineers unlicensed; create page: user ada", After: "read space: anonymous",
			}}},
			{`"permissions":[]`, []transfer.FieldChange{{Field: "permissions", Before: "read space: anonymous"}}},
			{`"settings":{"editor":{"default":"v1"}}`, []transfer.FieldChange{{Field: "settings.editor.default", Before: "v2", After: "v1"}}},
			{`"settings":null`, []transfer.FieldChange{
				{Field: "settings.routeOverrideEnabled", Before: "true", After: "false"},
				{Field: "settings.contentMode", Before: "compact"},
				{Field: "settings.editor.page", Before: "v1", After: "v2"},
				{Field: "settings.editor.default", Before: "v1", After: "v2"},
			}},
			{`"theme":{"themeKey":"loom","icon":"/a.png"}`, []transfer.FieldChange{
				{Field: "theme.name", Before: "Loom"},
				{Field: "theme.description", Before: "Cards"},
				{Field: "theme.icon", Before: "/images/loom.png", After: "/a.png"},
			}},
			{`"lookAndFeel":{}`, []transfer.FieldChange{{Field: "lookAndFeel", Before: `{"headings":{"color":"#000000"},"menus":{"color":"#ffffff"}}`}}},
			{`"homepage":{"body":"<p>Again</p>"}`, []transfer.FieldChange{{Field: "homepage", Before: "Start (version 1)", After: "Start (version 2)"}}},
			{`"homepage":null`, []transfer.FieldChange{{Field: "homepage", Before: "Start (version 2)"}}},
			{`"homepage":{"title":"New"}`, []transfer.FieldChange{{Field: "homepage", After: "New (version 1)"}}},
			{`"appsBlocked":true`, []transfer.FieldChange{{Field: "appsBlocked", Before: "false", After: "true"}}},
			{`"watchers":["ada"]`, []transfer.FieldChange{{Field: "watchers", After: "ada"}}},
			{`"icon":""`, []transfer.FieldChange{{Field: "icon", Before: "/images/ada.svg"}}},
		} {
			line, details := `{"kind":"space","key":"~ada",`+tt.member+"}", func(o *transfer.Options) { o.Details = true }
			_, plan := p.run(line, dryRun, details)
			done := p.apply(line, spaces(transfer.Counts{Update: 1}), details)
			if diff := cmp.Diff(tt.want, done[0].Changes); diff != "" {
				t.Errorf("%s: %s", tt.member, diff)
			}
			if diff := cmp.Diff(plan, done); diff != "" {
				t.Errorf("%s: %s", tt.member, diff)
			}
		}
	})
}

func TestARefusedSpaceLeavesNothingBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := dressed(t, d)
		rows := p.count("changes")
		for member, want := range map[string]string{
			`"people":[]`:                                                       `A space has no member "people".`,
			`"watchers":["nobody"]`:                                             `There is no user with this account ID.`,
			`"watchers":"ada"`:                                                  `watchers is not an array of strings.`,
			`"appsBlocked":1`:                                                   `appsBlocked is not true or false.`,
			`"settings":{"speed":1}`:                                            `A space has no member "settings.speed".`,
			`"settings":{"editor":{"Page":"v1"}}`:                               `A space has no member "settings.editor.Page".`,
			`"settings":5`:                                                      `settings: This is not a JSON object.`,
			`"settings":{"routeOverrideEnabled":1}`:                             `routeOverrideEnabled is not true or false.`,
			`"settings":{"contentMode":"wide"}`:                                 `The content mode "wide" is none of standard, compact.`,
			`"theme":{"name":"Loom"}`:                                           `The theme key "" is not 1 to 255 letters, digits and :._-.`,
			`"theme":{"themeKey":"a","icon":"x"}`:                               `The theme icon "x" is not a path such as /images/theme.svg.`,
			`"lookAndFeel":{"headings":{"a":"b"}}`:                              `The look and feel has no "headings.a".`,
			`"lookAndFeel":{"menus":{"color":"a","color":"b"}}`:                 `menus: The member "color" stands there twice.`,
			`"lookAndFeel":"dark"`:                                              `lookAndFeel: This is not a JSON object.`,
			`"labels":["two words"]`:                                            `The label "two words" is not one word without punctuation.`,
			`"permissions":{}`:                                                  `permissions is not an array of objects.`,
			`"permissions":[{"operation":"read"}]`:                              `The permission to read space is for nobody.`,
			`"permissions":[{"operation":"read","who":"ada"}]`:                  `A permission has no member "who".`,
			`"permissions":[{"operation":"read","user":"ada","group":"users"}]`: `A permission has a user and a group; make two of it.`,
			`"permissions":[{"operation":"read","user":"nobody"}]`:              `There is no account "nobody".`,
			`"permissions":[{"operation":"fly","user":"ada"}]`:                  `No space permission is for "fly" of "space".`,
			`"homepage":{"title":""}`:                                           `The title is empty.`,
			`"homepage":{"id":1}`:                                               `A homepage has no member "id".`,
		} {
			for _, line := range []string{
				`{"kind":"space","key":"~ada","name":"Other","labels":["a"],` + member + "}",
				`{"kind":"space","key":"NEW","name":"New",` + member + "}",
			} {
				line = strings.Replace(line, `"labels":["a"],"labels"`, `"labels"`, 1)
				results := p.apply(line, transfer.Report{Refused: 1})
				if len(results) != 1 || results[0].Reason != want {
					t.Errorf("%s: %+v", line, results)
				}
			}
		}
		if now := p.count("changes"); now != rows {
			t.Errorf("%d changes", now-rows)
		}
	})
}

func TestASpaceIsSetByTheMembersOfALine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := dressed(t, d)
		s, err := transfer.SetSpace(t.Context(), p.dir, p.site, operator, "~ada", []byte("{\n\"name\": \"Papers\",\n\"homepage\": null}"))
		if err != nil || s.Name != "Papers" || s.Homepage != 0 || s != p.space("~ada") {
			t.Errorf("%+v, %v", s, err)
		}
		for text, want := range map[string]failure.Kind{
			`{"key":"OTHER"}`: failure.Invalid, `{"nmae":""}`: failure.Invalid, `[]`: failure.Invalid, ``: failure.Invalid,
		} {
			_, err := transfer.SetSpace(t.Context(), p.dir, p.site, operator, "~ada", []byte(text))
			if kind, _ := failure.Of(err); err == nil || kind != want {
				t.Errorf("%s: %v", text, err)
			}
		}
		_, err = transfer.SetSpace(t.Context(), p.dir, p.site, operator, "NONE", []byte(`{}`))
		if kind, _ := failure.Of(err); err == nil || kind != failure.NotFound {
			t.Error(err)
		}
	})
}
