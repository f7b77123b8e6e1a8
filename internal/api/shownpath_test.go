package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
)

func TestALogOfRequestsShowsPathsWithoutSecretsAndAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		log := &explain.Log{}
		s.handler.(*Server).Requests = log
		secret := s.secrets[person]
		id := accountID(colleague)
		for path, want := range map[string]string{
			"/wiki/rest/api/user?accountId=" + id:            "/wiki/rest/api/user",
			"/wiki/rest/api/usr/nobody":                      "/wiki/rest/api/usr/nobody",
			"/wiki/rest/api/user/" + id + "/property/colour": "/wiki/rest/api/user/" + id + "/property/colour",
			"/wiki/rest/api/space/" + groupID("empty"):       "/wiki/rest/api/space/" + groupID("empty"),
			"/wiki/ada@example.com/x":                        "/wiki/…/x",
			"/wiki/ada%40example.com":                        "/wiki/…",
			"/wiki/ada%2540example.com":                      "/wiki/…",
			"/wiki/" + secret + "/x":                         "/wiki/…/x",
			"/wiki/x:" + secret:                              "/wiki/…",
			"/wiki/" + strings.ToLower(secret[41:67]):        "/wiki/…",
			directory.InvitationPath + "roster_inv_nothing":  directory.InvitationPath + "{secret}",
			avatarPath + "x":                                 avatarPath + "{accountId}",
			"/wiki" + strings.Repeat("/word", 60):            "/wiki" + strings.Repeat("/word", 38) + "/…",
		} {
			s.straight(s.handler, person, http.MethodGet, path, "")
			if got := log.Latest(s.ID, 1, func(*explain.Request) bool { return true })[0]; got.Path != want || got.ID == "" {
				t.Errorf("%s is shown as %q (request %q), want %q", path, got.Path, got.ID, want)
			}
		}
		s.straight(s.handler, person, http.MethodGet, "/wiki/rest/api/user?accountId="+id, "")
		if got := log.Latest(s.ID, 1, func(*explain.Request) bool { return true })[0]; got.AccountID != accountID(person) || got.Operation != "getUser" {
			t.Errorf("%+v", got)
		}
	})
}
