package event

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/rosterhq/roster/internal/background"
	"github.com/rosterhq/roster/internal/change"
)

// Taker acts on what happens.
type Taker interface {
	// TakeIn takes in events of the transaction's site, in their order, each exactly once: it fails, or what it writes
	// stands together with the cursor. It should only write down what is to be done, and leave the doing to others. It
	// may run more than once, and need not record what it writes: that it was told is recorded.
	TakeIn(ctx context.Context, tx *change.Tx, events []Event) error
}

// Reader tells one kind of taker what happens on the sites that it hears of (see [OpenIn]). Takers have a reader each, so
// none waits for another. Any number of nodes may read for the same kind: what one has told, no other tells. Make it with
// [NewReader].
type Reader struct {
	Changes *change.Log
	Kind    string // of the taker, as [OpenIn] names it
	Taker   Taker
	Told    func() // called when events were taken in, so that they are acted on at once; nil for nobody
	Most    int    // entries read at a time
	Every   time.Duration
	Ticker  func(time.Duration) (ticks <-chan time.Time, stop func())
	Log     *slog.Logger

	nudge   chan struct{}
	failing bool
}

// NewReader returns a reader with the usual settings. Where the taker has a method Nudge, that is what is called when events
// were taken in.
func NewReader(changes *change.Log, kind string, taker Taker, log *slog.Logger) *Reader {
	r := &Reader{
		Changes: changes, Kind: kind, Taker: taker, Most: 500, Every: 500 * time.Millisecond, Ticker: background.Ticker, Log: log,
		nudge: make(chan struct{}, 1),
	}
	if worker, ok := taker.(interface{ Nudge() }); ok {
		r.Told = worker.Nudge
	}
	return r
}

// Nudge has the reader look now, and not at its next tick: whenever something was sealed.
func (r *Reader) Nudge() {
	select {
	case r.nudge <- struct{}{}:
	default:
	}
}

// Run reads until ctx ends.
func (r *Reader) Run(ctx context.Context) {
	ticks, stop := r.Ticker(r.Every)
	defer stop()
	background.Repeat(ctx, ticks, func() { r.tell(ctx, r.Pass(ctx)) }, r.nudge)
}

// tell logs the first failure of several in a row: the next pass tries again.
func (r *Reader) tell(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if err != nil && !r.failing {
		r.Log.Error("events cannot be taken in now", "taker", r.Kind, "err", err)
	}
	r.failing = err != nil
}

// Pass tells what was sealed by its beginning. A site that fails does not keep the others waiting.
func (r *Reader) Pass(ctx context.Context) error {
	all, err := behind(ctx, r.Changes.DB, r.Kind)
	errs := []error{err}
	for _, c := range all {
		if err := r.read(ctx, c); err != nil && !errors.Is(err, errFenced) {
			errs = append(errs, fmt.Errorf("site %d: %w", c.site, err))
		}
	}
	return errors.Join(errs...)
}

// fair is how many batches of a site are read before the next site's turn comes.
const fair = 20

// read tells the events of a site. Where much is left it nudges for another pass.
func (r *Reader) read(ctx context.Context, c cursor) error {
	for range fair {
		entries, err := r.Changes.After(ctx, c.site, c.seq, change.Filter{}, r.Most)
		if err != nil || len(entries) == 0 {
			return err
		}
		var events []Event
		for _, e := range entries {
			if !e.At.Before(c.since) {
				events = append(events, Of(c.cloudID, e)...)
			}
		}
		last := entries[len(entries)-1].Seq
		if len(events) == 0 {
			err = c.skip(ctx, r.Changes.DB, last)
		} else {
			err = r.pass(ctx, c, last, events)
		}
		if err != nil || len(entries) < r.Most {
			return err
		}
		c.seq = last
	}
	r.Nudge()
	return nil
}

// reader is who tells, in records of changes.
var reader = change.Actor{Via: "events"}

// pass passes events on and moves the cursor behind them, both or neither. A taker that panics has failed.
func (r *Reader) pass(ctx context.Context, c cursor, last int64, events []Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	err = r.Changes.Write(ctx, c.site, reader, func(tx *change.Tx) error {
		if err := c.advanceIn(ctx, tx, last); err != nil {
			return err
		}
		told, err := lookUp(ctx, tx, events)
		if err != nil {
			return err
		}
		if err := r.Taker.TakeIn(ctx, tx, told); err != nil {
			return err
		}
		tx.Record(change.Record{Operation: "event.take", Target: "taker:" + r.Kind, Fields: change.Fields{
			"Events": {nil, len(events)}, "Seq": {c.seq + 1, last},
		}})
		return nil
	})
	if err == nil && r.Told != nil {
		r.Told()
	}
	return err
}
