package change_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

func TestThePagesOfEachFilterHoldWhatItPicks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := change.New(d)
		s, err := (&site.Store{Changes: log}).Add(t.Context(), change.Actor{Via: change.CLI}, site.Site{Name: dbtest.Name(t)})
		if err != nil {
			t.Fatal(err)
		}
		fillRecord(t, d, s.ID, 6000)
		for _, sealed := range []int{6000, 2500, 0} {
			unseal(t, d, s.ID, sealed)
			for name, f := range filters() {
				picked, err := log.After(t.Context(), s.ID, 0, f, 6000)
				if err != nil {
					t.Fatal(err)
				}
				others, err := log.Unsealed(t.Context(), s.ID, "", 0, f, 6000)
				if err != nil {
					t.Fatal(err)
				}
				picked = append(picked, others...)
				slices.Reverse(picked)
				for _, most := range []int{3, 1000} {
					if got, whole := newest(t, log, s.ID, f, most); !slices.Equal(got, idsOf(picked[:min(len(got), len(picked))])) || whole && len(got) != len(picked) {
						t.Errorf("%s, %d sealed, in pages of %d: %d entries, not the newest of %d", name, sealed, most, len(got), len(picked))
					}
				}
			}
		}
	})
}

// newest are the changes of the entries on the first pages, and whether there are no more.
func newest(t *testing.T, log *change.Log, site int64, f change.Filter, most int) (ids []string, whole bool) {
	t.Helper()
	place := ""
	for range 8 {
		page, next, err := log.Newest(t.Context(), site, f, place, most)
		if err != nil || len(page) > most {
			t.Fatal(len(page), err)
		}
		ids = append(ids, idsOf(page)...)
		if place = next; place == "" {
			return ids, true
		}
	}
	return ids, false
}

func idsOf(entries []change.Entry) (ids []string) {
	for _, e := range entries {
		ids = append(ids, e.ChangeID)
	}
	return ids
}

// unseal leaves only the first entries of a site sealed.
func unseal(t *testing.T, d *db.DB, site int64, sealed int) {
	t.Helper()
	for _, statement := range []string{
		`UPDATE changes SET seq = NULL WHERE site_id = $1 AND seq > $2`, `UPDATE change_heads SET last_seq = $2 WHERE site_id = $1`,
	} {
		if err := d.Aside(t.Context(), statement, site, sealed); err != nil {
			t.Fatal(err)
		}
	}
}

// After an import without a server everything waits to be sealed, which the database then believes for a while.
func TestAPageGoesByTheIndexOfItsFilterWhateverTheDatabaseBelieves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := change.New(d)
		s, err := (&site.Store{Changes: log}).Add(t.Context(), change.Actor{Via: change.CLI}, site.Site{Name: dbtest.Name(t)})
		if err != nil {
			t.Fatal(err)
		}
		fillRecord(t, d, s.ID, 2000)
		unseal(t, d, s.ID, 0)
		if err := d.Aside(t.Context(), `ANALYZE changes`); err != nil {
			t.Fatal(err)
		}
		// With long values their indexes are deeper than that by seq, as they are where there is much.
		if err := d.Aside(t.Context(), `UPDATE changes SET seq = CAST(SUBSTR(change_id, 25) AS bigint) - 100000000000,
			target = target || $2, actor = actor || $2, operation = operation || $2 WHERE site_id = $1`, s.ID, strings.Repeat("x", 400)); err != nil {
			t.Fatal(err)
		}
		for index, query := range map[string]string{
			"changes_by_target": change.Led("*", "target"), "changes_by_actor": change.Led("*", "actor"),
			"changes_by_operation": change.Led("*", "operation"), "changes_made": change.LedMade("*", ""),
		} {
			value := "none"
			if index == "changes_made" {
				value = "" // it is led by nothing
			}
			plan := planOf(t, d, query, s.ID, 2001, 0, 50, value)
			if !strings.Contains(plan, index) || strings.Contains(plan, "Sort") || strings.Contains(plan, "TEMP B-TREE") {
				t.Error(plan)
			}
		}
	})
}

func planOf(t *testing.T, d *db.DB, query string, args ...any) string {
	t.Helper()
	explain := "EXPLAIN "
	if d.Engine == db.SQLite {
		explain = "EXPLAIN QUERY PLAN "
	}
	lines, err := db.All(t.Context(), d, func(rows *sql.Rows) (line string, err error) {
		if d.Engine == db.SQLite {
			return line, rows.Scan(new(any), new(any), new(any), &line)
		}
		return line, rows.Scan(&line)
	}, explain+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// fillRecord stores so many sealed entries, one in ten seconds from the beginning of 2030 on, with times that go astray.
func fillRecord(t testing.TB, d *db.DB, site int64, entries int) {
	t.Helper()
	for _, statement := range []string{
		`DELETE FROM changes WHERE site_id = $1 AND $2 > 0`,
		`INSERT INTO changes (site_id, change_id, item, at, actor, token_id, request_id, ip, via, operation, target, version, detail, seq)
			WITH RECURSIVE n (i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < $2)
			SELECT $1, '00000000-0000-7000-8000-' || CAST(100000000000 + i AS text), 0, 1893456000000000 + i * 10000000 + i % 7 * 600000000, CASE WHEN i % 1000 = 7 THEN 'rare' ELSE 'common' END, '', '', '',
				CASE WHEN i % 1000 = 7 THEN 'cli' ELSE 'api' END, CASE WHEN i % 1000 = 7 THEN 'rare' WHEN i % 2 = 0 THEN 'account.email.disclose' ELSE 'common' END,
				CASE WHEN i % 1000 = 7 THEN 'account:rare' ELSE 'account:common' END, 0, '{}', i FROM n`,
		`INSERT INTO change_heads (site_id, last_seq, hash, pruned, lease, leased_until) VALUES ($1, $2, '', 0, '', 0)`,
	} {
		if err := d.Aside(t.Context(), statement, site, entries); err != nil {
			t.Fatal(err)
		}
	}
}

// filters are what a page may be narrowed by: alone what is rare and what is common, and together what never meets.
func filters() map[string]change.Filter {
	then := time.Date(2030, 1, 1, 8, 0, 0, 0, time.UTC)
	return map[string]change.Filter{
		"none": {}, "target": {Target: "account:rare"}, "actor": {Actor: "rare"}, "operation": {Operation: "rare"}, "via": {Via: change.CLI},
		"nobody": {Actor: "nobody"}, "nothing": {Target: "account:none"}, "no operation": {Operation: "none"}, "no via": {Via: change.Import},
		"common":           {Target: "account:common", Actor: "common", Operation: "common"},
		"target and actor": {Target: "account:common", Actor: "rare"}, "target and operation": {Target: "account:common", Operation: "rare"},
		"actor and operation": {Actor: "common", Operation: "rare"}, "actor and via": {Actor: "common", Via: change.CLI},
		"since": {Since: then}, "until": {Until: then}, "a minute": {Since: then, Until: then.Add(time.Minute)},
		"target until": {Target: "account:common", Until: then}, "rare until": {Operation: "rare", Until: then},
		"made": {Made: true}, "made since": {Made: true, Since: then}, "made to target": {Made: true, Target: "account:common"}, "made by via": {Made: true, Via: change.CLI},
	}
}
