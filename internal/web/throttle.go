package web

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

// limit says how often somebody may be wrong: freely so many times, and then after waits that double up to the longest.
type limit struct {
	free    int
	longest time.Duration
}

var (
	perAddress = limit{5, 15 * time.Minute} // a person's address, whether or not anybody has it
	perIP      = limit{30, time.Minute}     // many people may share one
)

const (
	remembered    = time.Hour // after which the last failure is forgotten
	mostGuesses   = 1 << 16   // entries that are kept; beyond, the one that was quiet for longest goes
	longestKey    = 400       // bytes
	firstWait     = time.Second
	networkOfIPv6 = 64 // bits: who has one address of IPv6 has them all
)

// throttle slows down who guesses passwords. It counts tries before their outcome is known, so that many at once help
// nobody, and takes back those that were right. It is of this process only.
type throttle struct {
	now   func() time.Time
	mu    sync.Mutex
	at    map[string]*list.Element
	order *list.List // of *guesses, those that were quiet for longest first
}

type guesses struct {
	key    string
	failed int
	last   time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, at: map[string]*list.Element{}, order: list.New()}
}

// guess is a try under two keys.
type guess struct {
	throttle    *throttle
	address, ip string
}

// try counts a try, or returns how long to wait before there can be one.
func (t *throttle) try(address, ip string) (guess, time.Duration) {
	g := guess{t, "a:" + address[:min(len(address), longestKey)], "i:" + network(ip)}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	wait := max(t.wait(g.address, perAddress, now), t.wait(g.ip, perIP, now))
	if wait > 0 {
		return g, wait
	}
	t.count(g.address, now)
	t.count(g.ip, now)
	return g, 0
}

// right takes the try back, and what was wrong with its address before.
func (g guess) right() {
	t := g.throttle
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.at[g.address]; e != nil {
		t.forget(e)
	}
	if e := t.at[g.ip]; e != nil {
		e.Value.(*guesses).failed--
	}
}

func (t *throttle) wait(key string, l limit, now time.Time) time.Duration {
	e := t.at[key]
	if e == nil {
		return 0
	}
	g := e.Value.(*guesses)
	if now.Sub(g.last) >= remembered {
		t.forget(e)
		return 0
	}
	if g.failed < l.free {
		return 0
	}
	return g.last.Add(min(firstWait<<min(g.failed-l.free, 20), l.longest)).Sub(now)
}

func (t *throttle) count(key string, now time.Time) {
	e := t.at[key]
	if e == nil {
		if t.order.Len() >= mostGuesses {
			t.forget(t.order.Front())
		}
		e = t.order.PushBack(&guesses{key: key})
		t.at[key] = e
	}
	g := e.Value.(*guesses)
	g.failed, g.last = g.failed+1, now
	t.order.MoveToBack(e)
}

func (t *throttle) forget(e *list.Element) {
	delete(t.at, e.Value.(*guesses).key)
	t.order.Remove(e)
}

// network is what tells clients apart by their address.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(networkOfIPv6); err == nil {
			return p.String()
		}
	}
	return a.String()
}
