package change_test

import (
	"slices"
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
		for name, f := range filters() {
			picked, err := log.After(t.Context(), s.ID, 0, f, 6000)
			if err != nil {
				t.Fatal(err)
			}
			slices.Reverse(picked)
			for _, most := range []int{3, 1000} {
				var place string
				var got []change.Entry
				for pages := 0; pages == 0 || place != "" && pages < 8; pages++ {
					var page []change.Entry
					if page, place, err = log.Newest(t.Context(), s.ID, f, place, most); err != nil || len(page) > most {
						t.Fatal(name, len(page), err)
					}
					got = append(got, page...)
				}
				same := slices.EqualFunc(got, picked[:min(len(got), len(picked))], func(a, b change.Entry) bool { return a.Seq == b.Seq })
				if !same || place == "" && len(got) != len(picked) {
					t.Errorf("%s, in pages of %d: %d entries, not the newest of %d", name, most, len(got), len(picked))
				}
			}
		}
	})
}

// fillRecord stores so many sealed entries, one in ten seconds from the beginning of 2030 on, with times that go astray.
func fillRecord(t testing.TB, d *db.DB, site int64, entries int) {
	t.Helper()
	for _, statement := range []string{
		`DELETE FROM changes WHERE site_id = $1 AND $2 > 0`,
		`INSERT INTO changes (site_id, change_id, item, at, actor, token_id, request_id, ip, via, operation, target, version, detail, seq)
			WITH RECURSIVE n (i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < $2)
			SELECT $1, CAST(i AS text), 0, 1893456000000000 + i * 10000000 + i % 7 * 600000000, CASE WHEN i % 1000 = 7 THEN 'rare' ELSE 'common' END, '', '', '',
				CASE WHEN i % 1000 = 7 THEN 'cli' ELSE 'api' END, CASE WHEN i % 1000 = 7 THEN 'rare' ELSE 'common' END,
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
	}
}
