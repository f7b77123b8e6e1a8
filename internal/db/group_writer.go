package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// mostGrouped bounds how many writes share one commit, and so how long the first of them waits.
const mostGrouped = 128

var errClosed = errors.New("the database is closed")

// groupWriter is SQLite's only writer. Writes that wait together run under savepoints in one
// transaction and share its commit: one fsync serves all of them. Nobody is told before COMMIT.
type groupWriter struct {
	pool   *sql.DB
	shared bool     // the pool is the readers' too: it gets its connection back after each commit
	on     *session // nil before the first write
	jobs   chan *job
	stop   chan struct{}
	done   chan struct{}
}

// job is one write and what became of it.
type job struct {
	ctx      context.Context
	do       func(*Tx) error
	err      error
	panicked any
	ready    chan struct{}
}

func newGroupWriter(pool *sql.DB, shared bool) *groupWriter {
	w := &groupWriter{pool: pool, shared: shared, jobs: make(chan *job, mostGrouped), stop: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *groupWriter) write(ctx context.Context, do func(*Tx) error) error {
	j := &job{ctx: ctx, do: do, ready: make(chan struct{})}
	select {
	case <-w.stop:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	case w.jobs <- j:
	}
	select {
	case <-j.ready:
	case <-w.done:
		// The writer may have served this job just before it ended.
		select {
		case <-j.ready:
		default:
			return errClosed
		}
	}
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.err
}

func (w *groupWriter) exec(ctx context.Context, query string, args ...any) error {
	return w.write(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// close serves what is queued, folds the write-ahead log into the file, and ends the writer.
func (w *groupWriter) close() error {
	close(w.stop)
	<-w.done
	left := w.leave()
	_, err := w.pool.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(left, err, w.pool.Close())
}

func (w *groupWriter) run() {
	defer close(w.done)
	for {
		select {
		case j := <-w.jobs:
			w.serve(w.gather(j))
		case <-w.stop:
			for {
				select {
				case j := <-w.jobs:
					w.serve(w.gather(j))
				default:
					return
				}
			}
		}
	}
}

// gather adds to first whatever waits already.
func (w *groupWriter) gather(first *job) []*job {
	group := []*job{first}
	for len(group) < mostGrouped {
		select {
		case j := <-w.jobs:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// serve runs a group in one transaction. Where one failure took the whole transaction down (SQLite
// does that when a statement is interrupted or the disk is full), each job runs again by itself.
func (w *groupWriter) serve(group []*job) {
	if w.commit(group) && len(group) > 1 {
		for _, j := range group {
			w.commit([]*job{j})
		}
	}
	if w.shared {
		_ = w.leave() // what could not be given back is made anew
	}
	for _, j := range group {
		close(j.ready)
	}
}

// begin begins a transaction. Where it cannot, the next one begins on another connection.
func (w *groupWriter) begin(ctx context.Context) (tx *sql.Tx, err error) {
	if w.on == nil {
		if w.on, err = openSession(ctx, w.pool); err != nil {
			return nil, err
		}
	}
	if tx, err = w.on.conn.BeginTx(ctx, nil); err != nil {
		return nil, errors.Join(err, w.leave())
	}
	return tx, nil
}

// leave gives the writer's connection back, if it has one.
func (w *groupWriter) leave() error {
	if w.on == nil {
		return nil
	}
	err := w.on.close()
	w.on = nil
	return err
}

// commit runs the group's jobs and sets their errors. It reports whether the transaction was lost on the way.
func (w *groupWriter) commit(group []*job) (lost bool) {
	ctx := context.Background()
	tx, err := w.begin(ctx)
	if err != nil {
		for _, j := range group {
			j.err = err
		}
		return false
	}
	defer tx.Rollback()
	for _, j := range group {
		if j.err = j.ctx.Err(); j.err != nil {
			continue
		}
		if _, err := w.on.ExecContext(ctx, "SAVEPOINT job"); err != nil {
			j.err = err
			return true
		}
		if j.run(w.on); j.err != nil {
			if _, err := w.on.ExecContext(ctx, "ROLLBACK TO job"); err != nil {
				return true
			}
		}
		if _, err := w.on.ExecContext(ctx, "RELEASE job"); err != nil {
			j.err = errors.Join(j.err, err)
			return true
		}
	}
	if err := tx.Commit(); err != nil {
		for _, j := range group {
			if j.err == nil {
				j.err = err
			}
		}
	}
	return false
}

// run calls the job's closure and keeps its panic for the goroutine that asked.
func (j *job) run(on *session) {
	defer func() {
		if j.panicked = recover(); j.panicked != nil {
			j.err = fmt.Errorf("panic: %v", j.panicked)
		}
	}()
	j.err = j.do(&Tx{tx: on})
}
