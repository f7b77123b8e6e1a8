package ratelimit

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// told is what a verdict sets, each header with one value.
func told(v Verdict) map[string]string {
	h := http.Header{}
	v.Tell(h)
	flat := map[string]string{}
	for name, values := range h {
		flat[name] = values[0]
	}
	return flat
}

// at is a moment in an hour that is no full second.
var at = noon.Add(29*time.Minute + 13*time.Second + 500*time.Millisecond)

type headers = map[string]string

var (
	person = Call{Site: 1, Credential: "a", Method: "GET", Points: 3}
	anApp  = Call{Site: 1, Credential: "a", App: "app", Method: "GET", Points: 3}
)

// words are what the answer to a call says after some others.
var words = map[string]struct {
	mode   Mode
	call   Call
	before int
	want   headers
}{
	"burst, at first": {Burst, person, 0, headers{
		"X-Ratelimit-Limit": "10", "X-Ratelimit-Remaining": "9",
		"Beta-Ratelimit-Policy": `"confluence-burst-based";q=10;w=1`, "Beta-Ratelimit": `"confluence-burst-based";r=9;t=1`,
	}},
	"burst, with a fifth left": {Burst, person, 7, headers{
		"X-Ratelimit-Limit": "10", "X-Ratelimit-Remaining": "2",
		"Beta-Ratelimit-Policy": `"confluence-burst-based";q=10;w=1`, "Beta-Ratelimit": `"confluence-burst-based";r=2;t=1`,
	}},
	"burst, with less": {Burst, person, 8, headers{
		"X-Ratelimit-Limit": "10", "X-Ratelimit-Remaining": "1", "X-Ratelimit-Nearlimit": "true",
		"Beta-Ratelimit-Policy": `"confluence-burst-based";q=10;w=1`, "Beta-Ratelimit": `"confluence-burst-based";r=1;t=1`,
	}},
	"burst, refused": {Burst, person, 10, headers{
		"X-Ratelimit-Limit": "10", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Nearlimit": "true",
		"Beta-Ratelimit-Policy": `"confluence-burst-based";q=10;w=1`, "Beta-Ratelimit": `"confluence-burst-based";r=0;t=1`,
		"Retry-After": "1", "X-Ratelimit-Reset": "2026-03-02T12:29:15Z", "Ratelimit-Reason": "confluence-burst-based",
	}},
	"points of nobody": {QuotaPoints, person, 0, headers{
		"X-Ratelimit-Limit": "10", "X-Ratelimit-Remaining": "9",
		"Beta-Ratelimit-Policy": `"confluence-burst-based";q=10;w=1`, "Beta-Ratelimit": `"confluence-burst-based";r=9;t=1`,
	}},
	"points": {QuotaPoints, anApp, 0, headers{
		"X-Ratelimit-Limit": "20", "X-Ratelimit-Remaining": "17",
		"Beta-Ratelimit-Policy": `"global-app-quota";q=20;w=3600`, "Beta-Ratelimit": `"global-app-quota";r=17;t=1847`,
	}},
	"points, refused": {QuotaPoints, anApp, 6, headers{
		"X-Ratelimit-Limit": "20", "X-Ratelimit-Remaining": "2", "X-Ratelimit-Nearlimit": "true",
		"Beta-Ratelimit-Policy": `"global-app-quota";q=20;w=3600`, "Beta-Ratelimit": `"global-app-quota";r=2;t=1847`,
		"Retry-After": "1847", "X-Ratelimit-Reset": "2026-03-02T13:00:00Z", "Ratelimit-Reason": "confluence-quota-global-based",
	}},
	"Data Center": {DataCenter, anApp, 3, headers{
		"X-Ratelimit-Limit": "10", "X-Ratelimit-Remaining": "6", "X-Ratelimit-Interval-Seconds": "1", "X-Ratelimit-Fillrate": "10", "Retry-After": "0",
	}},
	"Data Center, refused": {DataCenter, anApp, 10, headers{
		"X-Ratelimit-Limit": "10", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Interval-Seconds": "1", "X-Ratelimit-Fillrate": "10", "Retry-After": "1",
	}},
	"rude":                  {Rude, anApp, 0, headers{}},
	"rude, refused once":    {Rude, anApp, 10, headers{}},
	"rude, refused twice":   {Rude, anApp, 11, headers{"Retry-After": "Mon, 02 Mar 2026 12:29:14 GMT"}},
	"rude, refused thrice":  {Rude, anApp, 12, headers{}},
	"rude, from the start":  {Rude, anApp, 13, headers{}},
	"rude, the date's turn": {Rude, anApp, 14, headers{"Retry-After": "Mon, 02 Mar 2026 12:29:14 GMT"}},
}

func TestEachModeTellsInItsOwnWords(t *testing.T) {
	t.Parallel()
	limits := func(m Mode) Limits { return Limits{Mode: m, PerSecond: 10, WritesPerSecond: 4, PointsPerHour: 20} }
	for name, test := range words {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l Limiter
			allowed(&l, limits(test.mode), test.call, at, test.before)
			if diff := cmp.Diff(test.want, told(l.Take(limits(test.mode), test.call, at))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRudenessTakesTurnsByToken(t *testing.T) {
	t.Parallel()
	var l Limiter
	limits := Limits{Mode: Rude, PerSecond: 1, WritesPerSecond: 1}
	for _, token := range []string{"a", "b"} {
		var got []bool
		for i := range 8 {
			method := []string{"GET", "PUT"}[i%2] // the order is one for all methods
			if v := l.Take(limits, Call{Site: 1, Credential: token, Method: method}, noon); !v.Allowed {
				got = append(got, v.Busy())
			}
		}
		if diff := cmp.Diff([]bool{false, false, true, false, false, true}, got); diff != "" {
			t.Errorf("%s: %s", token, diff)
		}
	}
}
