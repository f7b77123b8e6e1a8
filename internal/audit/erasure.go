package audit

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
)

// erasuresKept bounds how many erasures a check has in memory.
const erasuresKept = 256

// blanks counts an entry of which something is gone, and reports whether all of that was erased by right: a record of
// the erasure says so. That record comes later in the chain, so the check comes to it as well, and finds out if it was
// altered or put in.
func (c *check) blanks(ctx context.Context, e change.Entry) (lawful bool, err error) {
	waits := false
	for _, gone := range e.Blanks() {
		erasure, found, err := c.erasure(ctx, gone, e.Seq)
		if err != nil || !found {
			return false, err
		}
		waits = waits || erasure.Seq == 0 || erasure.Seq > c.head.Seq
	}
	if e.ErasedIP || e.ErasedDetail {
		c.report.Erased++
	}
	if waits {
		c.report.Erasing++
	}
	return true, nil
}

// erasure returns a recorded erasure that covers what is gone from an entry, or false.
func (c *check) erasure(ctx context.Context, gone change.Blank, seq int64) (change.Erasure, bool, error) {
	if known := c.erasures[gone]; known.Covers(seq) {
		return known, true, nil
	}
	found, covered, err := c.Changes.Erasure(ctx, c.site, gone, seq)
	if err != nil || !covered {
		return found, false, err
	}
	if len(c.erasures) == erasuresKept {
		clear(c.erasures)
	}
	c.erasures[gone] = found
	return found, true, nil
}
