package api

import (
	"strconv"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// What expands a space is no way around the admin key either.
func TestNoExpansionOfASpaceShowsAdministratorsWhatIsHidden(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ways := []string{
			"/wiki/rest/api/space/~colleague?expand=homepage.body.storage,homepage.children.page",
			"/wiki/rest/api/space?spaceKey=~colleague&expand=homepage.body.storage",
			"/wiki/rest/api/user?accountId=" + accountID(colleague) + "&expand=personalSpace.homepage.body.storage",
		}
		_, err := s.spaces.Change(t.Context(), s.ID, operator, "~colleague", func(sp *content.Space) error { sp.Homepage = onPage; return nil })
		if err != nil {
			t.Fatal(err)
		}
		home := `"id":"` + strconv.Itoa(onPage) + `"`
		only := content.Restriction{Operation: "read", Subject: content.Subject{Kind: content.User, ID: accountID(colleague)}}
		if err := s.spaces.Restrict(t.Context(), s.ID, operator, onPage, []content.Restriction{only}); err != nil {
			t.Fatal(err)
		}
		for _, way := range ways {
			for role, shown := range map[string]bool{colleague: true, admin: false, administrator: false, person: false} {
				got := s.get(role, way)
				if got.status != 200 || strings.Contains(got.body, home) != shown || strings.Contains(got.body, `"storage":{`) != shown {
					t.Errorf("%s for %s: %d %s", way, role, got.status, got.body)
				}
			}
		}
	})
}

func TestADraftIsThereForItsAuthorAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		draft, err := s.spaces.AddPage(t.Context(), s.ID, operator, "~colleague", content.Page{Title: "Half a thought", Status: "draft", CreatedBy: accountID(colleague)})
		if err != nil {
			t.Fatal(err)
		}
		id := strconv.FormatInt(draft.ID, 10)
		for role, shown := range map[string]bool{colleague: true, person: false, administrator: false, admin: false} {
			direct := s.get(role, "/wiki/rest/api/content/"+id)
			if (direct.status == 200) != shown || !shown && direct.status != 404 {
				t.Errorf("%s: %d %s", role, direct.status, direct.body)
			}
			list := s.get(role, "/wiki/rest/api/content?spaceKey=~colleague&status=draft")
			if list.status != 200 || strings.Contains(list.body, "Half a thought") != shown {
				t.Errorf("%s lists %s", role, list.body)
			}
		}
	})
}
