// Package clock is time for tests of background work: it stands still until the test moves it.
package clock

import (
	"sync"
	"time"
)

// Clock is a clock with tickers that tick when the test says so. Make it with [New].
type Clock struct {
	Step time.Duration // how much later it is at each look; 0 unless the test needs an order

	mu    sync.Mutex
	now   time.Time
	ticks map[chan time.Time]bool
}

// New returns a clock that stands at the same moment each time.
func New() *Clock {
	return &Clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), ticks: map[chan time.Time]bool{}}
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.Step)
	return c.now
}

// Ticker makes a ticker, as background.Ticker does. However long it is meant to wait, it ticks when time passes.
func (c *Clock) Ticker(time.Duration) (ticks <-chan time.Time, stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	own := make(chan time.Time, 1)
	c.ticks[own] = true
	return own, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.ticks, own)
	}
}

// Pass moves the clock and lets every ticker tick.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for ticks := range c.ticks {
		select {
		case ticks <- c.now:
		default:
		}
	}
}
