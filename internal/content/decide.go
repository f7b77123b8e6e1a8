package content

import (
	"context"

	"github.com/rosterhq/roster/internal/failure"
)

// Question is what only the space of something can answer about a caller.
type Question struct {
	Administrator bool // the caller must administer the space, not being an administrator of Confluence
	App           bool // the caller is an app, which the space may have blocked
}

// Decide answers a question about something in a space, or a space itself: nil where the space says yes, else
// Forbidden. Who may not see it does not administer it; whether it is there at all is not said.
func (st *Store) Decide(ctx context.Context, site int64, v Viewer, w Watchable, ask Question) error {
	var space Seen
	var found bool
	var err error
	if w.Kind == WatchSpace {
		space, found, err = st.seeSpace(ctx, st.db(), site, v, w.Name)
	} else {
		space, _, found, err = st.seePage(ctx, st.db(), site, v, contentID(w.Name))
	}
	switch {
	case err != nil:
		return err
	case ask.Administrator && !(found && space.MayDo(administerSpace.Name, administerSpace.Target)):
		return failure.Forbidden.Errorf("Only an administrator of Confluence or of the space may name another user.")
	case ask.App && found && space.AppsBlocked:
		return failure.Forbidden.Errorf("Apps are blocked from this space.")
	}
	return nil
}
