package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/outbound"
	"github.com/rosterhq/roster/internal/workflow/letter"
)

// Runner runs what is due. Any number of them, on any number of nodes, share one database: a run is with one of them at a
// time, unless a node stands still for longer than its lease, and then nothing that it does is stored. Make it with [NewRunner].
type Runner struct {
	Store   *Store
	Actions action.Catalogue
	// Node names this process, and no other that runs at the same time: what it had when it was killed, it takes up as
	// soon as it is there again. Where it is empty, that waits for the lease to end, as what others had does.
	Node string

	Outbox  *mail.Outbox // nil where no mail is sent
	From    mail.Address // of mail that does not say whom it is from
	Compose func(args map[string]any) (mail.Message, error)
	// Local leads a local connection to a site: its address, and what serves it.
	Local func(ctx context.Context, site int64) (base string, through http.RoundTripper, err error)
	// Remote calls sites elsewhere.
	Remote *http.Client
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
	free      chan struct{} // holds a token a run
	started   sync.Once
	running   sync.WaitGroup
}

// NewRunner returns a runner with the usual settings. What it may reach is for the caller to set: mail, this server, hosts.
func NewRunner(s *Store, actions action.Catalogue, log *slog.Logger) *Runner {
	return &Runner{
		Store: s, Actions: actions, Compose: letter.Compose, Remote: outbound.Client(nil),
		Slots: 64, Lease: time.Minute, Poll: time.Second, Grace: 10 * time.Second, Moment: 500 * time.Millisecond, Tries: 20,
		Ticker: ticker, Log: log, life: uuid.NewString(),
	}
}

func ticker(every time.Duration) (<-chan time.Time, func()) {
	t := time.NewTicker(every)
	return t.C, t.Stop
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
	for ctx.Err() == nil {
		if err := r.fire(ctx); err != nil && ctx.Err() == nil {
			r.Log.Warn("schedules cannot be looked at", "error", err)
		}
		if _, err := r.dispatch(ctx, working); err != nil && ctx.Err() == nil {
			r.Log.Warn("runs cannot be looked at", "error", err)
		}
		select {
		case <-ticks:
		case <-r.Store.nudge:
		case <-ctx.Done():
		}
	}
	ended := make(chan struct{})
	go func() {
		r.running.Wait()
		close(ended)
	}()
	grace, stopGrace := r.Ticker(r.Grace)
	defer stopGrace()
	select {
	case <-ended:
	case <-grace:
		cut()
		<-ended
	}
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
	r.running.Wait()
	return n, err
}

// dispatch claims runs until none is due, and returns how many it claimed. They run under the context working, at most
// r.Slots at a time.
func (r *Runner) dispatch(ctx, working context.Context) (claimed int, err error) {
	r.started.Do(func() { r.free = make(chan struct{}, r.Slots) })
	for {
		if claimed > 0 && !r.now().Before(r.nextTurns) { // no schedule waits until nothing else is due
			if err := r.fire(ctx); err != nil {
				return claimed, err
			}
		}
		n, err := r.reserve(ctx)
		if err != nil {
			return claimed, err
		}
		list, err := r.due(ctx, n)
		for range n - len(list) {
			<-r.free
		}
		if err != nil || len(list) == 0 {
			return claimed, err
		}
		taken, err := r.take(ctx, working, list)
		claimed += taken
		if err != nil {
			return claimed, err
		}
	}
}

// reserve waits for a free slot and takes all that are free: a lease is not spent on waiting.
func (r *Runner) reserve(ctx context.Context) (n int, err error) {
	select {
	case r.free <- struct{}{}:
		n++
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for n < r.Slots {
		select {
		case r.free <- struct{}{}:
			n++
		default:
			return n, nil
		}
	}
	return n, nil
}

// take claims runs side by side, so that their writes share a commit, and begins to run them. Each has a slot.
func (r *Runner) take(ctx, working context.Context, list []stored) (int, error) {
	var claims sync.WaitGroup
	var taken atomic.Int64
	errs := make([]error, len(list))
	for i, one := range list {
		claims.Add(1)
		r.running.Go(func() {
			defer func() { <-r.free }()
			c, ours, err := r.claim(context.WithoutCancel(ctx), one)
			if errs[i] = err; ours {
				taken.Add(1)
			}
			claims.Done()
			if err == nil && ours {
				r.run(working, c)
			}
		})
	}
	claims.Wait()
	return int(taken.Load()), errors.Join(errs...)
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
