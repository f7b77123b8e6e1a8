package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// madeContent makes a space and a page in it, as somebody who may.
func madeContent(t *testing.T, c *confluence.Client, key, title string) *confluence.Content {
	t.Helper()
	if _, err := c.Spaces.Create(t.Context(), confluence.SpaceCreate{Key: key, Name: "Of " + title}); err != nil {
		t.Fatal(err)
	}
	page, err := c.Content.Create(t.Context(), confluence.ContentCreate{
		Type: "page", Title: title, Space: confluence.SpaceReference{Key: key},
		Body: &confluence.ContentBodyCreate{Storage: &confluence.ContentText{Value: "<p>é</p>", Representation: "storage"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestASpaceAndItsContentAreMadeReadAndDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			me, ctx := s.as(person), t.Context()
			page := madeContent(t, me, "ENG", "Start")
			wantWatching(t, me.Watches.Content(page.ID), true)
			wantWatching(t, me.Watches.Space("ENG"), false)
			got, err := s.as(hidden).Content.Get(ctx, page.ID, "body.storage", "space.description.plain", "version", "ancestors", "operations")
			if err != nil || got.Title != "Start" || got.Body.Storage.Value != "<p>é</p>" || got.Space.Key != "ENG" || got.Version.Number != 1 {
				t.Fatalf("%+v (%v)", got, err)
			}
			_, err = me.Content.Create(ctx, confluence.ContentCreate{
				Type: "page", Title: "Below", Space: confluence.SpaceReference{Key: "ENG"}, Ancestors: []confluence.ContentReference{{ID: "1"}},
			})
			wantError(t, "below nothing", err, confluence.ErrNotFound)
			below, err := me.Content.Create(ctx, confluence.ContentCreate{
				Type: "page", Title: "Below", Space: confluence.SpaceReference{Key: "ENG"}, Ancestors: []confluence.ContentReference{{ID: json.Number(page.ID)}},
			})
			if err != nil {
				t.Fatal(err)
			}
			var listed []string
			for p, err := range me.Content.List(ctx, confluence.ContentListOptions{SpaceKey: "ENG", PageOptions: confluence.PageOptions{Limit: 1}}) {
				if err != nil {
					t.Fatal(err)
				}
				listed = append(listed, p.ID)
			}
			if len(listed) != 2 || listed[0] != page.ID || listed[1] != below.ID {
				t.Errorf("listed: %v", listed)
			}
			wantError(t, "another's content", s.as(hidden).Content.Delete(ctx, page.ID), confluence.ErrForbidden)
			if err := me.Content.Delete(ctx, page.ID); err != nil {
				t.Fatal(err)
			}
			_, err = me.Content.Get(ctx, below.ID)
			wantError(t, "below trashed content", err, confluence.ErrNotFound)
			_, err = me.Watches.Content(page.ID).Get(ctx)
			wantError(t, "a watch of trashed content", err, confluence.ErrForbidden)
			wantError(t, "trashed content again", me.Content.Delete(ctx, page.ID), confluence.ErrNotFound)
			wantError(t, "another's trash", s.as(hidden).Content.Purge(ctx, page.ID), confluence.ErrForbidden)
			if err := me.Content.Purge(ctx, page.ID); err != nil {
				t.Fatal(err)
			}
			wantError(t, "purged content", me.Content.Purge(ctx, page.ID), confluence.ErrNotFound)
			_, err = s.as(hidden).Spaces.Delete(ctx, "ENG")
			wantError(t, "another's space", err, confluence.ErrForbidden)
			if task, err := me.Spaces.Delete(ctx, "ENG"); err != nil || task.ID == "" {
				t.Error(task, err)
			}
			_, err = me.Spaces.Get(ctx, "ENG")
			wantError(t, "a deleted space", err, confluence.ErrNotFound)
		}
	})
}

func TestASpaceThatCannotBeIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for body, want := range map[string]int{
			`{"key":"A B","name":"N"}`: 400, `{"key":"~me","name":"N"}`: 400, `{"name":"N"}`: 400, `{"key":"AB"}`: 400, `{"key":"","name":"N"}`: 400, `[]`: 400, ``: 415,
			`{"key":"AB","name":"N","description":{"plain":{"value":"D","representation":"plain"}}}`: 200,
		} {
			if got := s.ask(ask{role: person, method: "POST", path: "/wiki/rest/api/space", body: body}); got.status != want {
				t.Errorf("%s: %d %s", body, got.status, got.body)
			}
		}
		_, err := s.as(person).Spaces.Create(t.Context(), confluence.SpaceCreate{Key: "AB", Name: "Again"})
		wantError(t, "a key that is taken", err, confluence.ErrBadRequest)
		_, err = s.as(external).Spaces.Create(t.Context(), confluence.SpaceCreate{Key: "EXT", Name: "Theirs"})
		wantError(t, "an outsider's", err, confluence.ErrForbidden)
	})
}

