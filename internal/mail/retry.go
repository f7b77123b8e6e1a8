package mail

import "time"

// Retry is how often a message is tried, and when. It goes by the number of tries and not by the message's age,
// so that a clock that jumps, or a server that was off for a week, gives nothing up.
type Retry struct {
	First time.Duration // the pause after the first try; each pause is twice the one before
	Most  time.Duration // no pause is longer
	Tries int           // then it is refused
}

// DefaultRetry tries for about three days.
var DefaultRetry = Retry{First: 30 * time.Second, Most: time.Hour, Tries: 80}

// Pause is how long to wait after the given number of tries: between three quarters and five quarters of the
// doubled pauses, by chance in [0, 1), so that messages that failed together do not return together.
func (r Retry) Pause(tries int, chance float64) time.Duration {
	pause := r.First
	for i := 1; i < tries && pause < r.Most; i++ {
		pause *= 2
	}
	return time.Duration(float64(min(pause, r.Most)) * (0.75 + chance/2))
}
