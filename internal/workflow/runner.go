package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/background"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/outbound"
	"github.com/rosterhq/roster/internal/workflow/letter"
)

// Runner runs what is due. Any number of them, on any number of nodes, share one database: a run is with one of them at a
// time, unless a node stands still for longer than its lease, and then nothing that it does is stored. Make it with [NewRunner].
type Runner struct {
	Store   *Store
	Actions Actions
	// Node names this process, and no other that runs at the same time: what it had when it was killed, it takes up as
	// soon as it is there again. Where it is empty, that waits for the lease to end, as what others had does.
	Node string

	Outbox  *mail.Outbox // nil where no mail is sent
	From    mail.Address // of mail that does not say whom it is from
	Compose func(args map[string]any) (mail.Message, error)
	Way
	// AllowHTTP tells whether call: http may call a host. nil allows none.
	AllowHTTP func(ctx context.Context, site int64, host string) (bool, error)

	Slots  int           // runs at the same time
	Lease  time.Duration // how long a run of a lost node waits for another one
	Poll   time.Duration // how often to look without a nudge
	Grace  time.Duration // how long runs may go on after the end of Run's context
	Moment time.Duration // a wait that is longer gives the run back until then
	Tries  int           // claims without coming any further, then it has failed
	Ticker func(time.Duration) (ticks <-chan time.Time, stop func())
	Log    *slog.Logger // says neither input nor output

	turns     []stored  // that are due, with each site in turn: see [Runner.due]
	nextTurns time.Time // when they are looked up again
	life      string
	claims    atomic.Int64
	started   sync.Once
	slots     *background.Slots
}

// Actions are what steps may call: an [action.Catalogue], or what looks one up.
type Actions interface {
	// Named returns the action of a name, or false.
	Named(name string) (action.Action, bool)
}

// NewRunner returns a runner with the usual settings. What it may reach is for the caller to set: mail, this server, hosts.
func NewRunner(s *Store, actions Actions, log *slog.Logger) *Runner {
	return &Runner{
		Store: s, Actions: actions, Compose: letter.Compose, Way: Way{Remote: outbound.Client(nil)},
		Slots: 64, Lease: time.Minute, Poll: time.Second, Grace: 10 * time.Second, Moment: 500 * time.Millisecond, Tries: 20,
		Ticker: background.Ticker, Log: log, life: uuid.NewString(),
	}
}

// places have a run each.
func (r *Runner) places() *background.Slots {
	r.started.Do(func() { r.slots = background.NewSlots(r.Slots) })
	return r.slots
}

// Run runs what is due until ctx ends. Then it claims no more, gives what runs its grace, cuts it off and gives it back.
// It returns when nothing of it runs any more.
func (r *Runner) Run(ctx context.Context) {
	working, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	stopRenewing := r.renewing(working)
	defer stopRenewing()
	if err := r.recover(ctx); err != nil && ctx.Err() == nil {
		r.Log.Warn("runs of an earlier life wait for the end of their lease", "error", err)
	}
	ticks, stop := r.Ticker(r.Poll)
	defer stop()
	background.Repeat(ctx, ticks, func() {
		if err := r.fire(ctx); err != nil && ctx.Err() == nil {
			r.Log.Warn("schedules cannot be looked at", "error", err)
		}
		if _, err := r.dispatch(ctx, working); err != nil && ctx.Err() == nil {
			r.Log.Warn("runs cannot be looked at", "error", err)
		}
	}, r.Store.nudge)
	grace, stopGrace := r.Ticker(r.Grace)
	defer stopGrace()
	background.Settle(&r.places().Running, grace, cut)
}

// Nudge has a runner look at once. See [Store.Nudge].
func (r *Runner) Nudge() { r.Store.Nudge() }

// Drain starts what schedules have due, runs all that is due now, and returns how many runs it claimed. Where ctx ends,
// it cuts them off.
func (r *Runner) Drain(ctx context.Context) (int, error) {
	stopRenewing := r.renewing(ctx)
	defer stopRenewing()
	if err := errors.Join(r.recover(ctx), r.fire(ctx)); err != nil {
		return 0, err
	}
	n, err := r.dispatch(ctx, ctx)
	r.places().Running.Wait()
	return n, err
}

// dispatch claims runs until none is due, and returns how many it claimed. They run under the context working, at most
// r.Slots at a time.
func (r *Runner) dispatch(ctx, working context.Context) (claimed int, err error) {
	for {
		n, err := r.places().Reserve(ctx)
		if err != nil {
			return claimed, err
		}
		list, err := r.due(ctx, n)
		var claims []*claim
		if len(list) > 0 {
			claims, err = r.claim(context.WithoutCancel(ctx), list)
		}
		r.places().Release(n - len(claims))
		for _, c := range claims {
			r.places().Go(func() { r.run(working, c) })
		}
		claimed += len(claims)
		if err != nil || len(list) == 0 {
			return claimed, err
		}
	}
}

// renewing renews all claims of this process again and again, and tells runs whose claim is lost.
func (r *Runner) renewing(ctx context.Context) (stop func()) {
	ticks, stopTicks := r.Ticker(r.Lease / 3)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ticks:
				for c, lose := range r.Store.held.all() {
					err := r.renew(context.WithoutCancel(ctx), c)
					if errors.Is(err, errLost) {
						lose(errLost)
					} else if err != nil {
						r.Log.Warn("a claim is not renewed", "run", c.id, "error", err)
					}
				}
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		stopTicks()
	}
}

func (r *Runner) now() time.Time { return r.Store.Changes.Now().UTC() }

// caught turns a panic of a run into its error: one bad run must not end the others.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v", p)
	}
}
