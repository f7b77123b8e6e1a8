package ratelimit

import (
	"net/http"
	"strconv"
	"time"
)

// Verdict is whether a call may go on.
type Verdict struct {
	Allowed bool
	Wait    time.Duration // until a call is allowed again; 0 where this one is

	manner      manner
	limit, left int
	over        time.Duration // in which the limit may be spent
	resets      time.Duration // until all of it is there again
	now         time.Time
}

// manner is how a verdict is told.
type manner uint8

const (
	silently manner = iota
	ofBurst
	ofPoints
	inDataCenter
	byDate
	asBusy
)

func (v Verdict) as(m manner) Verdict {
	v.manner = m
	return v
}

// Busy reports whether a refusal is to look as if the server could not serve anybody now.
func (v Verdict) Busy() bool { return v.manner == asBusy }

// policies are Atlassian's names for its limits, and those of the limits as reasons.
var policies = map[manner]struct{ name, reason string }{
	ofBurst:  {"confluence-burst-based", "confluence-burst-based"},
	ofPoints: {"global-app-quota", "confluence-quota-global-based"},
}

// Tell sets the headers of the answer, whether the call was allowed or not.
func (v Verdict) Tell(h http.Header) {
	switch v.manner {
	case ofBurst, ofPoints:
		v.tellCloud(h)
	case inDataCenter:
		v.tellDataCenter(h)
	case byDate:
		// A date has no fractions, so it is the first full second that is not too early.
		h.Set("Retry-After", v.now.Add(v.Wait+time.Second-1).UTC().Format(http.TimeFormat))
	}
}

// tellCloud sets what a cloud site sends.
func (v Verdict) tellCloud(h http.Header) {
	policy := policies[v.manner]
	limit, left, resets := strconv.Itoa(v.limit), strconv.Itoa(v.left), seconds(v.resets)
	h.Set("X-RateLimit-Limit", limit)
	h.Set("X-RateLimit-Remaining", left)
	h.Set("Beta-RateLimit-Policy", `"`+policy.name+`";q=`+limit+`;w=`+seconds(v.over))
	h.Set("Beta-RateLimit", `"`+policy.name+`";r=`+left+`;t=`+resets)
	if v.left*5 < v.limit {
		h.Set("X-RateLimit-NearLimit", "true")
	}
	if !v.Allowed {
		h.Set("Retry-After", seconds(v.Wait))
		h.Set("X-RateLimit-Reset", v.now.Add(v.resets+time.Second-1).UTC().Format("2006-01-02T15:04:05Z"))
		h.Set("RateLimit-Reason", policy.reason)
	}
}

// tellDataCenter sets what Data Center sends, with every answer. Its bucket is filled once an interval.
func (v Verdict) tellDataCenter(h http.Header) {
	h.Set("X-RateLimit-Limit", strconv.Itoa(v.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(v.left))
	h.Set("X-RateLimit-Interval-Seconds", seconds(v.over))
	h.Set("X-RateLimit-FillRate", strconv.Itoa(v.limit))
	h.Set("Retry-After", seconds(v.Wait))
}

// seconds rounds up: who comes back then is not too early.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
