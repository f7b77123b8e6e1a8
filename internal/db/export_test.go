package db

import (
	"context"
	"io/fs"
	"time"
)

// Queued returns how many writes wait for SQLite's writer.
func (d *DB) Queued() int { return len(d.writer.(*groupWriter).jobs) }

// OpenAsOf opens a database as a program did that knew only the first steps of the schema, and writes to it.
func OpenAsOf(ctx context.Context, url string, steps int, statements ...string) error {
	open := func() (*DB, error) { return openSQLite(ctx, url, Options{}) }
	if isPostgresURL(url) {
		open = func() (*DB, error) { return openPostgres(ctx, url) }
	}
	d, err := open()
	if err != nil {
		return err
	}
	defer d.Close()
	all, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	return d.Transact(ctx, func(tx *Tx) error {
		err := d.step(ctx, tx, all[:steps])
		for _, s := range statements {
			if err == nil {
				_, err = tx.ExecContext(ctx, s)
			}
		}
		return err
	})
}

// MigrationFiles returns the paths of the schema's steps in the order in which they are taken.
func MigrationFiles() ([]string, error) { return fs.Glob(migrations, "migrations/*.sql") }

// PretendNewer notes a step that this program does not know.
func PretendNewer(ctx context.Context, d *DB) error {
	return d.Transact(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO schema_steps (name, taken_at) VALUES ($1, $2)`, "migrations/9999_future.sql", time.Now().UnixMicro())
		return err
	})
}

func isPostgresURL(url string) bool { return len(url) > 8 && url[:8] == "postgres" }
