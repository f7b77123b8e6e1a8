package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// session is the connection of SQLite's writer. It keeps the statements that it was asked, since to compile one takes
// several times as long as to write a row. One goroutine uses it, and reads all rows of a statement before it runs the
// next: PostgreSQL asks for that as well.
type session struct {
	conn *sql.Conn
	kept map[string]*sql.Stmt // by their text
}

func openSession(ctx context.Context, pool *sql.DB) (*session, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect the writer: %w", err)
	}
	return &session{conn: conn, kept: map[string]*sql.Stmt{}}, nil
}

// ExecContext writes.
func (s *session) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	one, err := s.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return one.ExecContext(ctx, args...)
}

// QueryContext reads.
func (s *session) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	one, err := s.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return one.QueryContext(ctx, args...)
}

// statement returns a compiled statement. Where there are too many it forgets any of them, since those that are asked again
// and again are soon back: what changes the schema is asked once, and before all others.
func (s *session) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if one := s.kept[query]; one != nil {
		return one, nil
	}
	one, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	for text, old := range s.kept {
		if len(s.kept) < mostCompiled {
			break
		}
		delete(s.kept, text)
		if err := old.Close(); err != nil {
			return nil, errors.Join(fmt.Errorf("forget a statement: %w", err), one.Close())
		}
	}
	s.kept[query] = one
	return one, nil
}

// close gives the connection back to its pool.
func (s *session) close() error {
	var errs []error
	for _, one := range s.kept {
		errs = append(errs, one.Close())
	}
	return errors.Join(append(errs, s.conn.Close())...)
}
