package db_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// keyColumns lists the columns of every table's primary key, and which tables hold rows of sites.
var keyColumns = map[db.Engine]string{
	db.SQLite: `SELECT t.name || ' ' || c.name || ' ' || (c.pk > 0) FROM sqlite_schema t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND (c.pk > 0 OR c.name = 'site_id') ORDER BY t.name, c.pk`,
	db.Postgres: `SELECT t.relname || ' ' || a.attname || ' ' || CASE WHEN a.attnum = ANY(x.indkey) THEN 1 ELSE 0 END
		FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid JOIN pg_index x ON x.indrelid = t.oid AND x.indisprimary
		WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND (a.attnum = ANY(x.indkey) OR a.attname = 'site_id')
		ORDER BY t.relname, array_position(x.indkey::int2[], a.attnum)`,
}

// Who adds a table has to decide whether a copy of a site takes its rows along.
func TestEveryTableOfSitesIsInTheListWithItsKey(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		rows, err := db.All(t.Context(), d, db.Scalar[string], keyColumns[d.Engine])
		if err != nil {
			t.Fatal(err)
		}
		keys, ofSites := map[string][]string{}, map[string]bool{}
		for _, row := range rows {
			f := strings.Fields(row)
			if ofSites[f[0]] = ofSites[f[0]] || f[1] == "site_id"; f[1] != "site_id" && f[2] == "1" {
				keys[f[0]] = append(keys[f[0]], f[1])
			}
		}
		maps.DeleteFunc(ofSites, func(_ string, is bool) bool { return !is })
		for _, table := range db.SiteTables {
			if !ofSites[table.Name] {
				t.Errorf("SiteTables names %s twice, or there is no such table of sites", table.Name)
			}
			delete(ofSites, table.Name)
			if got := strings.Join(keys[table.Name], ", "); got != table.Key {
				t.Errorf("the key of %s is %s, and SiteTables says %s", table.Name, got, table.Key)
			}
		}
		for _, missing := range slices.Sorted(maps.Keys(ofSites)) {
			t.Errorf("SiteTables does not say what becomes of %s in a copy of a site", missing)
		}
	})
}
