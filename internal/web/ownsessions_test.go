package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

const another = "another horse, another battery"

func TestASessionIsEndedFromAnotherBrowser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		w, lost, third := b.signed("ada"), b.signed("ada"), b.signed("ada")
		sessions, err := b.people.Sessions(t.Context(), b.site.ID, "ada")
		b.must(err)
		list := w.get("/profile/sessions")
		if strings.Count(list.body, "this one") != 1 || strings.Count(list.body, `/end"`) != 4 || list.has(w.held()) {
			t.Errorf("%s", list.body)
		}
		if got := w.get("/profile/sessions/" + sessions[1].ID + "/end"); !got.has("Sign that browser out?", "profile/sessions\"") || !lost.in() {
			t.Errorf("the question: %d %s", got.status, got.body)
		}
		if got := w.post("/profile/sessions/" + sessions[1].ID + "/end"); got.status != http.StatusSeeOther || lost.in() || !third.in() {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := w.post("/profile/sessions/nothing/end"); got.status != http.StatusSeeOther || b.sessions("ada") != 2 {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := w.get("/profile/sessions/others/end"); !got.has("End all other sessions?") || !third.in() {
			t.Errorf("the question: %d %s", got.status, got.body)
		}
		if got := w.post("/profile/sessions/others/end"); got.status != http.StatusSeeOther || third.in() || !w.in() {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := w.get("/profile/sessions/all/end"); !got.has("Sign out everywhere?", "you will be signed out") || !w.in() {
			t.Errorf("the question: %d %s", got.status, got.body)
		}
		if got := w.post("/profile/sessions/all/end"); got.status != http.StatusSeeOther || b.sessions("ada") != 0 || w.held() != "" {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}

func TestANewPasswordEndsAllOtherSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.setPassword("ada", password)
		w, other := b.signed("ada"), b.signed("ada")
		for problem, form := range map[string][]string{
			"Your old password is another":    {"old", "wrong", "new", another, "again", another},
			"two different new passwords":     {"old", password, "new", another, "again", password},
			"has at least 12 characters":      {"old", password, "new", "short", "again", "short"},
			"Your old password is another. N": {"new", another, "again", another},
		} {
			if got := w.post("/profile/password", form...); got.status < 400 || !got.has(problem, `role="alert"`) || got.has(another) {
				t.Errorf("%s: %d\n%s", problem, got.status, got.body)
			}
		}
		if !w.in() || !other.in() {
			t.Error("a session ended where nothing changed")
		}
		before := w.held()
		got := w.post("/profile/password", "old", password, "new", another, "again", another)
		if got.status != http.StatusSeeOther || !w.in() || other.in() || w.held() == before || b.sessions("ada") != 1 {
			t.Errorf("%d %s", got.status, got.body)
		}
		if _, ok, err := b.people.CheckPassword(t.Context(), b.site.ID, "ada@example.com", another); err != nil || !ok {
			t.Errorf("the password is another (%v)", err)
		}
	})
}

func TestGuessingTheOldPasswordIsSlowedDown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.setPassword("ada", password)
		stopped := time.Now()
		b.people.Changes.Now = func() time.Time { return stopped }
		b.serve()
		w := b.signed("ada")
		for range 5 {
			w.post("/profile/password", "old", "wrong", "new", another, "again", another)
		}
		got := w.post("/profile/password", "old", password, "new", another, "again", another)
		if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || !got.has("too many attempts") {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}

func TestWhoHasNoPasswordChoosesOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, standIn)
		w := b.signed("ada")
		if got := w.get("/profile/password"); got.has(`name="old"`) || !got.has("Choose a password") {
			t.Errorf("%s", got.body)
		}
		if got := w.post("/profile/password", "new", another, "again", another); got.status != http.StatusSeeOther || !w.in() {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := w.get("/profile/password"); !got.has(`name="old"`) {
			t.Errorf("%s", got.body)
		}
	})
}
