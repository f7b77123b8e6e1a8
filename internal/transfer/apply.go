package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
)

// engine is one run.
type engine struct {
	Options
	dir    *directory.Directory // what is written: the site's, or a scratch one
	source *directory.Directory // of a dry run: the site's, from which the scratch one is filled
	spaces *content.Store       // beside dir
	report Report
	size   int             // of the next batch
	given  map[int64]int64 // IDs of content that was made by lines without an id → those lines

	waiting      []verdict // lines that want an address which another account has
	waitingBytes int
	begun        bool // the file's first line was seen
	stands       bool // the lines so far were found as they say
	wrote        bool // some line was not
	settled      bool // whoever still waits is refused
	rest         time.Time
}

func (e *engine) run(ctx context.Context) (Report, error) {
	file, err := e.Open()
	if err != nil {
		return e.report, err
	}
	defer file.Close()
	s := &stream{items: make(chan Item, ahead)}
	r, err := NewReader(counted{file, &s.bytes}, e.Format, e.Columns)
	if err != nil {
		return e.report, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go s.read(ctx, r)
	next := e.batches(ctx, s)
	for {
		items, err := next()
		if err != nil {
			return e.report, err
		}
		if len(items) == 0 {
			return e.report, e.settle(ctx)
		}
		if err := e.begin(ctx, items[0]); err != nil {
			return e.report, err
		}
		if items[0].Kind == ExportKind {
			continue
		}
		e.report.Bytes = s.bytes.Load()
		if err := e.all(ctx, items); err != nil {
			return e.report, err
		}
	}
}

// begin looks at the first line of a batch: at the file's first, to know what kind of file this is.
func (e *engine) begin(ctx context.Context, it Item) error {
	switch {
	case it.Kind == ExportKind && it.Err != nil:
		return fmt.Errorf("line %d: %w", it.Line, it.Err)
	case it.Kind == ExportKind && (e.begun || it.Line != 1):
		return fmt.Errorf("line %d: what begins an export stands in the middle of the file", it.Line)
	case it.Kind == ExportKind:
		e.Unlicensed = true
	case e.begun:
		return nil
	}
	e.begun = true
	return e.note(ctx)
}

// note says beforehand what would surprise afterwards.
func (e *engine) note(ctx context.Context) error {
	real := e.dir
	if e.source != nil {
		real = e.source
	}
	if e.Unlicensed {
		return nil
	}
	home, err := real.HomeGroup(ctx, e.Site, false)
	if err == nil && home == "" {
		e.report.Notes = append(e.report.Notes, "No group lets people use the site without administering it, so new people may not use it unless the file puts them into a group that does.")
	}
	return err
}

// all deals with items of one kind, by as many batches as it takes.
func (e *engine) all(ctx context.Context, items []Item) error {
	for len(items) > 0 {
		if err := e.breathe(ctx); err != nil {
			return err
		}
		began := e.Clock()
		verdicts, err := e.batch(ctx, items)
		if err != nil {
			return err
		}
		e.adapt(e.Clock().Sub(began))
		if err := e.tell(verdicts); err != nil {
			return err
		}
		items = items[len(verdicts):]
		e.Progress(e.report)
	}
	return nil
}

const (
	firstBatch = 200
	leastBatch = 25
	mostBatch  = 2000

	// Offline a batch is so large that it touches each part of an index once, for many rows. The first one is smaller,
	// as nothing is written until it is read.
	firstOffline = 20_000
	offlineBatch = 100_000
	offlineBytes = 64 << 20

	// A batch that took less is followed by a bigger one, one that took more by a smaller one.
	quick = 75 * time.Millisecond
	slow  = 150 * time.Millisecond
	// breath is how long the database is left to others between two batches. Another writer of SQLite's asks
	// again every 25 to 100 ms while it waits, so it gets its turn after a batch or two.
	breath = 25 * time.Millisecond
)

// firstSize is how many lines the first batch has.
func (o *Options) firstSize() int {
	if o.Offline {
		return offlineBatch
	}
	return firstBatch
}

// batches returns what yields one batch after another. Offline the next one is read while one is written: it is so
// large that reading takes its time.
func (e *engine) batches(ctx context.Context, s *stream) func() ([]Item, error) {
	if e.size != offlineBatch {
		return func() ([]Item, error) { return s.batch(ctx, e.size, batchBytes) }
	}
	type read struct {
		items []Item
		err   error
	}
	ready := make(chan read)
	go func() {
		defer close(ready)
		for size := firstOffline; ; {
			items, err := s.batch(ctx, size, offlineBytes)
			if len(items) == size {
				size = offlineBatch
			}
			select {
			case ready <- read{items, err}:
			case <-ctx.Done():
				return
			}
			if err != nil || len(items) == 0 {
				return
			}
		}
	}()
	return func() ([]Item, error) {
		if r, more := <-ready; more {
			return r.items, r.err
		}
		return nil, ctx.Err()
	}
}

// adapt sizes the next batch after one that took so long. Nobody waits for a scratch database.
func (e *engine) adapt(took time.Duration) {
	switch {
	case e.size == offlineBatch:
		return
	case took < quick, e.source != nil:
		e.size = min(2*e.size, mostBatch)
	case took > slow:
		e.size = max(e.size/2, leastBatch)
	}
	if e.source == nil && e.dir.Changes.DB.Engine == db.SQLite {
		e.rest = e.Clock().Add(breath)
	}
}

// breathe waits until the others have had their turn. It fails where the run is to stop.
func (e *engine) breathe(ctx context.Context) error {
	if pause := e.rest.Sub(e.Clock()); pause > 0 && !e.rest.IsZero() {
		t := time.NewTimer(pause)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// batch writes items in one transaction, with one record for all of it.
func (e *engine) batch(ctx context.Context, items []Item) ([]verdict, error) {
	var verdicts []verdict
	err := e.dir.Changes.Write(ctx, e.Site, e.Actor, func(tx *change.Tx) error {
		var err error
		if verdicts, err = e.write(ctx, tx, items); err != nil {
			return err
		}
		record(tx, verdicts)
		return nil
	})
	return verdicts, err
}

// record notes what a batch did, if anything: added accounts leave no record of their own.
func record(tx *change.Tx, verdicts []verdict) {
	var counts Report
	digest := sha256.New()
	var first, last int64
	for _, v := range verdicts {
		counts.count(v.Result)
		if v.Action == Refuse {
			continue
		}
		digest.Write(v.item.canonical)
		if first == 0 {
			first = v.Line
		}
		last = v.Line
	}
	sum := counts.sum()
	if sum.Create+sum.Update == 0 && !tx.Wrote() {
		return
	}
	id := hex.EncodeToString(digest.Sum(nil))
	tx.Record(change.Record{Operation: "import.batch", Target: "import:" + id, Access: true, Fields: change.Fields{
		"digest":    {nil, id},
		"firstLine": {nil, first},
		"lastLine":  {nil, last},
		"created":   {nil, sum.Create},
		"updated":   {nil, sum.Update},
		"unchanged": {nil, sum.Unchanged},
		"refused":   {nil, counts.Refused},
	}})
}

// tell counts verdicts and passes them on, but for those that may yet change.
func (e *engine) tell(verdicts []verdict) error {
	for _, v := range verdicts {
		e.report.Lines = max(e.report.Lines, v.Line)
		if e.wait(v) {
			continue
		}
		e.from(v.Result)
		e.report.Groups.Create += int64(len(v.made))
		e.report.count(v.Result)
		if err := e.Result(v.Result); err != nil {
			return err
		}
	}
	return nil
}

// from notes where an import goes on that was stopped before: at the first line that writes, after some that did not.
func (e *engine) from(r Result) {
	switch {
	case r.Action == Unchanged:
		e.stands = true
	case r.Action != Refuse && !e.wrote:
		e.wrote = true
		if e.stands {
			e.report.From = r.Line
		}
	}
}
