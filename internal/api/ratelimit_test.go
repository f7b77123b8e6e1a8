package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/ratelimit"
	"github.com/rosterhq/roster/internal/site"
)

const currentPath = "/wiki/rest/api/user/current"

// clock stands still until somebody waits.
type clock struct {
	now   time.Time
	waits []time.Duration
}

// still makes the server, which nobody has called yet, take a clock's time, which begins half an hour before a full hour.
func (s *testSite) still() *clock {
	c := &clock{now: time.Now().Truncate(time.Hour).Add(30 * time.Minute)}
	s.handler.(*Server).Auth.Now = func() time.Time { return c.now }
	return c
}

func (c *clock) wait(_ context.Context, d time.Duration) error {
	c.waits = append(c.waits, d)
	c.now = c.now.Add(d)
	return nil
}

// patient returns an SDK client that waits by the clock, as long as it is told.
func (s *testSite) patient(role string, c *clock) *confluence.Client {
	return s.sdk(s.baseSite, confluence.WithHTTPClient(s.client), confluence.WithBearer(s.secrets[role]),
		confluence.WithRetries(2, time.Hour), confluence.WithClock(func() time.Time { return c.now }, c.wait))
}

// slow limits a site to few calls, in a mode.
func slow(mode ratelimit.Mode) func(*site.Site) {
	return func(s *site.Site) {
		with("rateLimit", string(mode))(s)
		with("rateLimitPerSecond", "2")(s)
		if mode == ratelimit.QuotaPoints {
			with("rateLimitPerSecond", "100")(s) // one limit at a time
		}
		with("rateLimitWritesPerSecond", "1")(s)
		with("quotaPointsPerHour", "7")(s)
	}
}

func TestACallTooManyIsRefusedInTheDialectOfItsPath(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f), slow(ratelimit.Burst))
			c := s.still()
			bulk := ask{method: "POST", path: "/wiki/api/v2/users-bulk", role: person, body: `{"accountIds":["` + accountID(person) + `"]}`}
			for _, a := range []ask{{path: currentPath, role: person}, bulk} {
				for i := range 2 {
					got := s.ask(a)
					if got.status != 200 || got.header.Get("X-RateLimit-Remaining") != []string{"1", "0"}[i] || got.header.Get("Retry-After") != "" {
						t.Errorf("%s %d: %d %v", a.path, i, got.status, got.header)
					}
				}
				got := s.ask(a)
				for name, want := range map[string]string{
					"X-RateLimit-Limit": "2", "X-RateLimit-Remaining": "0", "X-RateLimit-NearLimit": "true", "Retry-After": "1",
					"RateLimit-Reason": "confluence-burst-based", "X-RateLimit-Reset": c.now.Add(time.Second).UTC().Format(time.RFC3339),
				} {
					if got.header.Get(name) != want {
						t.Errorf("%s: %s is %q, not %q", a.path, name, got.header.Get(name), want)
					}
				}
				want := `{"statusCode":429,"data":{`
				if a.method == "POST" {
					want = `{"errors":[{"status":429,"code":"TOO_MANY_REQUESTS",`
				}
				if got.status != 429 || !strings.HasPrefix(got.body, want) {
					t.Errorf("%s: %d %s", a.path, got.status, got.body)
				}
			}
			if got := s.get(colleague, currentPath); got.status != 200 {
				t.Errorf("somebody else: %d", got.status)
			}
			c.now = c.now.Add(time.Second / 2)
			if got := s.get(person, currentPath); got.status != 200 {
				t.Errorf("later: %d", got.status)
			}
		}
	})
}

func TestASiteWithoutLimitsSaysNothingOfThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.still()
		for range 150 {
			got := s.get(person, currentPath)
			for name := range got.header {
				if got.status != 200 || strings.Contains(strings.ToLower(name), "ratelimit") || name == "Retry-After" {
					t.Fatalf("%d %s", got.status, name)
				}
			}
		}
	})
}

func TestWhoHasNoCredentialIsCountedByAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, slow(ratelimit.Burst), with("anonymousAccess", "true"))
		s.still()
		var got []int
		for range 4 {
			got = append(got, s.get("", currentPath).status)
		}
		if got[0] == 429 || got[1] == 429 || got[2] != 429 || got[3] != 429 {
			t.Errorf("%v", got)
		}
		if got := s.get(person, currentPath); got.status != 200 {
			t.Errorf("a person at the same address: %d", got.status)
		}
	})
}

