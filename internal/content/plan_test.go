package content_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// However much content a site has, that which is asked for is looked up. PostgreSQL decides by how much there is.
func TestContentIsLookedUpByItsIDs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Engine != db.SQLite {
			t.Skip("it reads small tables whole")
		}
		for _, ids := range [][]int64{{1}, {1, 2}, make([]int64, 100)} {
			list, args := db.In(ids, any(int64(1)), "ada", false)
			plan, err := db.All(t.Context(), d, func(rows *sql.Rows) (step string, err error) {
				return step, rows.Scan(new(any), new(any), new(any), &step)
			}, "EXPLAIN QUERY PLAN "+content.LineOf(list), args...)
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range plan {
				if strings.Contains(step, " c USING ") && !strings.Contains(step, "content_id=?") {
					t.Errorf("%d IDs: %s", len(ids), strings.Join(plan, "\n"))
				}
			}
		}
	})
}
