package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// Options say what to import where, and how.
type Options struct {
	Directory *directory.Directory
	Site      int64
	Actor     change.Actor // its Via is set to import

	// Open opens the file from its beginning. It is called once, or twice where Strict and Apply are set.
	Open    func() (io.ReadCloser, error)
	Format  Format            // "" finds out
	Columns map[string]string // field → CSV column; none: columns are recognized by their names

	Apply      bool // write; otherwise only tell what would be written
	Strict     bool // write nothing at all if any line is refused
	Unlicensed bool // see [directory.Newcomers]
	Offline    bool // nobody else is to write meanwhile: batches are as large as they are quickest
	Details    bool // results list the fields that change

	Result   func(Result) error // called for each line; nil: nobody wants to know
	Progress func(Report)       // called after each batch
	Scratch  string             // folder for the scratch database of a dry run; "" is the system's
	Clock    func() time.Time   // measures batches; nil is the wall clock
}

// Run imports a file. A line that cannot be used is refused, and the others stand: the report counts it. An
// error means that the file was not read to its end; what the report counts stands all the same, and
// since a repeated import changes nothing twice, running it again finishes the work. When ctx ends, Run
// stops between two batches, with ctx's error.
func Run(ctx context.Context, o Options) (Report, error) {
	o.Actor.Via = change.Import
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Result == nil {
		o.Result = func(Result) error { return nil }
	}
	if o.Progress == nil {
		o.Progress = func(Report) {}
	}
	if !o.Apply {
		return try(ctx, o)
	}
	if o.Strict {
		trial := o
		trial.Result = func(r Result) error {
			if r.Action == Refuse {
				return o.Result(r)
			}
			return nil
		}
		if report, err := try(ctx, trial); err != nil || report.Refused > 0 {
			return report, err
		}
	}
	e := &engine{Options: o, dir: o.Directory, spaces: &content.Store{Changes: o.Directory.Changes}, size: o.firstSize(), given: map[int64]int64{}}
	e.report.Applied = true
	return e.run(ctx)
}

// try imports into a scratch database, which is given what the lines touch as they come.
func try(ctx context.Context, o Options) (report Report, err error) {
	folder, err := os.MkdirTemp(o.Scratch, "roster-import-")
	if err != nil {
		return report, fmt.Errorf("make a scratch folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	scratch, err := db.Open(ctx, filepath.Join(folder, "scratch.db"), db.Options{Throwaway: true})
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, scratch.Close()) }()
	log := change.New(scratch)
	log.Now = o.Directory.Changes.Now
	e := &engine{
		Options: o, dir: &directory.Directory{Changes: log}, source: o.Directory,
		spaces: &content.Store{Changes: log}, size: firstBatch, given: map[int64]int64{},
	}
	err = log.Write(ctx, o.Site, o.Actor, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "import.try", Target: "site"})
		if err := (&site.Store{Changes: log}).ScratchIn(ctx, tx); err != nil {
			return err
		}
		if err := e.spaces.CopyIDsIn(ctx, tx, &content.Store{Changes: o.Directory.Changes}); err != nil {
			return err
		}
		return e.dir.CopyPermissionsIn(ctx, tx, o.Directory)
	})
	if err != nil {
		return report, fmt.Errorf("prepare the scratch database: %w", err)
	}
	return e.run(ctx)
}
