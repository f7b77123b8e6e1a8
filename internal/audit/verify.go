package audit

import (
	"context"
	"fmt"
	"math"

	"github.com/rosterhq/roster/internal/change"
)

// Report is what a check of a site's seals found.
type Report struct {
	Intact   bool   `json:"intact"`
	BrokenAt int64  `json:"brokenAt,omitempty"` // the first seq that is not as it was sealed
	Problem  string `json:"problem,omitempty"`
	Head     Mark   `json:"head"`     // the last seal
	Checked  int64  `json:"checked"`  // entries that are as they were sealed
	Erased   int64  `json:"erased"`   // of these, entries of which something personal is erased
	Erasing  int64  `json:"erasing"`  // of those, entries whose erasure is recorded, but the record not sealed yet
	Pruned   int64  `json:"pruned"`   // entries that retention has deleted: 1 to this one
	Seals    int64  `json:"seals"`    // seals that are as they were set
	Unsealed int64  `json:"unsealed"` // entries that no sealer has come to yet: nothing can be said of them
}

// Mark is a seal to note somewhere else: who can write to the database can make a chain anew, but none with a
// seal that was noted before.
type Mark struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// Verify works out all seals of a site again. It stops at the first thing that is wrong, which is no error. Where
// noted is not zero, that seal must be among them. Sealing may go on meanwhile: what comes later is not looked at.
func (t *Trail) Verify(ctx context.Context, site int64, noted Mark) (Report, error) {
	head, err := t.Changes.Head(ctx, site)
	if err != nil {
		return Report{}, err
	}
	c := &check{Trail: t, site: site, head: head, noted: noted, erasures: map[change.Blank]change.Erasure{}}
	c.report.Head, c.report.Pruned = Mark{head.Seq, head.Hash}, head.Pruned
	if err := c.chain(ctx); err != nil {
		return Report{}, err
	}
	if !c.broken() {
		err = c.beyond(ctx)
	}
	c.report.Intact = !c.broken()
	if err == nil {
		c.report.Unsealed, err = t.Changes.CountUnsealed(ctx, site)
	}
	return c.report, err
}

// check is how far a check has come.
type check struct {
	*Trail
	site    int64
	head    change.Head
	noted   Mark
	report  Report
	hash    string         // of the last good seal
	seq     int64          // its last
	entries []change.Entry // that were read already and follow on it
	// erasures holds, of some targets, the one that was found last.
	erasures map[change.Blank]change.Erasure
}

func (c *check) broken() bool { return c.report.Problem != "" }

func (c *check) breaks(seq int64, format string, args ...any) {
	c.report.BrokenAt, c.report.Problem = seq, fmt.Sprintf(format, args...)
}

// chain checks the seals up to the head, with the entries of each.
func (c *check) chain(ctx context.Context) error {
	found, err := c.walk(ctx, c.head.Seq)
	if err == nil {
		c.arrive(found || c.noted == Mark{})
	}
	return err
}

// walk checks the seals, with the entries of each, until one reaches a seq, and reports whether the noted one is among them.
func (c *check) walk(ctx context.Context, until int64) (found bool, err error) {
	for c.seq < until && !c.broken() {
		seals, err := c.Changes.Seals(ctx, c.site, c.seq, page)
		if err != nil {
			return false, err
		}
		if len(seals) == 0 {
			break
		}
		for _, s := range seals {
			if c.seq >= until || c.broken() {
				break
			}
			if err := c.seal(ctx, s); err != nil {
				return false, err
			}
			found = found || c.noted == Mark{s.Last, s.Hash}
		}
	}
	return found, nil
}

// arrive compares where the check came to with the head.
func (c *check) arrive(found bool) {
	switch {
	case c.broken():
	case c.seq < c.head.Seq:
		c.breaks(c.seq+1, "the seals of entries %d to %d are missing", c.seq+1, c.head.Seq)
	case c.seq > c.head.Seq:
		c.breaks(c.head.Seq+1, "there are seals behind the last one")
	case c.hash != c.head.Hash:
		c.breaks(max(c.seq, 1), "the last seal is not the one that was set")
	case !found:
		c.lacksNoted()
	}
}

func (c *check) lacksNoted() {
	c.breaks(c.noted.Seq, "there is no seal at entry %d with the hash that was noted", c.noted.Seq)
}

