package webhook

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/background"
)

// Worker sends what waits. Any number of them, on any number of nodes, share the deliveries: one is with one of them at a
// time. Make it with [NewWorker].
type Worker struct {
	Store   *Store
	Client  *http.Client
	Senders int           // tries at the same time
	PerHost int           // of them, to one host: a receiver that is slow keeps no others waiting
	Limit   time.Duration // of one try, its answer included
	Lease   time.Duration // how long a delivery of a lost worker waits for another one; well above Limit
	Poll    time.Duration // how often to look without a nudge
	Grace   time.Duration // how long running tries may go on after the end of Run's context
	Retry   Retry
	Chance  func() float64 // in [0, 1)
	Ticker  func(time.Duration) (ticks <-chan time.Time, stop func())
	Log     *slog.Logger // says no URLs

	mu      sync.Mutex
	busy    map[string]int // tries that run, by host
	all     int            // of them
	last    place          // of the webhook that was served last
	running sync.WaitGroup
}

// place is where a webhook stands in the order of all sites.
type place struct {
	site int64
	id   string
}

func (p place) before(q place) bool { return p.site < q.site || p.site == q.site && p.id < q.id }

// NewWorker returns a worker with the usual settings.
func NewWorker(s *Store, log *slog.Logger) *Worker {
	return &Worker{
		Store: s, Client: Client(s.Allow), Senders: 64, PerHost: 4, Limit: 15 * time.Second, Lease: time.Minute, Poll: 5 * time.Second,
		Grace: 5 * time.Second, Retry: DefaultRetry, Chance: rand.Float64, Ticker: background.Ticker, Log: log,
		busy: map[string]int{},
	}
}

// Run sends deliveries until ctx ends. Then it claims no more, gives running tries their grace and cuts them off: they are
// made again by whoever comes next. It returns when nothing of it runs any more.
func (w *Worker) Run(ctx context.Context) {
	sending, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	ticks, stop := w.Ticker(w.Poll)
	defer stop()
	background.Repeat(ctx, ticks, func() {
		if _, err := w.dispatch(ctx, sending); err != nil && ctx.Err() == nil {
			w.Log.Warn("deliveries of webhooks cannot be read", "error", err)
		}
	}, w.Store.nudge)
	grace, stopGrace := w.Ticker(w.Grace)
	defer stopGrace()
	background.Settle(&w.running, grace, cut)
	w.Client.CloseIdleConnections()
}

// Drain sends all that is due, what becomes due on the way included, and returns how many tries that were. Where ctx ends,
// it cuts running tries off.
func (w *Worker) Drain(ctx context.Context) (tries int, err error) {
	for {
		n, err := w.dispatch(ctx, ctx)
		tries += n
		w.running.Wait()
		if err != nil || n == 0 {
			return tries, err
		}
	}
}

// dispatch claims deliveries until none is due that there is room for, and returns how many it claimed. They are sent under
// the context sending.
func (w *Worker) dispatch(ctx, sending context.Context) (claimed int, err error) {
	for {
		all, err := w.Store.pending(ctx)
		if err != nil {
			return claimed, err
		}
		n := 0
		for _, p := range w.inTurn(all) {
			some, err := w.serve(ctx, sending, p)
			n += some
			if err != nil {
				return claimed + n, err
			}
		}
		if claimed += n; n == 0 {
			return claimed, nil
		}
	}
}

// inTurn orders webhooks so that it begins behind the one that was served last.
func (w *Worker) inTurn(all []pending) []*pending {
	var first, then []*pending
	for i := range all {
		if p := &all[i]; w.last.before(place{p.site, p.ID}) {
			first = append(first, p)
		} else {
			then = append(then, p)
		}
	}
	return append(first, then...)
}

// serve claims deliveries of one webhook while there is room, and returns how many. First comes the room, then the claim:
// a lease is not spent on waiting.
func (w *Worker) serve(ctx, sending context.Context, p *pending) (claimed int, err error) {
	host := hostOf(p.URL)
	room := w.room(host)
	if room == 0 {
		return 0, ctx.Err()
	}
	events, err := w.Store.due(ctx, p, room)
	if err != nil {
		return 0, err
	}
	for _, event := range events {
		if ctx.Err() != nil {
			return claimed, ctx.Err()
		}
		c, ours, err := w.Store.claim(context.WithoutCancel(ctx), p, event, w.Lease)
		if err != nil {
			return claimed, err
		}
		if !ours {
			continue
		}
		claimed++
		w.last = place{p.site, p.ID}
		w.take(host, 1)
		w.running.Go(func() {
			defer w.Store.Nudge() // there is room again
			defer w.take(host, -1)
			w.deliver(sending, c)
		})
	}
	return claimed, nil
}

// room is how many tries to a host may begin now. Only dispatch begins any.
func (w *Worker) room(host string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return max(0, min(w.PerHost-w.busy[host], w.Senders-w.all))
}

// take notes that tries to a host began, or ended.
func (w *Worker) take(host string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all += n
	if w.busy[host] += n; w.busy[host] == 0 {
		delete(w.busy, host)
	}
}

// hostOf is whom a slow answer of a URL is put down to.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// deliver tries a claimed delivery once and stores what became of it.
func (w *Worker) deliver(ctx context.Context, c *claim) {
	a := w.try(ctx, c)
	now := w.Store.now()
	var err error
	switch last := c.attempts >= w.Retry.Tries || now.Sub(c.queuedAt) > w.Retry.Patience; {
	case a.words != "" && ctx.Err() != nil: // we were stopped; that is not the delivery's fault
		err = w.store(ctx, func(ctx context.Context) error { return w.Store.again(ctx, c, a, now) })
	case a.words != "" && !a.gone && !last:
		next := now.Add(w.Retry.Pause(c.attempts, w.Chance()))
		err = w.store(ctx, func(ctx context.Context) error { return w.Store.again(ctx, c, a, next) })
	default:
		err = w.store(ctx, func(ctx context.Context) error { return w.Store.settle(ctx, c, a) })
	}
	if err != nil {
		w.Log.Warn("what became of a delivery is not stored", "webhook", c.ID, "event", c.event, "error", err)
		return
	}
	w.Log.Debug("webhook", "webhook", c.ID, "event", c.event, "status", a.status, "attempt", c.attempts, "words", a.words)
}

// store runs a write. What is not stored is sent again.
func (w *Worker) store(ctx context.Context, write func(context.Context) error) error {
	pauses, stop := w.Ticker(time.Second)
	defer stop()
	return background.Insist(ctx, pauses, write)
}
