package directory

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// FailedInvitation is an address that a call invited whose mails could not be made, however often it was tried.
type FailedInvitation struct {
	RequestID     string // of the call, which all its addresses share
	Email         string // as given
	InvitedBy     string // account ID; empty for the operator
	Administrator bool   // a site administrator called
	Attempts      int
	Reason        string
	AskedAt       time.Time
	FailedAt      time.Time // when the call was given up
}

// postpone has a call that fails wait for its next try, or gives it up. Where another process has noted the same try,
// it does nothing.
func (i *Invitations) postpone(ctx context.Context, r request, cause error) error {
	log, tries := i.Directory.Changes, r.attempts+1
	if tries < i.Retry.Tries {
		return log.DB.Aside(ctx, `UPDATE invitation_requests SET attempts = $1, due_at = $2 WHERE site_id = $3 AND request_id = $4 AND attempts = $5`,
			tries, log.Now().Add(i.Retry.Pause(tries, 0.5)).UnixMicro(), r.site, r.id, r.attempts)
	}
	kind, reason := failure.Of(cause)
	if kind == failure.Internal {
		reason = "The server failed; its log says why."
	}
	return log.Write(ctx, r.site, r.by, func(tx *change.Tx) error {
		n, err := tx.ExecContext(ctx, `UPDATE invitation_requests SET attempts = $1, due_at = NULL, failed_at = $2, reason = $3
			WHERE site_id = $4 AND request_id = $5 AND attempts = $6 AND due_at IS NOT NULL`, tries, tx.Now.UnixMicro(), reason, r.site, r.id, r.attempts)
		if n > 0 {
			tx.Record(change.Record{Operation: "invitation.fail", Target: requestTarget(r.id), Fields: change.Fields{
				"Attempts": {nil, tries}, "Reason": {nil, reason},
			}})
		}
		return err
	})
}

// EachFailedInvitation calls do with every address of a site whose call was given up, in the order of the calls. An
// error of do ends the listing and is returned.
func (d *Directory) EachFailedInvitation(ctx context.Context, site int64, do func(FailedInvitation) error) error {
	for after := ""; ; {
		var addresses []string
		page, err := db.All(ctx, d.db(), func(rows *sql.Rows) (f FailedInvitation, err error) {
			var list string
			var asked, failed int64
			err = rows.Scan(&f.RequestID, &list, &f.InvitedBy, &f.Administrator, &f.Attempts, &f.Reason, &asked, &failed)
			f.AskedAt, f.FailedAt = orZero(asked), orZero(failed)
			addresses = append(addresses, list)
			return f, err
		}, `SELECT request_id, addresses, actor, administrator, attempts, reason, asked_at, failed_at FROM invitation_requests
			WHERE site_id = $1 AND request_id > $2 AND failed_at > 0 ORDER BY request_id LIMIT $3`, site, after, listingPage)
		if err != nil {
			return err
		}
		for n, f := range page {
			for f.Email = range strings.FieldsSeq(addresses[n]) {
				if err := do(f); err != nil {
					return err
				}
			}
		}
		if len(page) < listingPage {
			return nil
		}
		after = page[len(page)-1].RequestID
	}
}

// prunedRequests bounds how many calls one transaction deletes.
const prunedRequests = 500

// PruneFailedInvitations deletes what is known of the calls of a site that were given up before the given time, and
// returns how many those were. Each step is recorded as the change that it is.
func (d *Directory) PruneFailedInvitations(ctx context.Context, site int64, before time.Time) (deleted int64, err error) {
	_, found, err := db.One(ctx, d.db(), db.Scalar[int], `SELECT 1 FROM invitation_requests WHERE site_id = $1 AND failed_at > 0 AND failed_at < $2 LIMIT 1`,
		site, before.UnixMicro())
	for err == nil && found {
		var n int64
		err = d.Changes.Write(ctx, site, change.Actor{Via: change.Upkeep}, func(tx *change.Tx) (err error) {
			n, err = tx.ExecContext(ctx, `DELETE FROM invitation_requests WHERE site_id = $1 AND request_id IN (
				SELECT request_id FROM invitation_requests WHERE site_id = $1 AND failed_at > 0 AND failed_at < $2 ORDER BY request_id LIMIT $3)`,
				site, before.UnixMicro(), prunedRequests)
			if n > 0 {
				tx.Record(change.Record{Operation: "invitation.prune", Target: "site", Fields: change.Fields{"Requests": {nil, n}}})
			}
			return err
		})
		if err == nil {
			deleted += n
		}
		found = n == prunedRequests
	}
	return deleted, err
}
