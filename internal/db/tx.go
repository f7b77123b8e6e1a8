package db

import (
	"context"
	"database/sql"
	"errors"
)

// ErrCommitUnknown is returned when the connection was lost while committing, so that the
// transaction may or may not stand.
var ErrCommitUnknown = errors.New("the outcome of the commit is unknown")

// Querier is what a read runs on: a [DB] or a [Tx].
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Tx is one transaction. A client that goes away cannot cancel its statements: on SQLite that would
// roll back the whole group of writes it shares a commit with.
type Tx struct {
	tx interface {
		Querier
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	}
	arrays bool // the engine takes arrays as arguments
	wrote  bool
}

// QueryContext reads inside the transaction.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.tx.QueryContext(context.WithoutCancel(ctx), query, args...)
}

// ExecContext writes, and returns how many rows it touched.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := tx.tx.ExecContext(context.WithoutCancel(ctx), query, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	tx.wrote = tx.wrote || n > 0
	return n, err
}

// Wrote reports whether the transaction has executed a write.
func (tx *Tx) Wrote() bool { return tx.wrote }
