package api

import (
	"math"
	"strconv"
	"time"

	"github.com/rosterhq/roster/internal/failure"
)

// tooMany is a call that came too soon.
type tooMany struct {
	error
	wait time.Duration
}

func (t *tooMany) Unwrap() error { return t.error }

// seconds is how long to wait, as Retry-After says it.
func (t *tooMany) seconds() string { return strconv.Itoa(max(1, int(math.Ceil(t.wait.Seconds())))) }

// limit refuses a call of an operation that tells, or mails, strangers, where the account has made too many.
func (s *Server) limit(c *call) error {
	if !c.op.needs.has(limited) {
		return nil
	}
	most := c.site.Settings.AccessCallsPerMinute
	if wait := s.limiter.Access(c.site.ID, c.caller.Standing.AccountID, most, s.Auth.Now()); wait > 0 {
		return &tooMany{failure.TooMany.Errorf("An account may call the access operations of this site %d times a minute.", most), wait}
	}
	return nil
}
