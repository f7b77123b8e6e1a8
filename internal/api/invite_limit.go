package api

import (
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/failure"
)

// limiter bounds how often each account calls what tells, or mails, strangers: a bucket an account, which holds a
// minute's calls and fills again over a minute. It forgets an account whose bucket is full, so it holds only those
// that called within the last two minutes, and never more than twice mostCallers. Its zero value is ready.
type limiter struct {
	mu          sync.Mutex
	now, before map[caller]bucket // by the minute of their last call
	turned      time.Time         // when now was begun
}

// caller is an account of a site.
type caller struct {
	site    int64
	account string
}

type bucket struct {
	calls float64 // that may still be made
	at    time.Time
}

const mostCallers = 10_000

// take counts a call at a time. Where it is one too many it is not made, and wait says after how long one may be.
func (l *limiter) take(who caller, perMinute int, at time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now == nil || at.Sub(l.turned) >= time.Minute || len(l.now) >= mostCallers {
		l.before, l.now, l.turned = l.now, map[caller]bucket{}, at
	}
	most := float64(perMinute)
	b, known := l.now[who]
	if !known {
		b, known = l.before[who]
	}
	if !known {
		b = bucket{most, at}
	}
	if passed := at.Sub(b.at); passed > 0 {
		b.calls, b.at = b.calls+passed.Minutes()*most, at
	}
	b.calls = min(b.calls, most)
	if b.calls < 1 {
		wait = time.Duration((1 - b.calls) / most * float64(time.Minute))
	} else {
		b.calls--
	}
	l.now[who] = b
	return wait
}

// tooMany is a call that came too soon.
type tooMany struct {
	error
	wait time.Duration
}

func (t *tooMany) Unwrap() error { return t.error }

// seconds is how long to wait, as Retry-After says it.
func (t *tooMany) seconds() string { return strconv.Itoa(max(1, int(math.Ceil(t.wait.Seconds())))) }

// limit refuses a call of an operation whose calls are limited, where the caller has made too many.
func (s *Server) limit(c *call) error {
	if !c.op.needs.has(limited) {
		return nil
	}
	most := c.site.Settings.AccessCallsPerMinute
	if wait := s.limiter.take(caller{c.site.ID, c.caller.Standing.AccountID}, most, s.Auth.Now()); wait > 0 {
		return &tooMany{failure.TooMany.Errorf("An account may call the access operations of this site %d times a minute.", most), wait}
	}
	return nil
}
