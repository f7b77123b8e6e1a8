package ratelimit

import "sync/atomic"

// turns counts a token's refusals, to refuse it in another way each time.
type turns struct{ count atomic.Uint64 }

// next is how the next verdict is told: nothing where a call is allowed; of refusals the first without a word, the
// second with a date, the third as if the server were busy, and so on.
func (t *turns) next(allowed bool) manner {
	if allowed {
		return silently
	}
	return [...]manner{silently, byDate, asBusy}[(t.count.Add(1)-1)%3]
}
