package seed_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/seed"
)

func TestEveryKeyOfASpaceIsRead(t *testing.T) {
	t.Parallel()
	s := parse(t, `
site: {name: lab}
spaces:
- id: 70000
  key: LAB
  type: global
  name: Laboratory
  alias: lab
  status: archived
  owner: ada@example.com
  description: Do not touch.
  icon: /images/lab.svg
  settings: {routeOverrideEnabled: true, contentMode: compact, editor: {page: v1, blogpost: v2, default: v3}}
  theme: {themeKey: loom, name: Loom, description: Cards., icon: /images/loom.png}
  lookAndFeel: {menus: {color: "#ffffff"}, headings: {color: "#000000"}}
  labels: [science]
  permissions:
  - {operation: create, target: page, group: users, user: "557058:ada", anonymous: true, unlicensed: true}
  appsBlocked: true
  watchers: [ada@example.com]
  homepage: Start
  pages:
  - {id: 70001, type: page, status: current, title: Start, body: <p/>, parent: None, creator: ada@example.com, labels: [a], watchers: ["557058:ada"], restrictions: [{operation: update, group: users, user: ada@example.com}]}
`)
	want := []seed.Space{{
		Line: 4, ID: 70000, Key: "LAB", Type: content.Global, Name: "Laboratory", Alias: "lab", Status: content.Archived, Owner: "ada@example.com",
		Description: "Do not touch.", Icon: "/images/lab.svg",
		Settings:    seed.SpaceSettings{RouteOverride: true, ContentMode: "compact", Editor: seed.SpaceEditor{Page: "v1", Blogpost: "v2", Default: "v3"}},
		Theme:       seed.SpaceTheme{Key: "loom", Name: "Loom", Description: "Cards.", Icon: "/images/loom.png"},
		LookAndFeel: `{"headings":{"color":"#000000"},"menus":{"color":"#ffffff"}}`, Labels: []string{"science"},
		Permissions: []seed.SpacePermission{{Line: 18, Operation: "create", Target: "page", Group: "users", User: "557058:ada", Anonymous: true, Unlicensed: true}},
		AppsBlocked: true, Watchers: []string{"ada@example.com"}, Homepage: "Start",
		Pages: []seed.Page{{
			Line: 23, ID: 70001, Type: "page", Status: "current", Title: "Start", Body: "<p/>", Parent: "None", Creator: "ada@example.com", Labels: []string{"a"}, Watchers: []string{"557058:ada"},
			Restrictions: []seed.Restriction{{Line: 23, Operation: "update", Group: "users", User: "ada@example.com"}},
		}},
	}}
	if diff := cmp.Diff(want, s.Documents[0].Spaces); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrongInASpaceIsNamedWithItsLine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, tt := range []struct{ text, want string }{
			{"- {key: A, owner: b@example.com}\n", `line 4: spaces[0]: there is no account "b@example.com"`},
			{"- {key: A, name: A, watchers: [nobody]}\n", `line 4: spaces[0]: there is no account "nobody"`},
			{"- key: A\n  name: A\n  pages:\n  - {title: T, watchers: [nobody]}\n", `line 7: spaces[0].pages[0]: there is no account "nobody"`},
			{"- {key: A, owner: nobody}\n", `line 4: spaces[0]: there is no account "nobody"`},
			{"- {key: A}\n", "line 4: spaces[0]: The space name is empty."},
			{"- {key: A-B, type: global, name: A}\n", `line 4: spaces[0]: The space key "A-B" is not`},
			{"- {owner: ada@example.com}\n- {owner: ada@example.com}\n", "line 5: spaces[1]: A space with this key"},
			{"- {key: A, name: A, homepage: Start}\n", `line 4: spaces[0]: there is no page "Start" that could be the homepage`},
			{"- {key: A, name: A, labels: [two words]}\n", `line 4: spaces[0]: The label "two words" is not one word`},
			{"- {key: A, name: A, icon: x}\n", `line 4: spaces[0]: The icon "x" is not a path`},
			{"- {key: A, name: A, theme: {themeKey: k, icon: x}}\n", `line 4: spaces[0]: The theme icon "x" is not a path`},
			{"- {key: A, name: A, settings: {editor: {page: Old}}}\n", `line 4: spaces[0]: The editor "Old" is not`},
			{"- key: A\n  permissions:\n  - operation: read\n", "line 6: spaces[0].permissions[0]: it is for nobody"},
			{"- key: A\n  permissions:\n  - {operation: read, group: none}\n", `line 6: spaces[0].permissions[0]: there is no group "none"`},
			{"- key: A\n  permissions:\n  - {operation: read, group: g, user: ada@example.com}\n", "line 6: spaces[0].permissions[0]: it has a group and a user"},
			{"- key: A\n  pages:\n  - title: P\n    parent: Q\n", `line 6: spaces[0].pages[0]: there is no page "Q" above`},
			{"- key: A\n  pages:\n  - title: P\n  - title: P\n", `line 7: spaces[0].pages[1]: pages[0] has the same title "P"`},
			{"- key: A\n  name: A\n  pages:\n  - {title: P, type: blogpost}\n  - title: P s\n  - {title: p S, status: draft}\n  - title: p S\n", `line 10: spaces[0].pages[3]: pages[2] has the same title "p S"`},
			{"- key: A\n  name: A\n  pages:\n  - title: P\n  - title: p\n", `line 8: spaces[0].pages[1]: pages[0] has the title "P", which reads the same`},
			{"- key: A\n  name: A\n  pages:\n  - {title: P, creator: nobody}\n", `line 7: spaces[0].pages[0]: there is no account "nobody"`},
			{"- key: A\n  pages:\n  - title: P\n    restrictions:\n    - operation: read\n", "line 8: spaces[0].pages[0].restrictions[0]: it is for nobody"},
		} {
			s := parse(t, "site: {name: %s}\naccounts: [{email: ada@example.com}]\nspaces:\n%s", dbtest.Name(t), tt.text)
			if _, err := seed.Apply(t.Context(), newLog(d), s); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s  gives %v\n  want  %s", tt.text, err, tt.want)
			}
		}
		for text, want := range map[string]string{
			"site: {name: a}\nspaces:\n- lookAndFeel:\n    headings: {colour: red}":     `line 4: spaces[0].lookAndFeel: The look and feel has no "headings.colour".`,
			"site: {name: a}\nspaces: [{lookAndFeel: {headings: red}}]":                 `line 2: spaces[0].lookAndFeel: "headings" of the look and feel is an object, not a text.`,
			"site: {name: a}\nspaces: [{lookAndFeel: {content: {body: {padding: 0}}}}]": `line 2: spaces[0].lookAndFeel.content.body.padding: must be text; write it in quotes: "0"`,
			"site: {name: a}\nspaces: [{lookAndFeel: {a: b, a: c}}]":                    `line 2: spaces[0].lookAndFeel: the key "a" stands twice`,
			"site: {name: a}\nspaces: [{lookAndFeel: dark}]":                            "line 2: spaces[0].lookAndFeel: must be a mapping",
			"site: {name: a}\nspaces: [{settings: {speed: 1}}]":                         `line 2: spaces[0].settings: unknown key "speed"; known are routeOverrideEnabled`,
			"site: {name: a}\nspaces: [{settings: {contentMode: wide}}]":                `line 2: spaces[0].settings.contentMode: "wide" is none of standard, compact`,
			"site: {name: a}\nspaces: [{theme: {name: Loom}}]":                          `line 2: spaces[0].theme: the key "themeKey" is missing`,
			"site: {name: a}\nspaces: [{id: 0}]":                                        "line 2: spaces[0].id: must be a whole number from 1 to 9007199254740991",
			"site: {name: a}\nspaces: [{id: 1.5}]":                                      "line 2: spaces[0].id: must be a whole number",
			"site: {name: a}\nspaces: [{id: \"1\"}]":                                    "line 2: spaces[0].id: must be a whole number",
		} {
			if _, err := seed.Parse(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s gives %v", text, err)
			}
		}
	})
}