func TestLabelsOfContentAreAddedOnceAndRemoved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		me, ctx := s.as(person), t.Context()
		page := madeContent(t, me, "ENG", "Start")
		labels, err := me.Content.AddLabels(ctx, page.ID, confluence.LabelCreate{Prefix: "team", Name: "Lab"}, confluence.LabelCreate{Name: "C/C++"}, confluence.LabelCreate{Name: "c/c++"})
		if err != nil || len(labels) != 2 || labels[0].Label != "c/c++" || labels[1].Label != "team:lab" {
			t.Fatal(labels, err)
		}
		single := s.ask(ask{role: person, method: "POST", path: "/wiki/rest/api/content/" + page.ID + "/label", body: `{"prefix":"global","name":"one"}`})
		if single.status != 200 {
			t.Errorf("%d %s", single.status, single.body)
		}
		for body, want := range map[string]int{`[{"name":"two words"}]`: 400, `[{"name":""}]`: 400, `"x"`: 400, `[1]`: 400, `[`: 400, `{"name":"a","name":"b"}`: 400} {
			if got := s.ask(ask{role: person, method: "POST", path: "/wiki/rest/api/content/" + page.ID + "/label", body: body}); got.status != want {
				t.Errorf("%s: %d %s", body, got.status, got.body)
			}
		}
		_, err = s.as(hidden).Content.AddLabels(ctx, page.ID, confluence.LabelCreate{Name: "mine"})
		wantError(t, "another's content", err, confluence.ErrForbidden)
		if err := me.Content.RemoveLabel(ctx, page.ID, "C/C++"); err != nil {
			t.Error(err)
		}
		wantError(t, "a label that is not there", me.Content.RemoveLabel(ctx, page.ID, "c/c++"), confluence.ErrNotFound)
		if got := s.ask(ask{role: person, method: "DELETE", path: "/wiki/rest/api/content/" + page.ID + "/label/team:lab"}); got.status != 204 {
			t.Errorf("%d %s", got.status, got.body)
		}
		labels, err = s.as(hidden).Content.Labels(ctx, page.ID)
		if err != nil || len(labels) != 1 || labels[0].Name != "one" {
			t.Error(labels, err)
		}
	})
}

func TestContentAndSpacesAreListedAsFarAsTheyMayBeSeen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.hiddenPage("secrets")
		count := func(role string) (spaces, pages int) {
			for _, err := range s.as(role).Spaces.List(t.Context(), confluence.SpaceListOptions{PageOptions: confluence.PageOptions{Limit: 2}}) {
				if err != nil {
					t.Fatal(err)
				}
				spaces++
			}
			for _, err := range s.as(role).Content.List(t.Context(), confluence.ContentListOptions{Type: "page", Status: "current"}) {
				if err != nil {
					t.Fatal(err)
				}
				pages++
			}
			return spaces, pages
		}
		if spaces, pages := count(person); spaces != 4 || pages != 1 {
			t.Errorf("a person sees %d spaces and %d pages", spaces, pages)
		}
		if spaces, pages := count(admin); spaces != 5 || pages != 2 { // let in by name
			t.Errorf("an administrator sees %d spaces and %d pages", spaces, pages)
		}
		one, err := s.as(person).Spaces.ListPage(t.Context(), confluence.SpaceListOptions{Keys: []string{"~colleague", "SECRET", "x\x00"}, Type: "personal"})
		if err != nil || one.Size != 1 || one.Results[0].Key != "~colleague" {
			t.Error(one, err)
		}
	})
}

func TestHiddenContentIsReadWithAnAdminKeyOnlyAndThatIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			page := madeContent(t, s.as(person), "ENG", "Start")
			n, err := strconv.ParseInt(page.ID, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			err = s.spaces.Restrict(t.Context(), s.ID, operator, n, []content.Restriction{{Operation: "read", Subject: content.Subject{Kind: content.User, ID: accountID(person)}}})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.dir.DisableAdminKey(t.Context(), s.ID, operator, accountID(admin)); err != nil {
				t.Fatal(err)
			}
			read := func(role, key string) int {
				return s.ask(ask{role: role, path: "/wiki/rest/api/content/" + page.ID, header: http.Header{"Atl-Confluence-With-Admin-Key": {key}}}).status
			}
			want := func(when string, wanted map[string]int) {
				t.Helper()
				for role, status := range wanted {
					if got := read(role, "true"); got != status {
						t.Errorf("%s, %s: %s gets %d, want %d", f, when, role, got, status)
					}
				}
			}
			want("without a key", map[string]int{admin: 403, administrator: 403, person: 403, hidden: 403})
			for _, role := range []string{admin, administrator} {
				if _, err := s.dir.EnableAdminKey(t.Context(), s.ID, operator, accountID(role), 10*time.Minute); err != nil {
					t.Fatal(err)
				}
			}
			want("with a key", map[string]int{admin: 200, administrator: 403, hidden: 403})
			if read(admin, "") != 404 || read(admin, "false") != 404 || read(person, "") != 200 {
				t.Error("the header does not decide")
			}
			if n := s.changes("admin-key.read", "content:"+page.ID); n != 1 {
				t.Errorf("%d records of one reading", n)
			}
			// No other route is a way around the key.
			for _, way := range []ask{
				{path: "/notification/child-created"},
				{path: "/notification/created"},
				{path: "/label"},
				{method: http.MethodPost, path: "/label", body: `[{"prefix":"global","name":"seen"}]`},
				{method: http.MethodDelete, path: "/label/seen"},
				{method: http.MethodDelete},
			} {
				way.role, way.path = admin, "/wiki/rest/api/content/"+page.ID+way.path
				if got := s.ask(way); got.status != 404 {
					t.Errorf("%s, %s %s without the header: %d", f, way.method, way.path, got.status)
				}
			}
		}
	})
}
