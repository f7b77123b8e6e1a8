// Package ratelimit decides whether a caller may call again already, and what the answer tells them about it. What
// was spent is held in memory, each node counting for itself, and nothing waits for a lock to be counted.
package ratelimit

import (
	"cmp"
	"net/http"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
)

// Mode is how a site limits its callers, and in which words it tells them.
type Mode string

const (
	Off         Mode = "off"
	Burst       Mode = "burst"        // calls a second, by token and method
	QuotaPoints Mode = "quota-points" // the same, and for apps points an hour
	DataCenter  Mode = "dc-bucket"    // calls a second by token, told as Data Center does
	Rude        Mode = "rude"         // as burst, told as badly as clients meet it
)

// StandIn reports whether a mode is for testing clients, and so for a stand-in only.
func (m Mode) StandIn() bool { return m == DataCenter || m == Rude }

// Limits are what a site grants each caller. Every number is at least 1.
type Limits struct {
	Mode            Mode
	PerSecond       int // by GET, and by POST
	WritesPerSecond int // by PUT, and by DELETE
	PointsPerHour   int // to an app, whoever it acts for
}

// Call is a call to be counted.
type Call struct {
	Site       int64
	Credential string // what tells one caller from another
	App        string // whose points it costs; "" where that is nobody's
	Method     string
	Points     int
}

// usualMost is how many credentials, apps and accounts are kept in mind. Beyond that those are forgotten that call least.
const usualMost = 100_000

// Limiter keeps in mind what was spent. Its zero value is ready, and may be used by many at once.
type Limiter struct {
	once   sync.Once
	spends *otter.Cache[spender, *spent]
	most   int // 0 is usualMost
}

// spender is somebody whose calls are counted.
type spender struct {
	site int64
	kind kind
	name string
}

// kind keeps apart what could have the same name.
type kind uint8

const (
	credential kind = iota
	app
	account
)

// spent is what one spender has spent, of everything that can be.
type spent struct {
	methods  [4]bucket
	calls    window // for Data Center's bucket
	points   window
	access   bucket
	refusals turns
}

func (l *Limiter) open() {
	// Whoever needs room makes it, in their own goroutine, so that none outlives the limiter.
	l.spends = otter.Must(&otter.Options[spender, *spent]{MaximumSize: cmp.Or(l.most, usualMost), Executor: func(task func()) { task() }})
}

// of returns what a spender has spent.
func (l *Limiter) of(who spender) *spent {
	l.once.Do(l.open)
	if s, ok := l.spends.GetIfPresent(who); ok {
		return s
	}
	s, _ := l.spends.SetIfAbsent(who, &spent{})
	return s
}

// Take counts a call at a time, unless it is refused: what is refused costs nothing.
func (l *Limiter) Take(limits Limits, c Call, now time.Time) Verdict {
	if limits.Mode == Off {
		return Verdict{Allowed: true}
	}
	s := l.of(spender{c.Site, credential, c.Credential})
	if limits.Mode == DataCenter {
		return s.calls.spend(1, limits.PerSecond, time.Second, now).as(inDataCenter)
	}
	perSecond := limits.PerSecond
	if c.Method == http.MethodPut || c.Method == http.MethodDelete {
		perSecond = limits.WritesPerSecond
	}
	v := s.methods[index(c.Method)].take(perSecond, time.Second, now)
	switch {
	case limits.Mode == Rude:
		return v.as(s.refusals.next(v.Allowed))
	case limits.Mode == Burst, !v.Allowed, c.App == "":
		return v.as(ofBurst)
	}
	// The points are counted last: a call that came too fast has cost none.
	return l.of(spender{c.Site, app, c.App}).points.spend(c.Points, limits.PointsPerHour, time.Hour, now).as(ofPoints)
}

// Access counts a call of what tells, or mails, strangers. Where it is one too many for its account, it is not
// counted, and wait says after how long one may be made.
func (l *Limiter) Access(site int64, accountID string, perMinute int, now time.Time) (wait time.Duration) {
	return l.of(spender{site, account, accountID}).access.take(perMinute, time.Minute, now).Wait
}

// index is where a method's bucket stands. Those that are none of the four read.
func index(method string) int {
	switch method {
	case http.MethodPost:
		return 1
	case http.MethodPut:
		return 2
	case http.MethodDelete:
		return 3
	}
	return 0
}
