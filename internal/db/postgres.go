package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/rosterhq/roster/internal/failure"
)

// poolSize is how many PostgreSQL connections one node holds (measured: 1.7 times the throughput of 4).
const poolSize = 16

// retryFor is how long a transaction is run again that PostgreSQL could not serialize, and until it once ran alone.
const retryFor = 10 * time.Second

// loseFor is how long a transaction may lose to others before it runs alone on its node. A batch reads so much that
// PostgreSQL watches whole tables for it, and any short transaction beside it would win for ever.
const loseFor = time.Second

func openPostgres(ctx context.Context, rawURL string) (*DB, error) {
	name := redact(rawURL)
	config, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return nil, fmt.Errorf("the database URL %s cannot be read", name)
	}
	config.RuntimeParams["timezone"] = "UTC"
	// A scan of a whole table, which the planner likes while the table is small, makes a serializable transaction
	// depend on every row of it, other sites' too. Every statement of ours has an index to go by. A scan all the same
	// looks so expensive then that PostgreSQL would compile the statement to machine code first, or start processes to
	// share in it, each time. Either takes longer than any statement of ours.
	for name, value := range map[string]string{"enable_seqscan": "off", "jit": "off", "max_parallel_workers_per_gather": "0"} {
		if config.RuntimeParams[name] == "" {
			config.RuntimeParams[name] = value
		}
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "roster"
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(poolSize)
	pool.SetMaxIdleConns(poolSize)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("PostgreSQL at %s cannot be reached: %s", name, whyNot(err))
	}
	return &DB{read: pool, writer: &retryWriter{pool: pool}, Engine: Postgres, Name: name}, nil
}

// whyNot is why a connection failed, in one line: the driver says it once for every address that it tried.
func whyNot(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Message
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "it does not answer"
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// redact returns a database URL without its password.
func redact(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "(unreadable)"
	}
	u.RawQuery = ""
	return u.Redacted()
}

// retryWriter runs serializable transactions, and again when PostgreSQL asks for that.
type retryWriter struct {
	pool *sql.DB
	turn sync.RWMutex // shared by transactions side by side, held alone by one that lost for too long
}

func (w *retryWriter) close() error { return nil } // the pool is the reader's too

func (w *retryWriter) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.pool.ExecContext(ctx, query, args...)
	return err
}

func (w *retryWriter) write(ctx context.Context, do func(*Tx) error) error {
	pause, began, alone := time.Millisecond, time.Now(), false
	for {
		err := w.once(ctx, do, alone)
		if !isRetryable(err) {
			return err
		}
		lost := time.Since(began)
		if alone && lost > retryFor {
			return failure.Unavailable.Errorf("Too many changes at once; try again.")
		}
		select {
		case <-time.After(rand.N(pause) + pause/2):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause, alone = min(2*pause, 100*time.Millisecond), lost > loseFor
	}
}

func (w *retryWriter) once(ctx context.Context, do func(*Tx) error, alone bool) error {
	if alone {
		w.turn.Lock()
		defer w.turn.Unlock()
	} else {
		w.turn.RLock()
		defer w.turn.RUnlock()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	tx, err := w.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(&Tx{tx: tx, arrays: true}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		if isLost(err) {
			return fmt.Errorf("%w: %w", ErrCommitUnknown, err)
		}
		return err
	}
	return nil
}
