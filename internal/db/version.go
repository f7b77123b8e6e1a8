package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// Version returns a number of a SQLite database. Between two calls that return the same one nothing was committed to it,
// by this program or another. PostgreSQL has no such number, so there it fails: whoever wants to know whether something
// changed has to look at that itself.
func (d *DB) Version(ctx context.Context) (int64, error) {
	if d.Engine != SQLite {
		return 0, errors.New("only SQLite tells the version of a database")
	}
	// A connection that never writes sees every commit of the others in its data_version.
	d.pin.Lock()
	defer d.pin.Unlock()
	if d.pinned == nil {
		if err := d.pinOne(ctx); err != nil {
			return 0, fmt.Errorf("pin a connection: %w", err)
		}
	}
	// Every request asks, so this goes straight to the driver. It waits for nobody, so it is not interrupted.
	var row [1]driver.Value
	rows, err := d.look.QueryContext(context.WithoutCancel(ctx), nil)
	if err == nil {
		err = errors.Join(rows.Next(row[:]), rows.Close())
	}
	version, ok := row[0].(int64)
	if err != nil || !ok {
		err = errors.Join(err, d.pinned.Close())
		d.pinned = nil
		return 0, fmt.Errorf("read the database's version: %w", err)
	}
	return version, nil
}

// pinOne takes a connection out of the pool and compiles on it what is to be asked.
func (d *DB) pinOne(ctx context.Context) error {
	conn, err := d.read.Conn(ctx)
	if err != nil {
		return err
	}
	err = conn.Raw(func(own any) error {
		s, err := own.(driver.ConnPrepareContext).PrepareContext(ctx, `PRAGMA data_version`)
		if err == nil {
			d.look = s.(driver.StmtQueryContext)
		}
		return err
	})
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	d.pinned = conn
	return nil
}
