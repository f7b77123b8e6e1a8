package ratelimit

import (
	"sync/atomic"
	"time"
)

// bucket holds some calls and fills again over a time, evenly. It is one word: when it will be full, in nanoseconds
// of the epoch. Its zero value is full.
type bucket struct{ full atomic.Int64 }

// take takes a call out of a bucket of a size, if there is one.
func (b *bucket) take(size int, over time.Duration, now time.Time) Verdict {
	at, each := now.UnixNano(), max(1, int64(over)/int64(size))
	empty := at + each*int64(size) // when a bucket that is empty now will be full
	for {
		was := b.full.Load()
		// A clock that was put back, or a bucket that was larger, must not keep anybody waiting for longer than this one does.
		full := min(max(was, at), empty)
		next := full + each
		if next > empty {
			return Verdict{Wait: time.Duration(next - empty), limit: size, over: over, resets: time.Duration(full - at), now: now}
		}
		if b.full.CompareAndSwap(was, next) {
			return Verdict{
				Allowed: true, limit: size, left: int((empty - next) / each), over: over, resets: time.Duration(next - at), now: now,
			}
		}
	}
}
