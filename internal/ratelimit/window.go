package ratelimit

import (
	"sync/atomic"
	"time"
)

// window counts what is spent from one full hour, or second, to the next. It is one word: which of them it is since
// the epoch, and what was spent in it, 32 bits each. Its zero value is unspent.
type window struct{ word atomic.Uint64 }

// spend spends some of what there is in a window of a length, if there is enough.
func (w *window) spend(cost, size int, length time.Duration, now time.Time) Verdict {
	at := now.UnixNano()
	for {
		word := w.word.Load()
		current, spent := at/int64(length), int64(0)
		// Of two calls at the turn of the hour the later may have been counted first.
		if counted := int64(word >> 32); counted == current || counted == current+1 {
			current, spent = counted, int64(uint32(word))
		}
		v := Verdict{limit: size, left: int(max(0, int64(size)-spent)), over: length, resets: time.Duration((current+1)*int64(length) - at), now: now}
		if cost > v.left {
			v.Wait = v.resets
			return v
		}
		if w.word.CompareAndSwap(word, uint64(current)<<32|uint64(spent+int64(cost))) {
			v.Allowed, v.left = true, v.left-cost
			return v
		}
	}
}