// A refusal for another reason is a call as well, so that nobody may try scopes or IDs without end.
func TestARefusedCallCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, slow(ratelimit.Burst))
		s.still()
		var got []int
		for range 3 {
			got = append(got, s.get(unlicensed, currentPath).status)
		}
		if !slices.Equal(got, []int{403, 403, 429}) {
			t.Errorf("%v", got)
		}
	})
}

func TestOnlyAppsSpendPoints(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, slow(ratelimit.QuotaPoints))
		c := s.still()
		counting := s.oauthApp("counting", "read:confluence-user", "read:user:confluence")
		s.oauthApp("other", "read:confluence-user")
		for range 20 {
			if got := s.get(person, currentPath); got.status != 200 || got.header.Get("X-RateLimit-Limit") != "100" {
				t.Fatalf("a person: %d %v", got.status, got.header)
			}
		}
		for i, want := range []int{200, 200, 429, 429} {
			got := s.get("counting", currentPath)
			if got.status != want || got.header.Get("X-RateLimit-Remaining") != []string{"4", "1", "1", "1"}[i] {
				t.Errorf("read %d: %d %v", i, got.status, got.header)
			}
			if want == 429 && (got.header.Get("RateLimit-Reason") != "confluence-quota-global-based" || got.header.Get("Retry-After") != "1800") {
				t.Errorf("%v", got.header)
			}
		}
		bulk := ask{method: "POST", path: "/wiki/api/v2/users-bulk", role: "counting", body: `{"accountIds":["` + accountID(person) + `"]}`}
		for _, want := range []int{200, 429} {
			if got := s.ask(bulk); got.status != want {
				t.Errorf("a POST: %d", got.status)
			}
		}
		s.access("another", counting, "", "read:confluence-user")
		if got := s.get("another", currentPath); got.status != 429 {
			t.Errorf("another token of the app: %d", got.status)
		}
		if got := s.get("other", currentPath); got.status != 200 {
			t.Errorf("another app: %d", got.status)
		}
		s.access("for a person", counting, accountID(person), "read:confluence-user")
		if got := s.get("for a person", currentPath); got.status != 429 {
			t.Errorf("the app for a person: %d", got.status)
		}
		if got := s.get(app, currentPath); got.status != 200 {
			t.Errorf("an app's own API token: %d", got.status)
		}
		c.now = c.now.Add(30 * time.Minute)
		if got := s.get("counting", currentPath); got.status != 200 {
			t.Errorf("the next hour: %d", got.status)
		}
	})
}

// waits are how long the SDK waits between six reads of an app, of which two go on at once.
var waits = map[ratelimit.Mode][]time.Duration{
	ratelimit.Off:   nil,
	ratelimit.Burst: {time.Second, time.Second},
	// Three points a read and seven an hour: two reads, and the hour turns.
	ratelimit.QuotaPoints: {30 * time.Minute, time.Hour},
	ratelimit.DataCenter:  {time.Second, time.Second},
	// Without a word, by a date, as a 503.
	ratelimit.Rude: {time.Second, time.Second},
}

func TestTheSDKComesBackInTimeWhateverTheLimit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for mode, want := range waits {
			s := newSite(t, d, slow(mode))
			c := s.still()
			s.oauthApp("patient", "read:confluence-user")
			client := s.patient("patient", c)
			for range 6 {
				if _, err := client.Users.Current(t.Context()); err != nil {
					t.Errorf("%s: %v", mode, err)
				}
			}
			if !slices.Equal(c.waits, want) {
				t.Errorf("%s: waited %v, not %v", mode, c.waits, want)
			}
		}
	})
}

