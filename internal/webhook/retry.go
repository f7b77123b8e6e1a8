package webhook

import "time"

// Retry is how often a delivery is tried, and when.
type Retry struct {
	First    time.Duration // the pause after the first try; each pause is four times the one before
	Most     time.Duration // no pause is longer
	Tries    int           // then it is dead
	Patience time.Duration // a try that fails so long after the delivery was queued is the last
}

// DefaultRetry tries ten times within about a day. Deliveries that waited for others have three days in all, so that an
// account's many events do not keep each other waiting for a day each.
var DefaultRetry = Retry{First: 10 * time.Second, Most: 6 * time.Hour, Tries: 10, Patience: 72 * time.Hour}

// Pause is how long to wait after the given number of tries: between three quarters and five quarters of the growing
// pauses, by chance in [0, 1), so that deliveries that failed together do not return together.
func (r Retry) Pause(tries int, chance float64) time.Duration {
	pause := r.First
	for i := 1; i < tries && pause < r.Most; i++ {
		pause *= 4
	}
	return time.Duration(float64(min(pause, r.Most)) * (0.75 + chance/2))
}
