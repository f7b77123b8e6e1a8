package workflow

import (
	"context"
	"maps"
	"sync"
)

// held are the runs that this process has, each with what ends it.
type held struct {
	mu   sync.Mutex
	runs map[*claim]context.CancelCauseFunc
}

// add notes a run. The context that it returns ends where the claim is lost; release forgets the run.
func (h *held) add(ctx context.Context, c *claim) (context.Context, func()) {
	ctx, lose := context.WithCancelCause(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.runs == nil {
		h.runs = map[*claim]context.CancelCauseFunc{}
	}
	h.runs[c] = lose
	return ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.runs, c)
		lose(nil)
	}
}

// all returns the runs that are held now.
func (h *held) all() map[*claim]context.CancelCauseFunc {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.runs)
}

// lose ends a run that is held here, if it is.
func (h *held) lose(site int64, id string) {
	for c, lose := range h.all() {
		if c.site == site && c.id == id {
			lose(errLost)
		}
	}
}
