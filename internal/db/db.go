// Package db opens the database, whichever engine it is. One SQL text serves SQLite and PostgreSQL:
// "$1" placeholders, times as bigint microseconds, IDs and case folding from Go, JSON as text,
// text keys in the keytext domain. This package holds the few things the engines do differently.
package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// DB is an open database. Reads may run side by side; on SQLite one writer groups all writes.
type DB struct {
	read   *sql.DB
	writer writer
	Engine Engine
	Name   string // file path, or the URL without its password

	compiled *compiled // nil where the engine's driver keeps statements itself

	pin    sync.Mutex
	pinned *sql.Conn               // for [DB.Version]
	look   driver.StmtQueryContext // on it, the driver's own
}

// Engine is which database serves.
type Engine string

const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options change how a database is opened.
type Options struct {
	// Throwaway trades durability for speed: what was written may be lost when the machine stops.
	Throwaway bool
	// Offline makes a SQLite file this program's alone until it is closed, and keeps much of it in memory: for writing a lot at
	// once. Opening fails while another program has the file open. There is one connection then, so nothing can be read
	// outside a transaction while one runs. It means nothing to PostgreSQL.
	Offline bool
}

// writer runs one closure in one serializable transaction.
type writer interface {
	write(ctx context.Context, do func(*Tx) error) error
	exec(ctx context.Context, query string, args ...any) error
	close() error
}

// Open opens "postgres://…", "postgresql://…" or a SQLite file path, and brings its schema up to date.
// Its errors are one sentence fit for an operator.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	var d *DB
	var err error
	switch {
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		d, err = openPostgres(ctx, url)
	case strings.Contains(url, "://"):
		return nil, fmt.Errorf("the database %q is neither a file nor a postgres:// URL", redact(url))
	default:
		d, err = openSQLite(ctx, url, o)
	}
	if err != nil {
		return nil, err
	}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", d.Name, err), d.Close())
	}
	return d, nil
}

// Close waits for running writes and closes the database.
func (d *DB) Close() error {
	d.pin.Lock()
	defer d.pin.Unlock()
	if d.pinned != nil {
		d.pinned.Close()
	}
	return errors.Join(d.writer.close(), d.read.Close())
}

// QueryContext reads outside any transaction.
func (d *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if d.compiled != nil {
		return d.compiled.query(ctx, query, args...)
	}
	return d.read.QueryContext(ctx, query, args...)
}

// Transact runs do in one serializable transaction, and commits it unless do fails. It may run do
// more than once, so do should only touch the database. Once do has begun, ctx cannot stop it.
// Only package change calls this, so that every write leaves its record.
func (d *DB) Transact(ctx context.Context, do func(*Tx) error) error {
	return d.writer.write(ctx, do)
}

// Aside runs one statement in a transaction of its own at the engine's default isolation: for
// bookkeeping that nothing decides on, such as the last use of a token.
func (d *DB) Aside(ctx context.Context, query string, args ...any) error {
	return d.writer.exec(ctx, query, args...)
}
