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

// ErrAppsBlocked is what a space says to apps that its app access rule keeps out.
var ErrAppsBlocked = failure.Forbidden.Errorf("Apps are blocked from this space.")

var errNotAdministrator = failure.Forbidden.Errorf("Only an administrator of Confluence or of the space may name another user.")

// Decide answers a question about something in a space, or a space itself: nil where the space says yes, else
// Forbidden. Who may not see it does not administer it; whether it is there at all is not said.
func (st *Store) Decide(ctx context.Context, site int64, v Viewer, w Watchable, ask Question) error {
	var space Seen
	var why unseen
	var err error
	if w.Kind == WatchSpace {
		space, why, err = st.seeSpace(ctx, st.db(), site, v, w.Name)
	} else {
		space, _, why, err = st.seePage(ctx, st.db(), site, v, contentID(w.Name))
	}
	switch {
	case err != nil:
		return err
	case ask.Administrator && why != "":
		return failure.Because(errNotAdministrator, "The caller does not administer Confluence, nor a space that is not seen. %s", why)
	case ask.Administrator && !space.MayDo(administerSpace.Name, administerSpace.Target):
		return failure.Because(errNotAdministrator, "The caller may see the space, and administers neither it nor Confluence.")
	case ask.App && why == "" && space.AppsBlocked:
		return ErrAppsBlocked
	}
	return nil
}
