package ratelimit

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// noon is when the tests begin: at the turn of an hour.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// usual are the limits of Confluence Cloud in a mode.
func usual(m Mode) Limits {
	return Limits{Mode: m, PerSecond: 100, WritesPerSecond: 50, PointsPerHour: 65_000}
}

// allowed counts how many calls go on out of many at one moment.
func allowed(l *Limiter, limits Limits, c Call, now time.Time, many int) (n int) {
	for range many {
		if l.Take(limits, c, now).Allowed {
			n++
		}
	}
	return n
}

func TestEachMethodOfATokenHasItsOwnSecond(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Burst, QuotaPoints, Rude} {
		var l Limiter
		for method, want := range map[string]int{"GET": 100, "POST": 100, "PUT": 50, "DELETE": 50} {
			for _, token := range []string{"a", "b"} {
				c := Call{Site: 1, Credential: token, Method: method}
				if n := allowed(&l, usual(mode), c, noon, 200); n != want {
					t.Errorf("%s: %d of %s's %s", mode, n, token, method)
				}
				if n := allowed(&l, usual(mode), c, noon.Add(time.Second/2), 200); n != want/2 {
					t.Errorf("%s: %d of %s's %s half a second later", mode, n, token, method)
				}
			}
		}
		if v := l.Take(usual(mode), Call{Site: 1, Credential: "a", Method: "HEAD"}, noon.Add(time.Second/2)); v.Allowed {
			t.Errorf("%s: HEAD is a way around GET", mode)
		}
		if v := l.Take(usual(mode), Call{Site: 2, Credential: "a", Method: "GET"}, noon); !v.Allowed {
			t.Errorf("%s: another site's token waits", mode)
		}
	}
}

func TestNothingIsCountedWhereLimitsAreOff(t *testing.T) {
	t.Parallel()
	var l Limiter
	c := Call{Site: 1, Credential: "a", Method: "GET", Points: 3}
	h := http.Header{}
	for range 1000 {
		v := l.Take(Limits{Mode: Off}, c, noon)
		v.Tell(h)
		if !v.Allowed || len(h) > 0 || l.spends != nil {
			t.Fatalf("%+v %v", v, h)
		}
	}
}

func TestAWaitIsLongEnoughAndNoLonger(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Burst, QuotaPoints, DataCenter, Rude} {
		var l Limiter
		limits := Limits{Mode: mode, PerSecond: 7, WritesPerSecond: 3, PointsPerHour: 20}
		if mode == QuotaPoints {
			limits.PerSecond = 1000 // one limit at a time
		}
		now := noon.Add(17 * time.Minute)
		c := Call{Site: 1, Credential: "a", App: "app", Method: "GET", Points: 3}
		for range 50 {
			v := l.Take(limits, c, now)
			if v.Allowed {
				if v.Wait != 0 {
					t.Errorf("%s: allowed, and waits %v", mode, v.Wait)
				}
				continue
			}
			if v.Wait <= 0 || l.Take(limits, c, now.Add(v.Wait-1)).Allowed {
				t.Fatalf("%s: %v is too long", mode, v.Wait)
			}
			now = now.Add(v.Wait)
			if !l.Take(limits, c, now).Allowed {
				t.Fatalf("%s: %v is too short", mode, v.Wait)
			}
		}
	}
}

func TestAnAppSpendsPointsUntilTheHourTurns(t *testing.T) {
	t.Parallel()
	var l Limiter
	limits := usual(QuotaPoints)
	limits.PointsPerHour = 10
	reads := Call{Site: 1, Credential: "a", App: "app", Method: "GET", Points: 3}
	writes := Call{Site: 1, Credential: "b", App: "app", Method: "POST", Points: 1}
	if n := allowed(&l, limits, reads, noon, 5); n != 3 {
		t.Errorf("%d reads of 3 points", n)
	}
	if n := allowed(&l, limits, writes, noon.Add(time.Minute), 5); n != 1 {
		t.Errorf("%d writes of what is left to the app's other token", n)
	}
	v := l.Take(limits, writes, noon.Add(59*time.Minute))
	if v.Allowed || v.Wait != time.Minute {
		t.Errorf("%+v", v)
	}
	if n := allowed(&l, limits, reads, noon.Add(time.Hour), 5); n != 3 {
		t.Errorf("%d reads in the next hour", n)
	}
	for name, c := range map[string]Call{
		"another app":       {Site: 1, Credential: "c", App: "other", Method: "GET", Points: 3},
		"on another site":   {Site: 2, Credential: "a", App: "app", Method: "GET", Points: 3},
		"a person":          {Site: 1, Credential: "d", Method: "GET", Points: 3},
		"a person so named": {Site: 1, Credential: "app", Method: "GET", Points: 3},
	} {
		if !l.Take(limits, c, noon).Allowed {
			t.Errorf("%s is refused", name)
		}
	}
}

