package db

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// compiled keeps the statements of a pool on SQLite, which otherwise compiles each anew whenever it is asked: that takes
// several times as long as to find a row by its key.
type compiled struct {
	pool *sql.DB

	mu  sync.RWMutex
	all map[string]*sql.Stmt // by their text
}

// mostCompiled bounds the memory that statements take: about 10 KB each, on each connection. Further ones are compiled
// each time; those of every request have long been asked by then.
const mostCompiled = 256

// query reads. Who gives up before it begins gets no answer, yet nobody interrupts it: to watch for that takes two
// goroutines, which cost as much as to find a row by its key, and a page of rows is soon read.
func (c *compiled) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	c.mu.RLock()
	s, full := c.all[query], len(c.all) >= mostCompiled
	c.mu.RUnlock()
	if s == nil {
		if full {
			return c.pool.QueryContext(ctx, query, args...)
		}
		var err error
		if s, err = c.compile(ctx, query); err != nil {
			return nil, err
		}
	}
	return s.QueryContext(ctx, args...)
}

// compile keeps a statement, or returns the one that somebody else has kept since.
func (c *compiled) compile(ctx context.Context, query string) (*sql.Stmt, error) {
	s, err := c.pool.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("compile a statement: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept := c.all[query]; kept != nil {
		return kept, s.Close()
	}
	c.all[query] = s
	return s, nil
}