func TestPersonalSpacesOfTheDemoAreMostPeoples(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		demo := applyDemo(t, d)
		store := &content.Store{Changes: demo.dir.Changes}
		names := map[string]string{}
		for who, a := range demo.accounts {
			spaces, err := store.PersonalSpaces(t.Context(), demo.Site.ID, content.Viewer{Administrator: true}, []string{a.ID})
			if err != nil {
				t.Fatal(err)
			}
			if s, ok := spaces[a.ID]; ok {
				names[who] = s.Name
			}
		}
		for _, who := range []string{"maria.mitchell", "isaac.newton", "Analytical Engine", "johannes.kepler"} {
			if name, has := names[who]; has {
				t.Errorf("%s has the personal space %q", who, name)
			}
		}
		for who, want := range map[string]string{"ada.lovelace": "Ada Lovelace", "nikola.tesla": "Nikola Tesla", "alan.turing": "Prof", "emmy.noether": "E. N."} {
			if names[who] != want {
				t.Errorf("the space of %s is named %q, want %q: hidden names stay hidden", who, names[who], want)
			}
		}
	})
}

func TestTheGlobalSpaceOfTheDemoIsWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		demo := applyDemo(t, d)
		store := &content.Store{Changes: demo.dir.Changes}
		s, err := store.Space(t.Context(), demo.Site.ID, "SCI")
		if err != nil {
			t.Fatal(err)
		}
		home, err := store.Page(t.Context(), demo.Site.ID, s.Homepage)
		if err != nil || home.Title != "Science" || s.Owner != demo.accounts["ada.lovelace"].ID || s.CreatedAt != seed.DefaultTime() {
			t.Errorf("%+v with the homepage %+v, %v", s, home, err)
		}
		permissions, err := store.Permissions(t.Context(), demo.Site.ID, []int64{s.ID}, 10)
		if err != nil || len(permissions[s.ID]) != 4 || permissions[s.ID][3].Subject.ID != demo.accounts["grace.hopper"].ID {
			t.Errorf("%+v, %v", permissions, err)
		}
		watchers, _, err := store.Watchers(t.Context(), demo.Site.ID, content.WatchSpace, s.ID, 0, 10)
		if err != nil || len(watchers) != 1 || watchers[0] != demo.accounts["grace.hopper"].ID {
			t.Errorf("%v, %v", watchers, err)
		}
		labels, err := store.Labels(t.Context(), demo.Site.ID, content.OnSpace, []int64{s.ID}, 10)
		if err != nil || len(labels[s.ID]) != 2 {
			t.Errorf("%+v, %v", labels, err)
		}
	})
}