func TestTheSDKBearsEveryRudeness(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, slow(ratelimit.Rude), with("rateLimitPerSecond", "1"))
		c := s.still()
		c.now = c.now.Add(time.Second / 4)
		var statuses []int
		var after []string
		client := s.patient(person, c)
		once := s.as(person)
		if _, err := client.Users.Current(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			_, err := once.Users.Current(t.Context())
			failed, _ := errors.AsType[*confluence.Error](err)
			if failed == nil {
				t.Fatal("nothing is refused")
			}
			statuses = append(statuses, failed.StatusCode)
		}
		if !slices.Equal(statuses, []int{429, 429, 503}) {
			t.Errorf("%v", statuses)
		}
		for range 3 {
			got := s.get(person, currentPath)
			after = append(after, got.header.Get("Retry-After"))
			for name := range got.header {
				if strings.Contains(name, "atelimit") {
					t.Errorf("%s: %s", name, got.header.Get(name))
				}
			}
		}
		if want := []string{"", c.now.Add(2 * time.Second).Truncate(time.Second).UTC().Format(http.TimeFormat), "1"}; !slices.Equal(after, want) {
			t.Errorf("Retry-After says %q, not %q", after, want)
		}
		for range 3 {
			if _, err := client.Users.Current(t.Context()); err != nil {
				t.Error(err)
			}
		}
		// From a quarter past the second: a wait of its own, up to the date's full second, as long as it is told.
		if want := []time.Duration{time.Second, 7 * time.Second / 4, time.Second}; !slices.Equal(c.waits, want) {
			t.Errorf("waited %v, not %v", c.waits, want)
		}
	})
}

// A 503 may have come after the write was done, so the SDK leaves it to its caller.
func TestTheSDKRepeatsNoWriteThatLooksUnavailable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, slow(ratelimit.Rude), with("rateLimitPerSecond", "1"))
		c := s.still()
		client, path := s.patient(admin, c), "/wiki/rest/api/group"
		for range 3 {
			s.get(admin, currentPath)
		}
		body := map[string]string{"name": "a"}
		if err := client.Do(t.Context(), "POST", path, nil, body, nil); err != nil {
			t.Fatal(err)
		}
		err := client.Do(t.Context(), "POST", path, nil, map[string]string{"name": "b"}, nil)
		failed, _ := errors.AsType[*confluence.Error](err)
		if !errors.Is(err, confluence.ErrUnavailable) || failed.RetryAfter != time.Second || c.waits != nil {
			t.Errorf("%v after %v", err, c.waits)
		}
	})
}

func TestOnlyAStandInIsRude(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, mode := range []ratelimit.Mode{ratelimit.DataCenter, ratelimit.Rude} {
			s := newSite(t, d, slow(mode))
			now := time.Now()
			handler := (&Server{
				Sites: &site.Resolver{Sites: s.sites}, Directory: s.dir, Content: s.spaces, PublicURL: "http://127.0.0.1:8080",
				Auth: &auth.Authenticator{Directory: s.dir, Now: func() time.Time { return now }}, Log: slog.New(slog.DiscardHandler),
			}).Handler()
			for i := range 4 {
				r := httptest.NewRequest("GET", "/ex/confluence/"+s.CloudID+currentPath, nil)
				r.Header.Set("Authorization", "Bearer "+s.secrets[person])
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				reason, interval := w.Header().Get("RateLimit-Reason"), w.Header().Get("X-RateLimit-Interval-Seconds")
				if refused := i >= 2; refused != (w.Code == 429) || refused != (reason == "confluence-burst-based") || interval != "" {
					t.Errorf("%s, call %d: %d %v", mode, i, w.Code, w.Header())
				}
			}
		}
	})
}

func TestEveryModeThatASiteMayChooseIsKnown(t *testing.T) {
	t.Parallel()
	for _, row := range site.SettingsTable {
		if row.Name != "rateLimit" {
			continue
		}
		for mode := range strings.SplitSeq(row.Values, "|") {
			if _, known := waits[ratelimit.Mode(mode)]; !known {
				t.Errorf("the limiter does not know %s", mode)
			}
		}
	}
}

func TestAReadCostsByWhatItReadsAndAWriteOnePoint(t *testing.T) {
	t.Parallel()
	want := map[string]int{
		"getCurrentUser": 3, "getGroups": 3, "searchUser": 3, "getContentWatchStatus": 3, "getUserProperty": 3,
		"getContentById": 2, "createGroup": 1, "addContentWatcher": 1, "createBulkUserLookup": 1, "updateUserProperty": 1,
	}
	for _, op := range operations {
		if points, listed := want[op.id]; listed {
			delete(want, op.id)
			if op.points() != points {
				t.Errorf("%s: %d points, not %d", op.route, op.points(), points)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("no operation is called %v", want)
	}
}