func TestACallThatCameTooFastCostsAnAppNoPoints(t *testing.T) {
	t.Parallel()
	var l Limiter
	limits := Limits{Mode: QuotaPoints, PerSecond: 2, WritesPerSecond: 1, PointsPerHour: 4}
	c := Call{Site: 1, Credential: "a", App: "app", Method: "GET", Points: 1}
	if n := allowed(&l, limits, c, noon, 50); n != 2 {
		t.Errorf("%d at once", n)
	}
	if n := allowed(&l, limits, c, noon.Add(time.Minute), 50); n != 2 {
		t.Errorf("%d a minute later", n)
	}
	if v := l.Take(limits, c, noon.Add(2*time.Minute)); v.Allowed || v.Wait != 58*time.Minute {
		t.Errorf("%+v", v)
	}
}

func TestAClockThatIsPutBackKeepsNobodyWaitingForLonger(t *testing.T) {
	t.Parallel()
	c := Call{Site: 1, Credential: "a", App: "app", Method: "GET", Points: 65_000}
	for _, mode := range []Mode{Burst, QuotaPoints, DataCenter} {
		var l Limiter
		allowed(&l, usual(mode), c, noon, 200)
		v := l.Take(usual(mode), c, noon.Add(-5*time.Hour))
		if v.Wait > time.Second {
			t.Errorf("%s: waits %v", mode, v.Wait)
		}
	}
	var l Limiter
	limits := Limits{Mode: DataCenter, PerSecond: 2}
	allowed(&l, limits, c, noon, 2)
	if v := l.Take(limits, c, noon.Add(-time.Millisecond)); v.Allowed {
		t.Error("a call that is a moment late spends what is spent")
	}
}

func TestLimitsThatAreChangedCountAtOnce(t *testing.T) {
	t.Parallel()
	c := Call{Site: 1, Credential: "a", App: "app", Method: "GET", Points: 1}
	for _, small := range []Limits{
		{Mode: Burst, PerSecond: 2}, {Mode: QuotaPoints, PerSecond: 100, PointsPerHour: 50}, {Mode: DataCenter, PerSecond: 2},
	} {
		var l Limiter
		mode := small.Mode
		allowed(&l, usual(mode), c, noon, 60)
		v := l.Take(small, c, noon)
		if v.Allowed || v.left < 0 {
			t.Errorf("%s: %+v", mode, v)
		}
		if v := l.Take(small, c, noon.Add(v.Wait)); !v.Allowed {
			t.Errorf("%s: refused after the wait, for %v more", mode, v.Wait)
		}
	}
}

func TestManyAtOnceGetExactlyWhatThereIs(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Burst, QuotaPoints, DataCenter, Rude} {
		var l Limiter
		var n atomic.Int64
		limits := Limits{Mode: mode, PerSecond: 1000, WritesPerSecond: 1000, PointsPerHour: 1000}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				n.Add(int64(allowed(&l, limits, Call{Site: 1, Credential: "a", App: "app", Method: "GET", Points: 1}, noon, 500)))
			})
		}
		all.Wait()
		if n.Load() != 1000 {
			t.Errorf("%s: %d of 1000", mode, n.Load())
		}
	}
}

func TestAFloodOfCredentialsIsBoundedAndForgetsNobodyWhoCallsOften(t *testing.T) {
	t.Parallel()
	var l Limiter
	keys, most := 1_000_000, usualMost
	if raceDetector { // which makes each call fifty times as long
		keys, most = keys/20, most/20
		l.most = most
	}
	hot := Call{Site: 1, Credential: "hot", Method: "GET"}
	allowed(&l, usual(Burst), hot, noon, 200)
	largest := 0
	for i := range keys {
		l.Take(usual(Burst), Call{Site: 1, Credential: fmt.Sprint(i), Method: "GET"}, noon)
		if i%1000 == 0 {
			largest = max(largest, l.spends.EstimatedSize())
			if l.Take(usual(Burst), hot, noon).Allowed {
				t.Fatalf("forgotten after %d others", i)
			}
		}
	}
	l.spends.CleanUp()
	if n := l.spends.EstimatedSize(); n > most || largest > most+most/10 {
		t.Errorf("keeps %d, and kept %d", n, largest)
	}
}

func TestAFloodFromManySidesIsBounded(t *testing.T) {
	t.Parallel()
	const most = 1000
	l := Limiter{most: most}
	var all sync.WaitGroup
	for side := range 4 {
		all.Go(func() {
			for i := range 5_000 {
				l.Take(usual(QuotaPoints), Call{Site: int64(side), Credential: fmt.Sprint(i), App: fmt.Sprint(i), Method: "GET", Points: 3}, noon)
			}
		})
	}
	all.Wait()
	l.spends.CleanUp()
	if n := l.spends.EstimatedSize(); n > most {
		t.Errorf("keeps %d", n)
	}
}

func TestAccessCallsFillAgainOverAMinute(t *testing.T) {
	t.Parallel()
	var l Limiter
	for range 3 {
		if l.Access(1, "ada", 3, noon) != 0 {
			t.Error("refused within the limit")
		}
	}
	for _, at := range []time.Time{noon, noon.Add(-time.Hour)} {
		if wait := l.Access(1, "ada", 3, at); wait != 20*time.Second {
			t.Errorf("wait %v", wait)
		}
	}
	if l.Access(2, "ada", 3, noon) != 0 || l.Access(1, "bob", 3, noon) != 0 {
		t.Error("somebody else waits")
	}
	if l.Access(1, "ada", 3, noon.Add(20*time.Second)) != 0 {
		t.Error("does not fill")
	}
}
