package web_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/web"
)

func TestGroupsAreAddedFilledEmpoweredAndDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		if got := boss.post("/groups/new", "name", "Engineers"); got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, got.body)
		}
		for _, name := range []string{"", "engineers", strings.Repeat("x", 256), "a\u200bb"} {
			if got := boss.post("/groups/new", "name", name); got.status != http.StatusUnprocessableEntity || !got.has(`role="alert"`) {
				t.Errorf("%q: %d", name, got.status)
			}
		}
		id := b.groupID("engineers")
		page := "/groups/" + id
		if got := boss.post(page, "do", "join", "account", "ada@example.com"); got.status != http.StatusOK || !got.has("in the group now", "Undo", "people/ada") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.post(page, "do", "grant", "permission", "view-profiles"); got.status != http.StatusOK {
			t.Errorf("%d %s", got.status, got.body)
		}
		held, err := b.people.Granted(t.Context(), b.site.ID, id)
		if err != nil || !slices.Equal(held, []directory.Permission{directory.ViewProfiles}) {
			t.Errorf("%v %v", held, err)
		}
		if got := boss.get("/groups?q=NEER"); !got.has("Engineers", "View profiles", `<td class="number">1</td>`) || got.has("bosses") {
			t.Errorf("%s", got.body)
		}
		if got := boss.post(page, "do", "leave", "account", "ada"); got.status != http.StatusOK || !got.has("no longer in the group", "Nobody is in the group yet") {
			t.Errorf("%d %s", got.status, got.body)
		}
		for _, form := range [][]string{{"do", "join", "account", "nobody"}, {"do", "grant", "permission", "all"}, {"do", "x"}, {}} {
			if got := boss.post(page, form...); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%v: %d", form, got.status)
			}
		}
		for _, form := range [][]string{{"do", "revoke", "permission", "site-admin"}, {"do", "leave", "account", "boss"}} {
			if got := boss.post("/groups/"+b.groupID("bosses"), form...); got.status != http.StatusUnprocessableEntity || !got.has("without an active site administrator") {
				t.Errorf("%v: %d", form, got.status)
			}
		}
		if got := boss.post("/groups/" + b.groupID("bosses") + "/delete"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%d", got.status)
		}
		if got := boss.post(page + "/delete"); got.status != http.StatusSeeOther || boss.get(page).status != http.StatusNotFound {
			t.Errorf("%d %s", got.status, got.body)
		}
		for _, path := range []string{"/groups?after=%00", "/groups?q=%00%ff", "/groups/x", "/groups?q=%25"} {
			if got := boss.get(path); got.status >= 500 {
				t.Errorf("%s: %d", path, got.status)
			}
		}
	})
}

func TestSpacesAreFoundAndTheirRulesSet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		store := &content.Store{Changes: b.people.Changes}
		_, err := store.Add(t.Context(), b.site.ID, operator, content.Space{Key: "ENG", Name: "Engines " + hostile, Owner: "ada"})
		b.must(err)
		_, err = store.Add(t.Context(), b.site.ID, operator, content.Space{Owner: "ada"})
		b.must(err)
		if got := boss.get("/spaces"); !got.has("spaces/ENG", "spaces/~ada", "Engines &lt;script&gt;", ">Ada<") || got.has("<script>alert") {
			t.Errorf("%s", got.body)
		}
		if got := boss.get("/spaces?q=engin&kind=global&status=current"); !got.has("spaces/ENG") || got.has("spaces/~ada") {
			t.Errorf("%s", got.body)
		}
		space := func() content.Space {
			s, err := store.Space(t.Context(), b.site.ID, "ENG")
			b.must(err)
			return s
		}
		for _, do := range []string{"block", "archive"} {
			if got := boss.post("/spaces/ENG", "do", do); got.status != http.StatusSeeOther {
				t.Errorf("%s: %d %s", do, got.status, got.body)
			}
		}
		if s := space(); !s.AppsBlocked || s.Status != content.Archived {
			t.Errorf("%+v", s)
		}
		for _, form := range [][]string{{"do", "allow"}, {"do", "restore"}, {"do", "permit", "operation", "read space", "kind", "group", "who", "bosses"}, {"do", "permit", "operation", "create page", "kind", "user", "who", "ada@example.com"}} {
			if got := boss.post("/spaces/ENG", form...); got.status != http.StatusSeeOther {
				t.Errorf("%v: %d %s", form, got.status, got.body)
			}
		}
		if s := space(); s.AppsBlocked || s.Status != content.Current {
			t.Errorf("%+v", s)
		}
		if got := boss.get("/spaces/ENG"); !got.has("create page", ">bosses<", ">Ada<", "Nobody watches it") || got.has("is gone") {
			t.Errorf("%s", got.body)
		}
		for _, form := range [][]string{{}, {"do", "permit", "operation", "fly space", "kind", "anonymous"}, {"do", "permit", "operation", "read space", "kind", "group", "who", "nobody " + hostile}} {
			if got := boss.post("/spaces/ENG", form...); got.status != http.StatusUnprocessableEntity || got.has("<script>alert") {
				t.Errorf("%v: %d", form, got.status)
			}
		}
		for _, path := range []string{"/spaces/NONE", "/spaces/%00", "/spaces?after=%00", "/spaces?kind=%00", "/spaces?status=x"} {
			if got := boss.get(path); got.status >= 500 {
				t.Errorf("%s: %d", path, got.status)
			}
		}
	})
}

