package audit_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
)

// The reads that workers and the feed repeat must cost the same however much was recorded: none may scan the table.
func TestTheFeedAndTheSealerReadByIndexes(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, "main")
		targets := make([]string, 1000)
		for i := range targets {
			targets[i] = fmt.Sprintf("thing:%d", i)
		}
		for range 5 {
			write(t, log, s.ID, ada, targets...)
		}
		sealSite(t, log, s.ID, 1000)
		writeMany(t, log, s.ID, 10)
		explain := "EXPLAIN QUERY PLAN " // nobody analyzes SQLite's tables
		if d.Engine == db.Postgres {
			explain = "EXPLAIN "
			tamper(t, d, "ANALYZE changes")
		}
		for index, queries := range map[string][]string{
			"changes_by_seq": {`SELECT * FROM changes WHERE site_id = $1 AND seq > $2 ORDER BY seq LIMIT 200`},
			"changes_unsealed": {
				`SELECT * FROM changes WHERE site_id = $1 AND seq IS NULL AND (change_id, item) > ('', $2) ORDER BY change_id, item LIMIT 200`,
				`SELECT * FROM changes WHERE site_id = $1 AND seq IS NULL AND item >= $2 ORDER BY change_id, item LIMIT 200`,
				`SELECT count(*) FROM changes WHERE site_id = $1 AND seq IS NULL AND change_id >= '' AND item >= $2`,
				`SELECT site_id FROM changes WHERE seq IS NULL AND site_id > $1 - 1 AND site_id > $2 ORDER BY site_id, change_id, item LIMIT 1`,
			},
			"changes_by_target": {
				`SELECT * FROM changes WHERE site_id = $1 AND target = 'thing:7' AND seq > $2 ORDER BY seq LIMIT 200`,
				`UPDATE changes SET detail = '{}' WHERE site_id = $1 AND target = 'thing:7' AND detail_salt <> '' AND version >= $2`,
				`SELECT * FROM changes WHERE site_id = $1 AND target = 'thing:7' AND operation = 'thing.update' AND version >= $2
					AND (seq IS NULL OR seq > $2) ORDER BY version, change_id, item LIMIT 1`,
			},
			"changes_by_actor": {
				`SELECT * FROM changes WHERE site_id = $1 AND actor <> '' AND actor = 'nobody' AND seq > $2 ORDER BY seq LIMIT 200`,
				`UPDATE changes SET ip = '' WHERE site_id = $1 AND actor <> '' AND actor = 'nobody' AND ip_salt <> '' AND version >= $2`,
			},
		} {
			for _, query := range queries {
				lines, err := db.All(t.Context(), d, planLine, explain+query, s.ID, 0)
				if err != nil {
					t.Fatal(err)
				}
				if plan := strings.Join(lines, "\n"); !strings.Contains(plan, index) {
					t.Errorf("%s is read by %s", query, plan)
				}
			}
		}
	})
}

// planLine is a line of a plan: the last column.
func planLine(rows *sql.Rows) (string, error) {
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var text string
	to := make([]any, len(columns))
	for i := range to {
		to[i] = new(any)
	}
	to[len(to)-1] = &text
	return text, rows.Scan(to...)
}
