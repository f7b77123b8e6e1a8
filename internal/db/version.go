package db

import (
	"context"
	"errors"
	"fmt"
)

// Version returns a number. Between two calls that return the same one nothing was committed to the database, by this
// program or another. PostgreSQL has no such number, so there it is another one each time: whoever wants to know
// whether something changed has to look at that itself.
func (d *DB) Version(ctx context.Context) (int64, error) {
	if d.Engine == Postgres {
		return d.asked.Add(1), nil
	}
	// A connection that never writes sees every commit of the others in its data_version.
	d.pin.Lock()
	defer d.pin.Unlock()
	if d.pinned == nil {
		conn, err := d.read.Conn(ctx)
		if err != nil {
			return 0, fmt.Errorf("pin a connection: %w", err)
		}
		if d.look, err = conn.PrepareContext(ctx, `PRAGMA data_version`); err != nil {
			return 0, errors.Join(fmt.Errorf("read the database's version: %w", err), conn.Close())
		}
		d.pinned = conn
	}
	var version int64
	if err := d.look.QueryRowContext(context.WithoutCancel(ctx)).Scan(&version); err != nil {
		d.pinned.Close()
		d.pinned = nil
		return 0, fmt.Errorf("read the database's version: %w", err)
	}
	return version, nil
}
