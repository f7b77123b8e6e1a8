package confluence

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// repeat carries out op until it succeeds, fails for good, or has used up its tries or its time to wait.
func (c *Client) repeat(ctx context.Context, op call) error {
	body, err := encode(op.in)
	if err != nil {
		return err
	}
	var waited time.Duration
	for try := 1; ; try++ {
		err := c.once(ctx, op, body)
		failed, ok := errors.AsType[*Error](err)
		if !ok {
			return err
		}
		wait, again := pause(op, failed, try)
		if !again || try >= c.tries || wait > c.maxWait-waited {
			return err
		}
		if stopped := c.sleep(ctx, wait); stopped != nil {
			return fmt.Errorf("%w while waiting to repeat: %w", stopped, failed)
		}
		waited += wait
	}
}

// pause tells whether op may be repeated after failed, and how long to wait first.
//
// Nothing was done for a 429, so any call may be repeated. A 503 may have come too late to tell,
// so only idempotent calls are, and only where the site says when to come back.
func pause(op call, failed *Error, try int) (time.Duration, bool) {
	switch failed.StatusCode {
	case http.StatusTooManyRequests:
		if failed.saysWhen {
			return failed.RetryAfter, true
		}
		return time.Second << min(try-1, 10), true
	case http.StatusServiceUnavailable:
		return failed.RetryAfter, failed.saysWhen && op.mayRepeat()
	}
	return 0, false
}

// mayRepeat reports whether carrying out the operation twice is the same as once.
func (op call) mayRepeat() bool {
	switch op.method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return op.idempotent
}

// retryAfter reads a Retry-After header, in seconds or as a date, and reports whether it could be read.
// A date in the past means now.
func retryAfter(header string, now time.Time) (time.Duration, bool) {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if when, err := http.ParseTime(header); err == nil {
		return max(0, when.Sub(now)), true
	}
	return 0, false
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// WithClock replaces the clock by which the client reads a date in Retry-After, and how it waits until it may repeat
// a call: for tests that are not to wait, and to tell people why nothing happens. A wait that fails ends the call. What
// is nil stays as it is.
func WithClock(now func() time.Time, wait func(context.Context, time.Duration) error) Option {
	return func(c *Client) {
		if now != nil {
			c.now = now
		}
		if wait != nil {
			c.sleep = wait
		}
	}
}