func TestTwoPersonalSpacesOfTheDemoHaveEverything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		demo := applyDemo(t, d)
		store := &content.Store{Changes: demo.dir.Changes}
		for _, who := range []string{"ada.lovelace", "grace.hopper"} {
			s, err := store.Space(t.Context(), demo.Site.ID, "~"+demo.accounts[who].ID)
			if err != nil {
				t.Fatal(err)
			}
			settings := s.Settings
			if s.Icon == "" || s.Description == "" || s.LookAndFeel == "" || !settings.RouteOverride || settings.ContentMode == "" || settings.Theme.Key == "default" || settings.Theme.Icon == "" {
				t.Errorf("%s: %+v", who, s)
			}
			bodies, err := store.Bodies(t.Context(), demo.Site.ID, []int64{s.Homepage})
			if err != nil || bodies[s.Homepage] == "" {
				t.Errorf("%s has the homepage %d: %v, %v", who, s.Homepage, bodies, err)
			}
			labels, err := store.Labels(t.Context(), demo.Site.ID, content.OnSpace, []int64{s.ID}, 10)
			if err != nil || len(labels[s.ID]) == 0 {
				t.Errorf("%s: %+v, %v", who, labels, err)
			}
			permissions, err := store.Permissions(t.Context(), demo.Site.ID, []int64{s.ID}, 10)
			kinds := map[content.SubjectKind]bool{}
			for _, p := range permissions[s.ID] {
				kinds[p.Subject.Kind] = true
			}
			if err != nil || !kinds[content.User] || !kinds[content.Group] {
				t.Errorf("%s: %+v, %v", who, permissions, err)
			}
		}
	})
}
