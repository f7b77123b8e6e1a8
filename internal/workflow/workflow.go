// Package workflow keeps workflows and runs them: a file of steps, a table of actions, a journal. What a run read and did
// is stored with its effects in one transaction, so that it goes on after a crash where it was, and never silently does
// anything twice. It sees people only through the SDK, as the account of its connection, so privacy applies to what it does.
package workflow

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Store keeps workflows, their runs, and what these use. Make it with [NewStore].
type Store struct {
	Changes *change.Log
	// Read reads a workflow's file. Its error tells who wrote the file what is wrong with it.
	Read func(text []byte) (*Program, error)
	// NewID makes the ID of a run: a UUID that sorts by time.
	NewID func() (string, error)
	// Released is called in the transaction that replaces the secret of a connection or removes it, with the connection as
	// it was; nil for nobody.
	Released func(ctx context.Context, tx *change.Tx, was Connection) error

	programs programs
	held     held
	nudge    chan struct{}
}

// NewStore returns a store whose runner [Store.Nudge] wakes.
func NewStore(changes *change.Log, read func(text []byte) (*Program, error)) *Store {
	return &Store{Changes: changes, Read: read, NewID: newID, nudge: make(chan struct{}, 1)}
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

// Nudge wakes this process's runner. Without it the runner looks by itself, a little later.
func (s *Store) Nudge() {
	select {
	case s.nudge <- struct{}{}:
	default:
	}
}

// Workflow is a stored workflow.
type Workflow struct {
	Name       string
	Title      string
	Version    string
	Hash       string    // of its file
	Enabled    bool      // may be started, whatever starts it
	Connection string    // whose account its steps use; empty for none
	Event      string    // the type of event that starts it; empty for none
	NextAt     time.Time // when its schedule starts it next; zero where none does
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Draft is what a workflow is to be.
type Draft struct {
	Text       []byte
	Connection string
	Enabled    bool
}

// Put stores a workflow under the name that its file gives itself, in the place of one of that name. Runs that began go on
// with the file that they began with. A file that cannot be read, or a connection that is not there, is Invalid.
func (s *Store) Put(ctx context.Context, site int64, by change.Actor, d Draft) (w Workflow, err error) {
	p, err := s.read(d.Text)
	if err != nil {
		return w, err
	}
	err = s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		if err := needConnection(ctx, tx, d.Connection); err != nil {
			return err
		}
		old, found, err := workflow(ctx, tx, site, p.Name)
		if err != nil {
			return err
		}
		w = Workflow{
			Name: p.Name, Title: p.Title, Version: p.Version, Hash: p.Hash, Enabled: d.Enabled, Connection: d.Connection, Event: p.Event,
			CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		operation := "workflow.add"
		if found {
			operation, w.CreatedAt = "workflow.update", old.CreatedAt
		}
		if w.NextAt, err = p.next(old, w, tx.Now); err != nil {
			return err
		}
		if err := storeText(ctx, tx, p); err != nil {
			return err
		}
		tx.Record(change.Record{Operation: operation, Target: target(p.Name), Fields: change.Fields{
			"hash": {nilIfEmpty(old.Hash), w.Hash}, "enabled": {old.Enabled, w.Enabled}, "connection": {nilIfEmpty(old.Connection), w.Connection},
		}})
		if err := w.store(ctx, tx); err != nil || w.Event == "" && old.Event == "" {
			return err
		}
		return listenIn(ctx, tx)
	})
	return w, err
}

// SetEnabled says whether a workflow may be started. What is missed of its schedule while it may not is not made up for.
func (s *Store) SetEnabled(ctx context.Context, site int64, by change.Actor, name string, enabled bool) error {
	return s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		w, err := needWorkflow(ctx, tx, site, name)
		if err != nil || w.Enabled == enabled {
			return err
		}
		p, err := s.program(ctx, tx, site, w.Hash)
		if err != nil {
			return err
		}
		old := w
		w.Enabled, w.UpdatedAt = enabled, tx.Now
		if w.NextAt, err = p.next(old, w, tx.Now); err != nil {
			return err
		}
		tx.Record(change.Record{Operation: "workflow.update", Target: target(name), Fields: change.Fields{"enabled": {old.Enabled, enabled}}})
		if err := w.store(ctx, tx); err != nil || w.Event == "" && old.Event == "" {
			return err
		}
		return listenIn(ctx, tx)
	})
}

