package db_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestOfOlderPagesWithOneTitleTheFirstHasItsKey(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		const page = `INSERT INTO content (site_id, content_id, space_id, kind, status, title, body, body_bytes, version, version_at,
			version_by, version_message, minor_edit, created_at, created_by) VALUES `
		const rest = `, '', 0, 1, 0, '', '', FALSE, 0, '')`
		err := db.OpenAsOf(t.Context(), url, 8,
			`INSERT INTO spaces (site_id, space_id, version, space_key, alias, name, kind, status, icon, description, homepage_id, settings,
				look_and_feel, created_at, created_by) VALUES (1, 1, 1, 'A', 'A', 'A', 'global', 'current', '', '', 0, '{}', '', 0, '')`,
			page+`(1, 12, 1, 'page', 'current', 'start'`+rest,
			page+`(1, 11, 1, 'page', 'current', 'Start'`+rest,
			page+`(1, 10, 1, 'page', 'draft', 'Start'`+rest,
			page+`(1, 13, 1, 'page', 'current', 'Other'`+rest,
			page+`(1, 14, 1, 'blogpost', 'current', 'Start'`+rest,
		)
		if err != nil {
			t.Fatal(err)
		}
		d := open(t, url)
		keys, err := db.All(t.Context(), d, db.Scalar[string], `SELECT COALESCE(title_key, '-') FROM content WHERE site_id = 1 ORDER BY content_id`)
		if diff := cmp.Diff([]string{"-", "start", "-", "other", "-"}, keys); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}
