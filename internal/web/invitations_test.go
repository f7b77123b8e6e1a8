package web_test

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/web"
)

// inviting has people invited from the pages; the invitations are made only by [directory.Invitations.Work].
func inviting(invitations **directory.Invitations) func(*web.Server) {
	return func(s *web.Server) {
		*invitations = directory.NewInvitations(s.Directory, mail.NewOutbox(s.Directory.Changes), mail.Address{Address: "roster@example.com"})
		s.Invitations, s.StandIn = *invitations, true
	}
}

func TestWhoIsBeingInvitedIsListedUntilTheInvitationIsMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var invitations *directory.Invitations
		b := newBed(t, d, inviting(&invitations))
		boss := b.boss()
		part := func(path string) answer {
			return boss.do(http.MethodGet, path, nil, http.Header{"HX-Request": {"true"}, "HX-Target": {"listed"}})
		}
		sent := boss.post("/invitations", "emails", "mary@example.com, carl@example.com")
		page := boss.get(strings.TrimPrefix(sent.header.Get("Location"), "."))
		if !page.has("on their way", "Being invited now: <bdi>mary@example.com</bdi>, <bdi>carl@example.com</bdi>.", "Pause updates") || page.has("Nobody was invited yet") {
			t.Fatalf("%d %s", page.status, page.body)
		}
		again := "/" + html.UnescapeString(renewal.FindStringSubmatch(page.body)[1])
		if got := part(again); got.status != http.StatusNoContent {
			t.Errorf("nothing is new: %d", got.status)
		}
		if got := boss.get("/invitations?state=open"); !got.has("Being invited now") {
			t.Errorf("the open ones: %s", got.body)
		}
		if got := boss.get("/invitations?state=accepted"); got.has("Being invited now") || got.has("Pause updates") {
			t.Errorf("the accepted ones: %s", got.body)
		}
		b.must(invitations.Work(t.Context()))
		if got := part(again); got.status != http.StatusOK || !got.has(">mary@example.com<", "Revoke") || got.has("Being invited now") || renewal.MatchString(got.body) || got.has("<html") {
			t.Errorf("they are made: %d %s", got.status, got.body)
		}
	})
}

func TestInvitingOnlyWhoHasAccessIsNotCalledNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var invitations *directory.Invitations
		b := newBed(t, d, inviting(&invitations))
		boss := b.boss()
		sent := boss.post("/invitations", "emails", "ada@example.com")
		b.must(invitations.Work(t.Context()))
		if got := boss.get(strings.TrimPrefix(sent.header.Get("Location"), ".")); !got.has("No invitation was made") || got.has("Nobody was invited yet") {
			t.Errorf("%s", got.body)
		}
	})
}

func TestNewPeopleAreOfferedTheGroupOfUsersAndWhatGetsThemIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var invitations *directory.Invitations
		b := newBed(t, d, inviting(&invitations))
		boss := b.boss()
		for _, name := range []string{"a-guests", "b-clerks"} {
			_, err := b.people.AddGroup(t.Context(), b.site.ID, operator, directory.Group{Name: name})
			b.must(err)
			_, err = b.people.Grant(t.Context(), b.site.ID, operator, name, directory.Use, true)
			b.must(err)
		}
		marie, err := b.people.Add(t.Context(), b.site.ID, operator, directory.Account{DisplayName: "Marie", Guest: true}, b.groupID("a-guests"))
		b.must(err)
		home, err := b.people.HomeGroup(t.Context(), b.site.ID, false)
		b.must(err)
		if home == b.groupID("a-guests") {
			t.Fatal("people are guests")
		}
		if got := boss.get("/people/new"); !got.has(`value="`+home+`" checked`) || got.has(`value="`+b.groupID("a-guests")+`" checked`) {
			t.Errorf("%s", got.body)
		}
		if got := boss.get("/people"); !got.has(`value="` + home + `" selected`) {
			t.Errorf("%s", got.body)
		}
		if got := boss.get("/people/ada?done=new"); !got.has("It has no password yet", "/password") || strings.Contains(got.body, "send an invitation") {
			t.Errorf("%s", got.body)
		}
		if got := boss.get("/people/" + marie.ID + "?done=new"); !got.has("The account is added.") || got.has("It has no password yet") {
			t.Errorf("without an address: %s", got.body)
		}
	})
}