func TestAPermissionOfASpaceIsTakenAwayOnceItIsAskedAbout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		_, err := (&content.Store{Changes: b.people.Changes}).Add(t.Context(), b.site.ID, operator, content.Space{Key: "ENG", Name: "Engines", Owner: "ada"})
		b.must(err)
		for _, who := range [][]string{{"kind", "group", "who", "bosses", "operation", "read space"}, {"kind", "user", "who", "ada", "operation", "create page"}} {
			if got := boss.post("/spaces/ENG", append([]string{"do", "permit"}, who...)...); got.status != http.StatusSeeOther {
				t.Fatalf("%d %s", got.status, got.body)
			}
		}
		take := "/" + regexp.MustCompile(`href="(?:\.\./)*(spaces/ENG/permissions/\d+/end)" aria-label="Take away: create page`).FindStringSubmatch(boss.get("/spaces/ENG").body)[1]
		b.kept(take)
		if got := boss.get(take); !got.has("Take the permission away?", "create page, Ada") || !boss.get("/spaces/ENG").has(take) {
			t.Errorf("the question: %d %s", got.status, got.body)
		}
		if got := boss.post(take); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.get("/spaces/ENG"); got.has(take) || !got.has(">bosses<") {
			t.Errorf("%s", got.body)
		}
		if got := boss.post(take); got.status != http.StatusNotFound {
			t.Errorf("taken twice: %d", got.status)
		}
	})
}

func TestPeopleAreInvitedAgainAndNoLonger(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var invitations *directory.Invitations
		b := newBed(t, d, func(s *web.Server) {
			invitations = directory.NewInvitations(s.Directory, mail.NewOutbox(s.Directory.Changes), mail.Address{Address: "roster@example.com"})
			s.Invitations, s.StandIn = invitations, true
		})
		boss := b.boss()
		if got := boss.get("/invitations"); !got.has("Nobody was invited yet", "Invite by e-mail") {
			t.Errorf("%s", got.body)
		}
		for _, emails := range []string{"", " , ;", "nowhere " + hostile, strings.Repeat("a@example.com ", 101)} {
			if got := boss.post("/invitations", "do", "invite", "emails", emails); got.status != http.StatusUnprocessableEntity || got.has("<script>alert") {
				t.Errorf("%.30q: %d", emails, got.status)
			}
		}
		if got := boss.post("/invitations", "do", "invite", "emails", "mary@example.com, carl@example.com"); got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, got.body)
		}
		b.must(invitations.Work(t.Context()))
		if got := boss.get("/invitations?state=open"); !got.has("mary@example.com", "carl@example.com", ">Grace<", "Send again") {
			t.Errorf("%s", got.body)
		}
		mary, err := b.people.Invitation(t.Context(), b.site.ID, "mary@example.com")
		b.must(err)
		if got := boss.get("/invitations/" + mary.ID + "/resend?state=open"); !got.has("Send the invitation again?", "mary@example.com", `invitations?state=open"`) {
			t.Errorf("the question: %d %s", got.status, got.body)
		}
		if again, err := b.people.Invitation(t.Context(), b.site.ID, mary.ID); err != nil || again.Sends != 1 {
			t.Errorf("sent again unasked: %+v %v", again, err)
		}
		if got := boss.post("/invitations/" + mary.ID + "/resend"); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, got.body)
		}
		again, err := b.people.Invitation(t.Context(), b.site.ID, mary.ID)
		if err != nil || again.Sends != 2 || !again.ExpiresAt.After(time.Now()) {
			t.Errorf("%+v %v", again, err)
		}
		if got := boss.get("/invitations/" + mary.ID + "/revoke?state=open"); !got.has("Revoke the invitation?", "mary@example.com", `invitations?state=open"`) {
			t.Errorf("the question: %d %s", got.status, got.body)
		}
		if got := boss.get("/invitations?state=open"); !got.has("mary@example.com", "/revoke?state=open") {
			t.Errorf("revoked unasked: %s", got.body)
		}
		if got := boss.post("/invitations/" + mary.ID + "/revoke?state=open"); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := boss.get("/invitations?state=revoked"); !got.has("mary@example.com") || got.has("carl@example.com") {
			t.Errorf("%s", got.body)
		}
		if got := boss.post("/invitations/" + mary.ID + "/resend"); got.status != http.StatusBadRequest {
			t.Errorf("%d", got.status)
		}
		for path, want := range map[string]int{"/invitations?state=failed": 200, "/invitations?state=x": 400, "/invitations?after=x": 400, "/invitations?state=accepted&after=": 200} {
			if got := boss.get(path); got.status != want {
				t.Errorf("%s: %d", path, got.status)
			}
		}
	})
}

func TestWhereNoMailIsSentInvitationsSayHowToChangeThat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		if got := boss.get("/invitations"); !got.has("--smtp") || got.has("Invite by e-mail") {
			t.Errorf("%s", got.body)
		}
		if got := boss.post("/invitations", "do", "invite", "emails", "mary@example.com"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%d", got.status)
		}
	})
}
