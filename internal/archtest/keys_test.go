package archtest

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// key is a primary key, a unique index or a foreign key, by the engine's own catalogue.
type key struct{ table, name, first string }

func scanKey(rows *sql.Rows) (k key, err error) { return k, rows.Scan(&k.table, &k.name, &k.first) }

var catalogues = map[db.Engine]string{
	// WITHOUT ROWID aside, SQLite lists primary keys of several columns as indexes; one column of integers is the row's own number.
	db.SQLite: `
		SELECT t.name, i.name, (SELECT c.name FROM pragma_index_info(i.name) c WHERE c.seqno = 0)
		FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' AND i."unique"
		UNION ALL SELECT t.name, 'primary key', c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.pk = 1
		UNION ALL SELECT t.name, 'foreign key ' || f.id, f."from" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f
			WHERE t.type = 'table' AND f.seq = 0`,
	db.Postgres: `
		SELECT t.relname::text, i.relname::text, a.attname::text
		FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
			JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
		WHERE x.indisunique AND t.relnamespace = current_schema()::regnamespace
		UNION ALL SELECT t.relname::text, c.conname::text, a.attname::text
		FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
		WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace`,
}

var tables = map[db.Engine]string{
	db.SQLite:   `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
	db.Postgres: `SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`,
}

// Sites are isolated by construction: whatever is unique is unique within its site (rule 5).
func TestEveryKeyLeadsWithItsSite(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		keys, err := db.All(t.Context(), d, scanKey, catalogues[d.Engine])
		if err != nil {
			t.Fatal(err)
		}
		keyed := map[string]bool{}
		for _, k := range keys {
			keyed[k.table] = true
			if db.Global[k.table] == "" && k.first != "site_id" {
				t.Errorf("%s of %s leads with %s, not site_id", k.name, k.table, k.first)
			}
		}
		there, err := list(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range there {
			if !keyed[table] {
				t.Errorf("%s has no key at all", table)
			}
			delete(keyed, table)
		}
		if len(there) < 10 || len(keyed) > 0 {
			t.Errorf("the catalogue was misread: %d tables, keys of others %v", len(there), keyed)
		}
		for table, reason := range db.Global {
			if _, err := db.All(t.Context(), d, db.Scalar[int], "SELECT 1 FROM "+table); err != nil || reason == "" {
				t.Errorf("db.Global names %s with the reason %q: %v", table, reason, err)
			}
		}
	})
}

func list(ctx context.Context, d *db.DB) ([]string, error) {
	names, err := db.All(ctx, d, db.Scalar[string], tables[d.Engine])
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	return names, nil
}
