package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/failure"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date: check and steps in one transaction, so that of many nodes
// that start together one does it and the others find it done.
func (d *DB) migrate(ctx context.Context) error {
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	current, err := d.version(ctx)
	if err != nil {
		return err
	}
	if current > len(steps) {
		return fmt.Errorf("it was written by a newer Roster (schema %d, this program knows %d)", current, len(steps))
	}
	if current == len(steps) {
		return nil
	}
	err = d.Transact(ctx, func(tx *Tx) error { return d.step(ctx, tx, steps) })
	if err == nil {
		return nil
	}
	// Steps that another node takes at the same time collide in PostgreSQL's catalogue, in as many ways as
	// there are statements: who comes second fails once the first is done, and looks again.
	if now, lookErr := d.version(ctx); lookErr == nil && now == len(steps) {
		return nil
	}
	return err
}

// version returns how many steps the schema has taken.
func (d *DB) version(ctx context.Context) (int, error) {
	tables, err := All(ctx, d, Scalar[string], d.listTables())
	if err != nil {
		return 0, err
	}
	if len(tables) == 0 {
		return 0, nil
	}
	for _, t := range tables {
		if t == "schema_steps" {
			n, _, err := One(ctx, d, Scalar[int], `SELECT count(*) FROM schema_steps`)
			return n, err
		}
	}
	return 0, fmt.Errorf("it holds another program's tables, such as %q", tables[0])
}

func (d *DB) listTables() string {
	if d.Engine == Postgres {
		return `SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1`
	}
	return `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1`
}

func (d *DB) step(ctx context.Context, tx *Tx, steps []string) error {
	if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_steps (name text PRIMARY KEY, taken_at bigint NOT NULL)`); err != nil {
		return err
	}
	if d.Engine == Postgres {
		if _, err := tx.ExecContext(ctx, `LOCK TABLE schema_steps IN ACCESS EXCLUSIVE MODE`); err != nil {
			return err
		}
	}
	taken, _, err := One(ctx, tx, Scalar[int], `SELECT count(*) FROM schema_steps`)
	if err != nil {
		return err
	}
	if taken == 0 && d.Engine == Postgres {
		if _, err := tx.ExecContext(ctx, `CREATE DOMAIN keytext AS text COLLATE "C"`); err != nil {
			return err
		}
	}
	for _, name := range steps[min(taken, len(steps)):] {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		for statement := range strings.SplitSeq(string(text), ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO schema_steps (name, taken_at) VALUES ($1, $2)`, name, time.Now().UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

// Ready reports whether the database answers and has the schema that this program knows.
func (d *DB) Ready(ctx context.Context) error {
	n, _, err := One(ctx, d, Scalar[int], `SELECT count(*) FROM schema_steps`)
	if err != nil {
		return err
	}
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err == nil && n != len(steps) {
		return failure.Unavailable.Errorf("The database has schema %d, this program knows %d.", n, len(steps))
	}
	return err
}