// seal checks one seal and its entries, and goes on to it.
func (c *check) seal(ctx context.Context, s change.Seal) error {
	if s.First != c.seq+1 || s.Last < s.First {
		c.breaks(c.seq+1, "the seal of entry %d is missing", c.seq+1)
		return nil
	}
	if err := s.Check(c.site, c.hash); err != nil {
		c.breaks(s.First, "entries %d to %d: %v", s.First, s.Last, err)
		return nil
	}
	if s.Last > c.head.Pruned {
		if err := c.under(ctx, s); err != nil || c.broken() {
			return err
		}
	}
	c.hash, c.seq = s.Hash, s.Last
	c.report.Seals++
	return nil
}

// under checks the entries of one seal.
func (c *check) under(ctx context.Context, s change.Seal) error {
	hash := c.hash
	for seq := s.First; seq <= s.Last; seq++ {
		e, found, err := c.next(ctx, seq)
		if err != nil {
			return err
		}
		if !found {
			gone, err := c.prunedMeanwhile(ctx, s)
			if err == nil && !gone {
				c.breaks(seq, "entry %d is missing", seq)
			}
			return err
		}
		if hash, err = e.Check(hash); err != nil {
			c.breaks(seq, "entry %d: %v", seq, err)
			return nil
		}
		lawful, err := c.blanks(ctx, e)
		if err != nil {
			return err
		}
		if !lawful {
			gone, err := c.prunedMeanwhile(ctx, s) // and with it, it may be, what records the erasure
			if err == nil && !gone {
				c.breaks(seq, "entry %d: something is gone that no recorded erasure took", seq)
			}
			return err
		}
		c.report.Checked++
	}
	if !s.Closes(hash) {
		c.breaks(s.First, "entries %d to %d are not those that were sealed", s.First, s.Last)
	}
	return nil
}

// next returns the entry of this seq, or false where the next that stands is another one.
func (c *check) next(ctx context.Context, seq int64) (change.Entry, bool, error) {
	if len(c.entries) == 0 {
		var err error
		if c.entries, err = c.Changes.After(ctx, c.site, seq-1, change.Filter{}, page); err != nil {
			return change.Entry{}, false, err
		}
	}
	if len(c.entries) == 0 || c.entries[0].Seq != seq {
		return change.Entry{}, false, nil
	}
	e := c.entries[0]
	c.entries = c.entries[1:]
	return e, true, nil
}

// prunedMeanwhile reports whether retention has deleted the entries of a seal since the check began.
func (c *check) prunedMeanwhile(ctx context.Context, s change.Seal) (bool, error) {
	now, err := c.Changes.Head(ctx, c.site)
	if err != nil || now.Pruned < s.Last {
		return false, err
	}
	c.head.Pruned, c.report.Pruned = now.Pruned, now.Pruned
	c.entries = nil
	return true, nil
}

// beyond looks for what stands where nothing should: entries before the first, those that retention has deleted, and
// entries and seals after the head.
func (c *check) beyond(ctx context.Context) error {
	first, err := c.Changes.After(ctx, c.site, math.MinInt64, change.Filter{}, 1)
	if err != nil {
		return err
	}
	if len(first) > 0 && first[0].Seq < 1 {
		c.breaks(1, "an entry stands before the first")
		return nil
	}
	if len(first) > 0 && first[0].Seq <= c.head.Pruned {
		c.breaks(first[0].Seq, "entry %d stands, though retention deleted up to %d", first[0].Seq, c.head.Pruned)
		return nil
	}
	entries, err := c.Changes.After(ctx, c.site, c.head.Seq, change.Filter{}, 1)
	if err != nil {
		return err
	}
	seals, err := c.Changes.Seals(ctx, c.site, c.head.Seq, 1)
	if err != nil {
		return err
	}
	now, err := c.Changes.Head(ctx, c.site) // read last: it moves together with both
	switch {
	case err != nil:
		return err
	case len(entries) > 0 && entries[0].Seq > now.Seq:
		c.breaks(entries[0].Seq, "entry %d stands behind the last seal", entries[0].Seq)
	case len(seals) > 0 && seals[0].Last > now.Seq:
		c.breaks(seals[0].First, "there is a seal behind the last one")
	}
	return nil
}
