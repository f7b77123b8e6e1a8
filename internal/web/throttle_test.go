package web

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestWaitsDoubleUpToTheLongestAndAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	r := newThrottle(func() time.Time { return now })
	ip := 0
	try := func() time.Duration {
		ip++
		_, wait := r.try("ada", fmt.Sprintf("192.0.2.%d", ip%250))
		return wait
	}
	for range perAddress.free {
		if wait := try(); wait != 0 {
			t.Fatalf("a free try waits %v", wait)
		}
	}
	want := firstWait
	for range 20 {
		if wait := try(); wait != want {
			t.Fatalf("waits %v, not %v", wait, want)
		}
		now = now.Add(want)
		if wait := try(); wait != 0 {
			t.Fatalf("after the wait: %v", wait)
		}
		want = min(2*want, perAddress.longest)
	}
	now = now.Add(remembered)
	for range perAddress.free {
		if wait := try(); wait != 0 {
			t.Fatalf("it is not forgotten: %v", wait)
		}
	}
}

func TestManyAtOnceGetNoMoreTriesThanOneByOne(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	r := newThrottle(func() time.Time { return now })
	var let atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if _, wait := r.try("ada", "192.0.2.1"); wait == 0 {
				let.Add(1)
			}
		})
	}
	all.Wait()
	if let.Load() != int64(perAddress.free) {
		t.Errorf("%d were let try", let.Load())
	}
}

func TestBeingRightDoesNotCountAgainstANetwork(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	r := newThrottle(func() time.Time { return now })
	for i := range 10 * perIP.free {
		g, wait := r.try(fmt.Sprint(i), "192.0.2.1")
		if wait != 0 {
			t.Fatalf("the office waits %v", wait)
		}
		g.right()
	}
	// Nor does one's own account help to guess those of others.
	for i := range perIP.free {
		r.try(fmt.Sprint("other ", i), "192.0.2.1")
	}
	if _, wait := r.try("mine", "192.0.2.1"); wait == 0 {
		t.Error("the network goes on")
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	r := newThrottle(func() time.Time { return now })
	for i := range mostGuesses + 1000 {
		r.try(fmt.Sprint(i, strings.Repeat("x", 10)), fmt.Sprintf("2001:db8:%x:%x::1", i>>16, i&0xffff))
	}
	if r.order.Len() > mostGuesses || len(r.at) != r.order.Len() {
		t.Errorf("%d and %d entries", r.order.Len(), len(r.at))
	}
	r.try(strings.Repeat("x", 1<<20), "x")
	if key := r.order.Back().Prev().Value.(*guesses).key; len(key) > longestKey+2 {
		t.Errorf("a key has %d bytes", len(key))
	}
}

func TestNetworksAreWhatOneClientHas(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8::1": "2001:db8::/64", "2001:db8::ffff:1:2:3": "2001:db8::/64", "fe80::1%eth0": "fe80::/64", "@": "@",
	} {
		if got := network(ip); got != want {
			t.Errorf("%s is of %s, not %s", ip, got, want)
		}
	}
}

func TestBrowsersHaveNames(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                      "Firefox on Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1":   "Safari on iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0": "Edge on Windows",
		"curl/8.0": "curl", "": "browser", "\x00\xff<script>": "browser",
	} {
		if got := browserOf(agent); got != want {
			t.Errorf("%q is %s, not %s", agent, got, want)
		}
	}
}
