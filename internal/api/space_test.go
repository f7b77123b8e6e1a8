package api

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// readingRoom is a site on which ada, who hides her name, has a personal space with everything in it, grace has
// one with nothing in it, and alan has none.
type readingRoom struct {
	t      *testing.T
	server *Server
	store  *content.Store
	site   site.Site
	home   content.Page
}

func newReadingRoom(t *testing.T, d *db.DB) *readingRoom {
	t.Helper()
	log, by := change.New(d), operator
	log.Now = func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	dir := &directory.Directory{Changes: log}
	store := &content.Store{Changes: log}
	r := &readingRoom{t: t, server: &Server{Directory: dir, Content: store}, store: store}
	var err error
	r.site, err = (&site.Store{Changes: log}).Add(t.Context(), by, site.Site{Name: dbtest.Name(t)})
	r.must(err)
	hidden := directory.DefaultVisibility()
	hidden[directory.NameField] = directory.OnlyMe
	for _, a := range []directory.Account{
		{ID: "557058:ada", PublicName: "Countess", DisplayName: "Ada Lovelace", Visibility: hidden},
		{ID: "557058:grace", DisplayName: "Grace Hopper"},
		{ID: "557058:alan", DisplayName: "Alan Turing"},
	} {
		_, err := dir.Add(t.Context(), r.site.ID, by, a)
		r.must(err)
	}
	group, err := dir.AddGroup(t.Context(), r.site.ID, by, directory.Group{ID: "01900000-0000-7000-8000-000000000001", Name: "friends"})
	r.must(err)
	_, err = dir.AddMember(t.Context(), r.site.ID, by, group.ID, "557058:grace")
	r.must(err)
	r.must(log.Write(t.Context(), r.site.ID, by, func(tx *change.Tx) error { return r.furnish(tx, group.ID) }))
	return r
}

func (r *readingRoom) furnish(tx *change.Tx, group string) error {
	ctx, st := r.t.Context(), r.store
	if _, err := st.AddIn(ctx, tx, content.Space{ID: 300, Owner: "557058:grace", Name: "Compilers"}); err != nil {
		return err
	}
	s, err := st.AddIn(ctx, tx, content.Space{
		ID: 100, Owner: "557058:ada", Name: "Notes", Description: "On <engines>\n& looms", LookAndFeel: `{"links":{"color":"#336699"}}`,
		Settings: content.Settings{ContentMode: "compact"},
	})
	if err != nil {
		return err
	}
	top, err := st.AddPageIn(ctx, tx, s, content.Page{ID: 200, Title: "All notes"})
	if err != nil {
		return err
	}
	r.home, err = st.AddPageIn(ctx, tx, s, content.Page{
		ID: 201, Title: "Note G", Parent: top.ID, Body: `<p onclick="x()">Bernoulli <script>x</script></p>`,
		Version: content.Version{Number: 3, By: "557058:grace", Message: "typo", Minor: true},
	})
	if err != nil {
		return err
	}
	if _, err := st.AddPageIn(ctx, tx, s, content.Page{ID: 202, Title: "Table", Parent: r.home.ID}); err != nil {
		return err
	}
	if s, err = st.ChangeIn(ctx, tx, s, func(s *content.Space) error { s.Homepage = r.home.ID; return nil }); err != nil {
		return err
	}
	friends := content.Subject{Kind: content.Group, ID: group}
	alan := content.Subject{Kind: content.User, ID: "557058:alan"}
	if err := st.SetPermissionsIn(ctx, tx, s, []content.Permission{
		{Operation: content.Operation{Name: "read", Target: "space"}, Subject: friends},
		{Operation: content.Operation{Name: "create", Target: "page"}, Subject: friends},
		{Operation: content.Operation{Name: "administer", Target: "space"}, Subject: content.Subject{Kind: content.User, ID: "557058:ada"}},
	}); err != nil {
		return err
	}
	if err := st.RestrictIn(ctx, tx, r.home, []content.Restriction{{Operation: "read", Subject: friends}, {Operation: "update", Subject: alan}}); err != nil {
		return err
	}
	if err := st.SetLabelsIn(ctx, tx, content.OnContent, r.home.ID, []string{"maths"}); err != nil {
		return err
	}
	return st.SetLabelsIn(ctx, tx, content.OnSpace, s.ID, []string{"work", "team:zeta"})
}

func (r *readingRoom) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// by is a call of somebody who may use the site.
func (r *readingRoom) by(accountID string) *call {
	standing := directory.Standing{AccountID: accountID, Type: directory.Person, Status: directory.Active, CanUse: accountID != ""}
	c := &call{site: r.site, base: "https://reading.example.com", caller: auth.Caller{Kind: auth.Token, Standing: standing}, viewer: standing.Viewer()}
	if accountID == "" {
		c.caller.Kind = auth.Anonymous
	}
	return c
}

// spaces returns the personal spaces of everybody as the caller sees them, by owner.
func (r *readingRoom) spaces(c *call, expand ...string) map[string]confluence.Space {
	r.t.Helper()
	everybody := []string{"557058:ada", "557058:grace", "557058:alan"}
	spaces, err := r.server.personalSpaces(r.t.Context(), c, everybody, parseExpansion(expand).under("personalSpace"))
	r.must(err)
	return spaces
}

