package api

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

const newPassword = "correct horse battery staple"

func (s *testSite) acceptsWith(link, password string) response {
	s.t.Helper()
	return s.ask(ask{method: "POST", path: link, body: url.Values{"displayName": {"New"}, "password": {password}}.Encode(), header: form()})
}

func (s *testSite) signsIn(email, password string) bool {
	s.t.Helper()
	_, ok, err := s.dir.CheckPassword(s.t.Context(), s.ID, email, password)
	if err != nil {
		s.t.Fatal(err)
	}
	return ok
}

func TestWhoAcceptsCanChooseAPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		link := s.invited(person, "new@example.com")
		for _, password := range []string{"too short", strings.Repeat("x", 2000)} {
			if got := s.acceptsWith(link, password); got.status != 400 || !strings.Contains(got.body, "A password has at") || !strings.Contains(got.body, "<form") || strings.Contains(got.body, password) {
				t.Fatalf("%.20s: %d %s", password, got.status, got.body)
			}
		}
		got := s.acceptsWith(link, newPassword)
		if got.status != 200 || !strings.Contains(got.body, `/login">sign in</a>`) || strings.Contains(got.body, newPassword) || !s.signsIn("new@example.com", newPassword) {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := s.acceptsWith(s.invited(person, "none@example.com"), ""); got.status != 200 || strings.Contains(got.body, "sign in") || s.signsIn("none@example.com", "") {
			t.Errorf("%d %s", got.status, got.body)
		}
		// A link that somebody else may have read does not change the password of who was active all along.
		got = s.acceptsWith(s.invited(person, "unlicensed@example.com"), newPassword)
		if got.status != 200 || s.signsIn("unlicensed@example.com", newPassword) {
			t.Errorf("%d %s", got.status, got.body)
		}
		got = s.acceptsWith(s.invited(admin, "deactivated@example.com"), newPassword)
		if got.status != 200 || !s.signsIn("deactivated@example.com", newPassword) {
			t.Errorf("%d %s", got.status, got.body)
		}
		secret := secretOf(s.invited(person, "program@example.com"))
		got = s.ask(ask{method: "POST", path: acceptPath, body: `{"token":"` + secret + `","displayName":"New","password":"` + newPassword + `"}`})
		if got.status != 201 || !s.signsIn("program@example.com", newPassword) {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}
