package db

import (
	"context"
	"fmt"
	"io/fs"
)

// Size is how large a database is, and how far its schema has come.
type Size struct {
	Bytes         int64 // that it takes where it is stored; the log that SQLite writes beside its file is not counted
	Schema, Known int   // steps of the schema that were taken, and that this program knows
}

// Size asks the database how large it is. It reads no table but that of the schema.
func (d *DB) Size(ctx context.Context) (Size, error) {
	query := `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	if d.Engine == Postgres {
		query = `SELECT pg_database_size(current_database())`
	}
	var s Size
	var err error
	if s.Bytes, _, err = One(ctx, d, Scalar[int64], query); err != nil {
		return s, fmt.Errorf("ask for the size of the database: %w", err)
	}
	if s.Schema, _, err = One(ctx, d, Scalar[int], `SELECT count(*) FROM schema_steps`); err != nil {
		return s, fmt.Errorf("ask for the schema of the database: %w", err)
	}
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	s.Known = len(steps)
	return s, err
}