// Remove deletes a workflow. Its runs stay, and those that began go on.
func (s *Store) Remove(ctx context.Context, site int64, by change.Actor, name string) error {
	return s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		n, err := tx.ExecContext(ctx, `DELETE FROM workflows WHERE site_id = $1 AND name = $2`, site, name)
		if err != nil {
			return fmt.Errorf("remove workflow %s: %w", name, err)
		}
		if n == 0 {
			return noWorkflow(name)
		}
		tx.Record(change.Record{Operation: "workflow.remove", Target: target(name)})
		return listenIn(ctx, tx)
	})
}

// Workflows returns all workflows of a site, by name.
func (s *Store) Workflows(ctx context.Context, site int64) ([]Workflow, error) {
	all, err := db.All(ctx, s.Changes.DB, scanWorkflow, selectWorkflow+` ORDER BY name`, site)
	if err != nil {
		return nil, fmt.Errorf("list workflows: %w", err)
	}
	return all, nil
}

// Workflow returns one workflow; NotFound where the site has none of this name.
func (s *Store) Workflow(ctx context.Context, site int64, name string) (Workflow, error) {
	return needWorkflow(ctx, s.Changes.DB, site, name)
}

const selectWorkflow = `SELECT name, title, version, hash, enabled, connection, event, COALESCE(next_at, 0), created_at, updated_at
	FROM workflows WHERE site_id = $1`

func workflow(ctx context.Context, q db.Querier, site int64, name string) (Workflow, bool, error) {
	w, found, err := db.One(ctx, q, scanWorkflow, selectWorkflow+` AND name = $2`, site, name)
	if err != nil {
		err = fmt.Errorf("read workflow %s: %w", name, err)
	}
	return w, found, err
}

func needWorkflow(ctx context.Context, q db.Querier, site int64, name string) (Workflow, error) {
	w, found, err := workflow(ctx, q, site, name)
	if err == nil && !found {
		err = noWorkflow(name)
	}
	return w, err
}

func (w *Workflow) store(ctx context.Context, tx *change.Tx) error {
	var next any
	if !w.NextAt.IsZero() {
		next = w.NextAt.UnixMicro()
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO workflows (site_id, name, title, version, hash, enabled, connection, event, next_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (site_id, name) DO UPDATE SET title = $3, version = $4, hash = $5, enabled = $6, connection = $7, event = $8, next_at = $9, updated_at = $11`,
		tx.Site, w.Name, w.Title, w.Version, w.Hash, w.Enabled, w.Connection, w.Event, next, w.CreatedAt.UnixMicro(), w.UpdatedAt.UnixMicro())
	if err != nil {
		return fmt.Errorf("store workflow %s: %w", w.Name, err)
	}
	return nil
}

func scanWorkflow(rows *sql.Rows) (w Workflow, err error) {
	var next, created, updated int64
	err = rows.Scan(&w.Name, &w.Title, &w.Version, &w.Hash, &w.Enabled, &w.Connection, &w.Event, &next, &created, &updated)
	w.NextAt, w.CreatedAt, w.UpdatedAt = moment(next), moment(created), moment(updated)
	return w, err
}

// moment reads a time of the database, in which 0 stands for none.
func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// micros is the opposite of moment.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func noWorkflow(name string) error {
	return failure.NotFound.Errorf("There is no workflow %q.", name)
}

// target names a workflow in records of changes.
func target(name string) string { return "workflow:" + name }

func nilIfEmpty(text string) any {
	if text == "" {
		return nil
	}
	return text
}
