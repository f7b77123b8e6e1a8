package db

import (
	"context"
	"database/sql"
	"fmt"
)

// Snapshot runs do on the database as it stands at one moment, whatever is written meanwhile. Only one query can be open at a time.
func (d *DB) Snapshot(ctx context.Context, do func(Querier) error) error {
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin a snapshot: %w", err)
	}
	defer tx.Rollback()
	return do(tx)
}
