package web_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/web"
)

// tally is a counter that counts what it is told.
type tally struct {
	quick, slow, refused, failed, limited uint64
}

func (n *tally) Measures() []api.Measure {
	m := api.Measure{Operation: "getUser", Classes: [5]uint64{1: n.quick + n.slow, 3: n.refused + n.limited, 4: n.failed}, Within: make([]uint64, len(api.LatencyBounds))}
	for _, c := range m.Classes {
		m.Count += c
	}
	for i, bound := range api.LatencyBounds {
		if bound >= time.Millisecond {
			m.Within[i] = m.Count - n.slow
		}
		if bound >= time.Second {
			m.Within[i] = m.Count
		}
	}
	return []api.Measure{m, {Operation: "other", Within: make([]uint64, len(api.LatencyBounds))}}
}

func (n *tally) Refusals() map[explain.Check]uint64 {
	return map[explain.Check]uint64{explain.RateLimit: n.limited, explain.Scope: n.refused}
}

func TestTrafficIsShownByMinutes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		n := &tally{quick: 1000, failed: 5}
		at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		traffic := web.NewTraffic(n, func() time.Time { return at })
		b := newBed(t, d, func(s *web.Server) { s.Traffic = traffic })
		b.kept("/traffic")
		boss := b.boss()
		if got := boss.get("/traffic"); got.status != http.StatusOK || !got.has("<dt>Requests</dt><dd>0</dd>", "Nobody called") {
			t.Errorf("before anything: %d %s", got.status, got.body)
		}
		for range 90 {
			at = at.Add(time.Minute)
			n.quick, n.slow, n.refused, n.limited, n.failed = n.quick+90, n.slow+10, n.refused+3, n.limited+2, n.failed+1
			traffic.Sample()
		}
		n.quick += 7
		hour := boss.get("/traffic")
		if !hour.has("<dt>Requests</dt><dd>6367</dd>", "<dt>Server errors</dt><dd>60</dd>", "<dt>Rate-limited</dt><dd>120</dd>", "rate limit", "docs/getUser", "2030-01-01 01:30") || strings.Count(hour.body, "<tr data-at") != 61 {
			t.Errorf("an hour: %d rows %s", strings.Count(hour.body, "<tr data-at"), hour.body)
		}
		if !hour.has("figures of the whole server", "all its sites") {
			t.Errorf("what is counted: %s", hour.body)
		}
		if got := boss.get("/traffic?hours=24"); !got.has("<dt>Requests</dt><dd>9547</dd>") || strings.Count(got.body, "<tr data-at") != 7 {
			t.Errorf("a day: %s", got.body)
		}
		if got := boss.get("/traffic?hours=2"); got.status != http.StatusBadRequest {
			t.Errorf("an odd time: %d", got.status)
		}
		for range 3000 {
			at = at.Add(time.Minute)
			traffic.Sample()
		}
		if got := boss.get("/traffic?hours=24"); !got.has("<dt>Requests</dt><dd>0</dd>", "Nobody called") || strings.Count(got.body, "<tr data-at") != 97 {
			t.Errorf("two days later: %d rows", strings.Count(got.body, "<tr data-at"))
		}
	})
}

func TestPagesAreCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		meter := api.NewMeter()
		traffic := web.NewTraffic(meter, time.Now)
		b := newBed(t, d, func(s *web.Server) { s.Meter, s.Traffic = meter, traffic })
		boss := b.boss()
		boss.get("/people")
		b.browser().get("/people")
		boss.get("/people/nobody")
		counted := func() (n uint64) {
			for _, m := range meter.Measures() {
				n += m.Count
			}
			return n
		}
		for counted() < 3 { // a page is counted once it has been answered
			boss.get("/_roster/assets/none.css") // is no page
		}
		if all := meter.Measures(); len(all) != 1 || all[0].Operation != "pages" || all[0].Classes != [5]uint64{1: 1, 2: 1, 3: 1} {
			t.Errorf("%+v", all)
		}
		if got := boss.get("/traffic"); !got.has("<dt>Requests</dt><dd>3</dd>", "pages, such as this one") {
			t.Errorf("%s", got.body)
		}
	})
}

func TestTrafficIsSampledUntilItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &tally{}
		traffic := web.NewTraffic(n, time.Now)
		every := time.NewTicker(time.Minute)
		defer every.Stop()
		go traffic.Run(t.Context(), every.C)
		time.Sleep(5*time.Minute + time.Second)
		synctest.Wait()
		if got := len(traffic.Seen(60).Minutes); got != 6 {
			t.Errorf("%d minutes are remembered", got)
		}
	})
}
