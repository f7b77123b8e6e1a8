package confluence

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestARefusalIsRepeatedWithinBounds(t *testing.T) {
	t.Parallel()
	const s = time.Second
	post := call{method: "POST", path: "/wiki/x"}
	for name, test := range map[string]struct {
		op      call
		status  int
		after   string // Retry-After
		options []Option
		waits   []time.Duration
	}{
		"429 in seconds":                {call{method: "GET"}, 429, "7", nil, []time.Duration{7 * s, 7 * s}},
		"429 until a date":              {call{method: "GET"}, 429, "Tue, 01 Jan 2030 00:00:05 GMT", nil, []time.Duration{5 * s, 5 * s}},
		"429 until a date that is past": {call{method: "GET"}, 429, "Mon, 01 Jan 2029 00:00:05 GMT", nil, []time.Duration{0, 0}},
		"429 right away":                {call{method: "GET"}, 429, "0", nil, []time.Duration{0, 0}},
		"429 without a word":            {call{method: "GET"}, 429, "", nil, []time.Duration{s, 2 * s}},
		"429 with nonsense":             {call{method: "GET"}, 429, "soon", nil, []time.Duration{s, 2 * s}},
		"429 with less than nothing":    {call{method: "GET"}, 429, "-5", nil, []time.Duration{s, 2 * s}},
		"429 of a write":                {post, 429, "1", nil, []time.Duration{s, s}},
		"429 for longer than we wait":   {call{method: "GET"}, 429, "31", nil, nil},
		"429 for longer in all":         {call{method: "GET"}, 429, "20", nil, []time.Duration{20 * s}},
		"429 with more tries":           {call{method: "GET"}, 429, "1", []Option{WithRetries(5, time.Minute)}, []time.Duration{s, s, s, s}},
		"429 with no retries":           {call{method: "GET"}, 429, "1", []Option{WithRetries(0, 0)}, nil},
		"503 of a read":                 {call{method: "GET"}, 503, "1", nil, []time.Duration{s, s}},
		"503 of a delete":               {call{method: "DELETE"}, 503, "1", nil, []time.Duration{s, s}},
		"503 of a write":                {post, 503, "1", nil, nil},
		"503 of a read by POST":         {call{method: "POST", idempotent: true}, 503, "1", nil, []time.Duration{s, s}},
		"503 without a word":            {call{method: "GET"}, 503, "", nil, nil},
		"500":                           {call{method: "GET"}, 500, "1", nil, nil},
		"404":                           {call{method: "GET"}, 404, "1", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if test.after != "" {
					w.Header().Set("Retry-After", test.after)
				}
				answer(test.status, `{"message":"later"}`)(w, r)
			}, test.options...)
			test.op.path = "/wiki/x"
			err := c.do(t.Context(), test.op)
			if failed, ok := errors.AsType[*Error](err); !ok || failed.StatusCode != test.status {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff(test.waits, c.waited); diff != "" {
				t.Error(diff)
			}
			if len(c.asked) != len(test.waits)+1 {
				t.Errorf("asked %d times", len(c.asked))
			}
		})
	}
}

func TestARepeatedCallSendsItsBodyAgain(t *testing.T) {
	t.Parallel()
	var bodies []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		if len(bodies) == 1 {
			answer(429, "")(w, r)
			return
		}
		answer(200, `{"results":[{"accountId":"a"}],"_links":{}}`)(w, r)
	})
	users, err := c.Users.BulkV2(t.Context(), []string{"a"})
	if err != nil || len(users) != 1 {
		t.Errorf("got %v, %v", users, err)
	}
	want := []string{`{"accountIds":["a"]}`, `{"accountIds":["a"]}`}
	if diff := cmp.Diff(want, bodies); diff != "" {
		t.Error(diff)
	}
}

// roundTripper answers without a network, so that time can be stopped around it.
type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return r(req) }

func TestAWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		h := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			tries++
			return &http.Response{
				StatusCode: 429, Header: http.Header{"Retry-After": {"10"}}, Body: io.NopCloser(strings.NewReader("")),
			}, nil
		})}
		c, err := NewClient("https://acme.example", WithHTTPClient(h))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		began := time.Now()
		err = c.Do(ctx, "GET", "/wiki/x", nil, nil, nil)
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrRateLimited) {
			t.Errorf("got %v", err)
		}
		if waited := time.Since(began); waited != 15*time.Second || tries != 2 {
			t.Errorf("%d tries in %v", tries, waited)
		}
	})
}

func TestAClockOfOnesOwnIsReadAndWaitedBy(t *testing.T) {
	t.Parallel()
	now, waited := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC), time.Duration(0)
	stopped := errors.New("stopped")
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "Sun, 01 Jan 2040 00:00:09 GMT")
		answer(429, "")(w, r)
	})
	WithClock(func() time.Time { return now }, func(_ context.Context, d time.Duration) error {
		waited = d
		return stopped
	})(c.Client)
	WithClock(nil, nil)(c.Client)
	err := c.Do(t.Context(), "GET", "/wiki/x", nil, nil, nil)
	if !errors.Is(err, stopped) || !errors.Is(err, ErrRateLimited) || waited != 9*time.Second {
		t.Errorf("%v after %v", err, waited)
	}
}
