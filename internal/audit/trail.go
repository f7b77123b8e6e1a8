// Package audit reads the record of every write: who did what to which target, when and from where. It seals what
// was recorded, checks the seals, and deletes what has been kept long enough. It records nothing itself that
// others did: package change does, in the transaction that causes it.
package audit

import (
	"context"
	"time"

	"github.com/rosterhq/roster/internal/change"
)

// Trail is what was recorded in a database.
type Trail struct {
	Changes *change.Log
}

// page is how many entries are in memory at a time.
const page = 200

// List passes on the entries of a site that the filter picks, at most so many where limit is not 0: the sealed
// ones in the order of their seq, then those that no sealer has come to yet, which have none. An entry that is sealed
// while a long rest is listed may come twice, but none is left out. An error of emit ends it.
func (t *Trail) List(ctx context.Context, site int64, f change.Filter, limit int, emit func(change.Entry) error) error {
	l := &listing{Trail: t, site: site, filter: f, left: limit, unlimited: limit == 0, emit: emit}
	if err := l.sealed(ctx); err != nil || l.full() {
		return err
	}
	for id, item := "", int64(0); ; {
		rest, err := t.Changes.Unsealed(ctx, site, id, item, f, page)
		if err != nil {
			return err
		}
		before := l.seq
		if err := l.sealed(ctx); err != nil || l.full() {
			return err
		}
		if l.seq != before {
			continue // what was just read may have been among them
		}
		if err := l.all(rest); err != nil || l.full() || len(rest) < page {
			return err
		}
		id, item = rest[page-1].ChangeID, rest[page-1].Item
	}
}

// Follow is [Trail.List] of sealed entries only, and goes on with those that come, looking at every tick, until
// ctx ends, which is no error.
func (t *Trail) Follow(ctx context.Context, site int64, f change.Filter, limit int, ticks <-chan time.Time, emit func(change.Entry) error) error {
	l := &listing{Trail: t, site: site, filter: f, left: limit, unlimited: limit == 0, emit: emit}
	for {
		err := l.sealed(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil || l.full() {
			return err
		}
		select {
		case <-ticks:
		case <-ctx.Done():
			return nil
		}
	}
}

// listing is how far a list has come.
type listing struct {
	*Trail
	site      int64
	filter    change.Filter
	seq       int64 // of the last sealed entry passed on
	left      int
	unlimited bool
	emit      func(change.Entry) error
}

func (l *listing) full() bool { return !l.unlimited && l.left == 0 }

// sealed passes on the sealed entries that follow.
func (l *listing) sealed(ctx context.Context) error {
	for !l.full() {
		entries, err := l.Changes.After(ctx, l.site, l.seq, l.filter, page)
		if err != nil {
			return err
		}
		if err := l.all(entries); err != nil || len(entries) < page {
			return err
		}
	}
	return nil
}

func (l *listing) all(entries []change.Entry) error {
	for _, e := range entries {
		if l.full() {
			return nil
		}
		if err := l.emit(e); err != nil {
			return err
		}
		l.left--
		l.seq = max(l.seq, e.Seq)
	}
	return nil
}
