package audit

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// Step is what one part of a check of a site's seals found.
type Step struct {
	Report      // of this part alone; Intact says that nothing in it is wrong
	At     Mark // the last seal that is as it was set: where the next part begins
	Done   bool // there is no next part
}

// VerifySome is [Trail.Verify] in parts, for who cannot wait: it goes on after the seal from, which is zero for the first
// part, and ends with the seal that makes it at least most entries. What from says is believed no further than the seal
// after it bears it out.
func (t *Trail) VerifySome(ctx context.Context, site int64, from, noted Mark, most int64) (Step, error) {
	head, err := t.Changes.Head(ctx, site)
	if err != nil {
		return Step{}, err
	}
	if from.Seq < 0 || (from.Seq == 0) != (from.Hash == "") || noted.Seq < 0 || (noted.Seq == 0) != (noted.Hash == "") {
		return Step{}, failure.Invalid.Errorf("A seal is named by the entry that it ends with, from 1 on, and its hash.")
	}
	c := &check{Trail: t, site: site, head: head, noted: noted, seq: from.Seq, hash: from.Hash, erasures: map[change.Blank]change.Erasure{}}
	c.report.Head, c.report.Pruned = Mark{head.Seq, head.Hash}, head.Pruned
	until := min(head.Seq, from.Seq+most)
	found, err := c.walk(ctx, until)
	if err != nil {
		return Step{}, err
	}
	done := c.broken() || c.seq < until || c.seq >= head.Seq
	passed := noted.Seq > from.Seq && noted.Seq <= c.seq
	switch {
	case c.broken():
	case done:
		c.arrive(found || noted.Seq <= from.Seq)
	case passed && !found:
		c.lacksNoted()
		done = true
	}
	if done && !c.broken() {
		err = c.beyond(ctx)
	}
	c.report.Intact = !c.broken()
	if err == nil && done {
		c.report.Unsealed, err = t.Changes.CountUnsealed(ctx, site)
	}
	return Step{c.report, Mark{c.seq, c.hash}, done}, err
}
