package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/background"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/site"
)

// Sealer gives what was recorded its order and seals it, and deletes what retention no longer keeps. Any number of
// them, on any number of nodes, share the sites of a database: one seals a site at a time. Make it with [NewSealer].
type Sealer struct {
	Changes *change.Log
	Sites   *site.Store // for how long each keeps its entries
	Name    string      // unlike that of any other sealer
	Most    int         // entries under one seal, and in memory at a time
	Every   time.Duration
	Lease   time.Duration // how long the sites of a lost sealer wait for another one
	Sweep   time.Duration // how often retention deletes
	Ticker  func(time.Duration) (ticks <-chan time.Time, stop func())
	Log     *slog.Logger

	nudge   chan struct{}
	swept   time.Time
	leading map[int64]bool // sites that this sealer may hold a lease on
	failing bool
}

// NewSealer returns a sealer with the usual settings.
func NewSealer(changes *change.Log, log *slog.Logger) *Sealer {
	return &Sealer{
		Changes: changes, Sites: &site.Store{Changes: changes}, Name: uuid.NewString(), Most: 1000, Every: 500 * time.Millisecond,
		Lease: 3 * time.Second, Sweep: time.Hour, Ticker: background.Ticker, Log: log,
		nudge: make(chan struct{}, 1), leading: map[int64]bool{},
	}
}

// Nudge has the sealer look now, and not at its next tick.
func (s *Sealer) Nudge() {
	select {
	case s.nudge <- struct{}{}:
	default:
	}
}

// farewell bounds the last pass.
const farewell = 10 * time.Second

// Run seals until ctx ends, and then what is there by that time. It returns when nothing of it runs any more.
func (s *Sealer) Run(ctx context.Context) {
	ticks, stop := s.Ticker(s.Every)
	defer stop()
	background.Repeat(ctx, ticks, func() { s.tell(errors.Join(s.Pass(ctx), s.sweep(ctx))) }, s.nudge)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	s.tell(s.Pass(last))
	for site := range s.leading {
		s.tell(s.Changes.Leave(last, site, s.Name))
	}
}

// tell logs the first failure of several in a row: the next pass tries again.
func (s *Sealer) tell(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	if err != nil && !s.failing {
		s.Log.Error("what was recorded cannot be sealed now", "err", err)
	}
	s.failing = err != nil
}

// Pass seals what there is at its beginning, of every site that no other sealer holds.
func (s *Sealer) Pass(ctx context.Context) error {
	var errs []error
	for after := int64(0); ; {
		id, found, err := s.Changes.NextUnsealedSite(ctx, after)
		if err != nil || !found {
			return errors.Join(append(errs, err)...)
		}
		after = id
		if err := s.seal(ctx, id); err != nil {
			errs = append(errs, fmt.Errorf("site %d: %w", id, err))
		}
	}
}

// fair is how many batches of a site are sealed before the next site's turn comes.
const fair = 20

// seal seals entries of a site, if it is this sealer's to do. Where much is left it nudges for another pass.
func (s *Sealer) seal(ctx context.Context, site int64) error {
	var stale error
	for range fair {
		leads, err := s.Changes.Lead(ctx, site, s.Name, s.Lease)
		if err != nil || !leads {
			delete(s.leading, site)
			return err
		}
		s.leading[site] = true
		batch, err := s.Changes.Prepare(ctx, site, s.Name, s.Most)
		if err != nil {
			return err
		}
		stale = nil
		switch err := batch.Commit(ctx); {
		case errors.Is(err, change.ErrStale):
			stale = err
		case errors.Is(err, change.ErrFenced):
			s.Log.Debug("another sealer was faster", "site", site)
			return nil
		case err != nil || batch.Len() < s.Most:
			return err
		}
	}
	if stale == nil { // else it is tried again at the next tick, and not without a pause
		s.Nudge()
	}
	return stale
}

// sweep lets retention delete, if it is time.
func (s *Sealer) sweep(ctx context.Context) error {
	now := s.Changes.Now()
	if !s.swept.IsZero() && now.Sub(s.swept) < s.Sweep {
		return nil
	}
	s.swept = now
	sites, err := s.Sites.List(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, of := range sites {
		if days := of.Settings.AuditRetentionDays; days > 0 {
			_, err := (&Trail{Changes: s.Changes}).Prune(ctx, of.ID, now.AddDate(0, 0, -days))
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
