package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
)

const trafficPath = "/traffic"

// trafficSteps are how many minutes a point of the charts stands for, by the hours that are shown.
var trafficSteps = []struct{ Hours, Step int }{{1, 1}, {6, 5}, {24, 15}}

// trafficPage shows how many requests there were, how long they took and how they ended.
type trafficPage struct {
	Frame
	Counted    bool
	Hours      int
	Choices    []int
	Step       int // minutes of a point
	Points     []point
	Requests   uint64 // of all points together, as the others
	P50, P99   latency
	Failed     uint64 // 5xx
	Limited    uint64
	Refusals   []refusalsSeen
	Operations []operationRow
	Since      time.Time // of Operations
}

// point is some minutes together.
type point struct {
	At                       time.Time // its end
	PerMinute                float64
	P50, P99                 latency
	Refused, Failed, Limited uint64 // 4xx, 5xx, and those of 4xx that came too often
	Any                      bool   // there were requests, so that they took some time
}

// Unix is the end of the point as charts take it.
func (p point) Unix() int64 { return p.At.Unix() }

// latency is how long a request took.
type latency time.Duration

// Millis is the latency in milliseconds.
func (l latency) Millis() string {
	digits := 1
	if time.Duration(l) < 10*time.Millisecond {
		digits = 2
	}
	return strconv.FormatFloat(float64(l)/float64(time.Millisecond), 'f', digits, 64)
}

// refusalsSeen is how often a check refused.
type refusalsSeen struct {
	Check explain.Check
	Count uint64
}

// operationRow is an operation in the table.
type operationRow struct {
	ID                     string
	Count, Refused, Failed uint64
	P50, P99               latency
}

func pointOf(m minute, minutes float64) point {
	return point{
		At: m.at, PerMinute: float64(m.count()) / minutes, P50: latency(m.quantile(0.5)), P99: latency(m.quantile(0.99)),
		Refused: m.classes[3], Failed: m.classes[4], Limited: m.refused[rateLimits], Any: m.count() > 0,
	}
}

// rateLimits is the place of what came too often among the checks.
var rateLimits = slices.Index(explain.Checks, explain.RateLimit)

func (v *visit) traffic() error {
	page := trafficPage{Frame: v.frame(), Hours: 1, Step: 1}
	asked := v.r.URL.Query().Get("hours")
	known := asked == ""
	for _, c := range trafficSteps {
		page.Choices = append(page.Choices, c.Hours)
		if strconv.Itoa(c.Hours) == asked {
			page.Hours, page.Step, known = c.Hours, c.Step, true
		}
	}
	if !known {
		return failure.Invalid.Errorf("hours takes 1, 6 or 24, not %.20q.", asked)
	}
	if v.Traffic == nil {
		return v.show(http.StatusOK, "traffic", page)
	}
	page.Counted = true
	page.fill(v.Traffic.Seen(page.Hours * 60))
	return v.show(http.StatusOK, "traffic", page)
}

func (page *trafficPage) fill(seen Seen) {
	var all minute
	for some := range slices.Chunk(seen.Minutes, page.Step) {
		var m minute
		for _, one := range some {
			m.add(one)
		}
		all.add(m)
		page.Points = append(page.Points, pointOf(m, float64(len(some))))
	}
	for _, p := range page.Points {
		page.Limited += p.Limited
	}
	page.Requests, page.Failed, page.P50, page.P99 = all.count(), all.classes[4], latency(all.quantile(0.5)), latency(all.quantile(0.99))
	for i, n := range all.refused {
		if n > 0 {
			page.Refusals = append(page.Refusals, refusalsSeen{explain.Checks[i], n})
		}
	}
	slices.SortStableFunc(page.Refusals, func(a, b refusalsSeen) int { return int(int64(b.Count) - int64(a.Count)) })
	page.Since = seen.Since
	for _, o := range seen.Operations {
		page.Operations = append(page.Operations, operationRow{
			o.ID, o.count(), o.classes[3], o.classes[4], latency(o.quantile(0.5)), latency(o.quantile(0.99)),
		})
	}
}