// everything expands all that can be, in the fewest words.
var everything = []string{
	"personalSpace.icon", "personalSpace.description.plain", "personalSpace.description.view", "personalSpace.metadata.labels",
	"personalSpace.operations", "personalSpace.permissions", "personalSpace.settings", "personalSpace.theme", "personalSpace.lookAndFeel",
	"personalSpace.history", "personalSpace.homepage.history.lastUpdated", "personalSpace.homepage.version", "personalSpace.homepage.space.homepage",
	"personalSpace.homepage.container", "personalSpace.homepage.ancestors.version", "personalSpace.homepage.operations",
	"personalSpace.homepage.restrictions.read.restrictions.group", "personalSpace.homepage.restrictions.update.restrictions.user",
	"personalSpace.homepage.body.storage", "personalSpace.homepage.body.view", "personalSpace.homepage.metadata.labels",
	"personalSpace.homepage.childTypes.all", "personalSpace.homepage.children.page", "personalSpace.homepage.descendants", "personalSpace.nothing",
}

// golden compares an answer with a file of testdata.
func (r *readingRoom) golden(name string, answer any) {
	r.t.Helper()
	var text bytes.Buffer
	r.must(json.Indent(&text, encode(answer), "", "\t"))
	golden(r.t, name, text.String()+"\n")
}

func TestAPersonalSpaceIsShownWithWhatWasExpanded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReadingRoom(t, d)
		grace := r.by("557058:grace")
		r.golden("space_plain.json", r.spaces(grace, "personalSpace"))
		r.golden("space_parts.json", r.spaces(grace, "personalSpace.description", "personalSpace.metadata", "personalSpace.homepage.body",
			"personalSpace.homepage.restrictions.read", "personalSpace.homepage.children", "personalSpace.homepage.childTypes", "personalSpace.homepage.metadata"))
		r.golden("space_full.json", r.spaces(grace, everything...))
	})
}

func TestAPersonalSpaceThatIsHiddenIsLeftOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReadingRoom(t, d)
		for who, want := range map[string]string{"557058:ada": "ada grace", "557058:grace": "ada grace", "557058:alan": "grace", "": ""} {
			spaces := r.spaces(r.by(who), everything...)
			ids, err := r.server.personalSpaceIDs(t.Context(), r.by(who), []directory.Profile{{ID: "557058:ada"}, {ID: "557058:grace"}, {ID: "557058:alan"}})
			r.must(err)
			var got []string
			for _, owner := range []string{"ada", "grace", "alan"} {
				space, ok := spaces["557058:"+owner]
				if ok {
					got = append(got, owner)
				}
				if id, has := ids["557058:"+owner]; has != ok || id != space.ID {
					t.Errorf("%s sees %s's space by its ID %d, by expansion %d", who, owner, id, space.ID)
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%q sees the spaces of %v, want %s", who, got, want)
			}
		}
	})
}

func TestAFullyExpandedSpaceFollowsTheOfficialSchema(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		description, err := os.ReadFile("../../../shared/reference/openapi/users-v1.json")
		if os.IsNotExist(err) {
			t.Skip("the official description is not here")
		}
		r := newReadingRoom(t, d)
		r.must(err)
		doc, err := openapi3.NewLoader().LoadFromData(description)
		r.must(err)
		for who, space := range r.spaces(r.by("557058:grace"), everything...) {
			var value any
			r.must(json.Unmarshal(encode(space), &value))
			if err := doc.Components.Schemas["Space"].Value.VisitJSON(value, openapi3.MultiErrors()); err != nil {
				t.Errorf("the space of %s: %v", who, err)
			}
		}
	})
}

func TestTheDefaultLookHasEveryPart(t *testing.T) {
	t.Parallel()
	var look confluence.LookAndFeel
	if err := json.Unmarshal(content.DefaultLook(), &look); err != nil {
		t.Fatal(err)
	}
	if encoded := encode(look); bytes.Contains(encoded, []byte(`""`)) {
		t.Errorf("a part is empty: %s", encoded)
	}
	var shown, given any
	if err := json.Unmarshal(encode(look), &shown); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content.DefaultLook(), &given); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(given, shown); diff != "" {
		t.Error(diff)
	}
}

func TestPeopleInASpaceAreShownAsTheCallerMaySeeThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReadingRoom(t, d)
		name := func(c *call) string {
			createdBy := r.spaces(c, "personalSpace.history")["557058:ada"].History.CreatedBy
			if createdBy == nil {
				return "nobody"
			}
			return createdBy.DisplayName
		}
		if got := name(r.by("557058:grace")); !strings.HasPrefix(got, "Countess") {
			t.Errorf("grace sees %s", got)
		}
		if got := name(r.by("557058:ada")); !strings.HasPrefix(got, "Ada Lovelace") {
			t.Errorf("ada sees %s", got)
		}
		r.site.Settings.ViewProfiles = "groups"
		if got := name(r.by("557058:grace")); got != "nobody" {
			t.Errorf("without the permission to view profiles grace sees %s", got)
		}
	})
}
