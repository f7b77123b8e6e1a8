package mail

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/background"
)

// Worker sends what the outbox holds. Any number of them, on any number of nodes, share one outbox: a message
// is with one of them at a time, unless a node stands still for longer than its lease. Make it with [NewWorker].
type Worker struct {
	Outbox    *Outbox
	Transport Transport
	Senders   int           // conversations at the same time
	Lease     time.Duration // how long a message of a lost worker waits for another one
	Poll      time.Duration // how often to look without a nudge
	Grace     time.Duration // how long running conversations may go on after the end of Run's context
	Retry     Retry
	Chance    func() float64 // in [0, 1)
	Ticker    func(time.Duration) (ticks <-chan time.Time, stop func())
	Log       *slog.Logger // says no addresses

	started sync.Once
	slots   *background.Slots
}

// NewWorker returns a worker with the usual settings.
func NewWorker(o *Outbox, t Transport, log *slog.Logger) *Worker {
	return &Worker{
		Outbox: o, Transport: t, Senders: 8, Lease: 2 * time.Minute, Poll: 5 * time.Second, Grace: 10 * time.Second,
		Retry: DefaultRetry, Chance: rand.Float64, Ticker: background.Ticker, Log: log,
	}
}

// senders have a slot each.
func (w *Worker) senders() *background.Slots {
	w.started.Do(func() { w.slots = background.NewSlots(w.Senders) })
	return w.slots
}

// Run sends messages until ctx ends. Then it claims no more, gives running conversations their grace, cuts
// them off and stores what is known. It returns when nothing of it runs any more.
func (w *Worker) Run(ctx context.Context) {
	sending, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	ticks, stop := w.Ticker(w.Poll)
	defer stop()
	background.Repeat(ctx, ticks, func() {
		if _, err := w.dispatch(ctx, sending); err != nil && ctx.Err() == nil {
			w.Log.Warn("the outbox cannot be read", "error", err)
		}
	}, w.Outbox.nudge)
	grace, stopGrace := w.Ticker(w.Grace)
	defer stopGrace()
	background.Settle(&w.senders().Running, grace, cut)
}

// Drain tries every message that is due now, once, and returns how many that were. Where ctx ends, it cuts
// running conversations off.
func (w *Worker) Drain(ctx context.Context) (int, error) {
	n, err := w.dispatch(ctx, ctx)
	w.senders().Running.Wait()
	return n, err
}

// dispatch claims messages until none is due, and returns how many it claimed. They are sent under the
// context sending, at most w.Senders at a time.
func (w *Worker) dispatch(ctx, sending context.Context) (claimed int, err error) {
	hold := func(one waiting) (*claim, bool, error) {
		return w.Outbox.claim(context.WithoutCancel(ctx), one, w.Lease)
	}
	deliver := func(c *claim) { w.deliver(sending, c) }
	for {
		n, err := w.senders().Reserve(ctx)
		if err != nil {
			return claimed, err
		}
		list, err := w.Outbox.due(ctx, n)
		w.senders().Release(n - len(list))
		if err != nil || len(list) == 0 {
			return claimed, err
		}
		taken, err := background.Fill(w.senders(), list, hold, deliver)
		claimed += taken
		if err != nil {
			return claimed, err
		}
	}
}

// deliver tries a claimed message once and stores what became of it.
func (w *Worker) deliver(ctx context.Context, c *claim) {
	held, release := w.hold(ctx, c)
	defer release()
	after := c.found()
	places := c.toSend()
	_, c.shown = w.Transport.(Capture)
	if c.attempts <= w.Retry.Tries && len(places) > 0 {
		for i, answer := range w.try(held, c, places) {
			after[places[i]] = c.answered(after[places[i]], answer)
		}
	}
	next := w.Outbox.now().Add(w.Retry.Pause(c.attempts, w.Chance()))
	if ctx.Err() != nil {
		next = w.Outbox.now() // we were stopped; that is not the message's fault
	} else if c.attempts >= w.Retry.Tries {
		giveUp(after, w.Retry.Tries)
	}
	if err := w.store(ctx, c, after, next); err != nil {
		w.Log.Warn("what became of a message is not stored", "message", c.id, "error", err)
		return
	}
	for _, r := range after {
		w.Log.Debug("mail", "message", c.id, "recipient", r.Place, "state", string(r.State), "attempt", c.attempts)
	}
}

// try hands the message to the transport for the recipients at these places.
func (w *Worker) try(ctx context.Context, c *claim, places []int) []Answer {
	data, err := c.message.withoutErased().Compose()
	if err != nil {
		return all(len(places), Answer{Rejected, line(err.Error())})
	}
	to := make([]string, len(places))
	for i, place := range places {
		to[i] = c.message.To[place].Address
	}
	e := Envelope{ID: c.id, From: c.message.From.Address, To: to, Data: data}
	return w.Transport.Send(ctx, e, func(taken []int) error {
		list := make([]int, len(taken))
		for i, t := range taken {
			list[i] = places[t]
		}
		return w.Outbox.begin(ctx, c, list)
	})
}

// hold renews the claim while its message is being sent. The context it returns ends where the claim is lost.
func (w *Worker) hold(ctx context.Context, c *claim) (held context.Context, release func()) {
	held, lost := context.WithCancel(ctx)
	ticks, stop := w.Ticker(w.Lease / 3)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ticks:
				err := w.Outbox.renew(context.WithoutCancel(ctx), c, w.Lease)
				if errors.Is(err, errLost) {
					lost()
					return
				}
				if err != nil {
					w.Log.Warn("a claim is not renewed", "message", c.id, "error", err)
				}
			case <-done:
				return
			}
		}
	}()
	return held, func() {
		close(done)
		<-ended
		stop()
		lost()
	}
}

// store settles the message. What is not stored is sent again.
func (w *Worker) store(ctx context.Context, c *claim, after []Recipient, next time.Time) error {
	pauses, stop := w.Ticker(time.Second)
	defer stop()
	return background.Insist(ctx, pauses, func(ctx context.Context) error { return w.Outbox.settle(ctx, c, after, next) })
}
