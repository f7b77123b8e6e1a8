package directory

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// mostRequests bounds how many noted calls are read at a time.
const mostRequests = 100

// request is a call that was noted.
type request struct {
	site          int64
	id            string
	addresses     []string
	administrator bool
	terms         Terms
	by            change.Actor
	attempts      int // that failed
}

// Run works noted calls off until ctx ends: at once when this process was asked, else at each tick.
func (i *Invitations) Run(ctx context.Context, ticks <-chan time.Time, log *slog.Logger) {
	for {
		if err := i.Work(ctx); err != nil && ctx.Err() == nil {
			log.Error("invitations cannot be sent now", "err", err)
		}
		select {
		case <-i.asked:
		case <-ticks:
		case <-ctx.Done():
			return
		}
	}
}

// Work makes invitations of what was noted and is due, each call in one transaction with its mails, and takes what
// is noted away: any number of processes may do so at the same time. A call that fails holds none of those behind it
// up: it waits for longer after each try, and is given up after the last. The error tells the first failure and how
// many there were.
func (i *Invitations) Work(ctx context.Context) error {
	var first error
	failed := 0
	for {
		list, err := i.due(ctx)
		if err != nil {
			return fmt.Errorf("look for invitations to send: %w", err)
		}
		for _, r := range list {
			err := i.work(ctx, r)
			if err == nil {
				continue
			}
			failed++
			first = cmp.Or(first, fmt.Errorf("invite by request %s: %w", r.id, err))
			if ctx.Err() != nil || db.IsUnavailable(err) {
				return first // which is not the call's fault
			}
			if err := i.postpone(ctx, r, err); err != nil {
				return fmt.Errorf("note that request %s fails: %w", r.id, err)
			}
		}
		if len(list) > 0 {
			i.Outbox.Nudge()
		}
		switch {
		case len(list) == mostRequests:
		case failed > 1:
			return fmt.Errorf("%d requests fail, the first: %w", failed, first)
		default:
			return first
		}
	}
}

// due returns calls of all sites that may be worked off now: those that were not tried yet first, in the order of
// their calls.
func (i *Invitations) due(ctx context.Context) ([]request, error) {
	return db.All(ctx, i.Directory.db(), func(rows *sql.Rows) (r request, err error) {
		var addresses string
		var life, coolDown int64
		err = rows.Scan(&r.site, &r.id, &addresses, &r.administrator, &r.terms.CloudID, &r.terms.SiteName, &r.terms.Base, &life, &coolDown,
			&r.by.AccountID, &r.by.TokenID, &r.by.RequestID, &r.by.IP, &r.by.Via, &r.attempts)
		r.addresses = strings.Fields(addresses)
		r.terms.Life, r.terms.CoolDown = time.Duration(life)*time.Microsecond, time.Duration(coolDown)*time.Microsecond
		return r, err
	}, `SELECT site_id, request_id, addresses, administrator, cloud_id, site_name, base, life, cool_down, actor, token_id, http_request, ip, via, attempts
		FROM invitation_requests WHERE due_at <= $1 ORDER BY due_at, request_id, site_id LIMIT $2`, i.Directory.Changes.Now().UnixMicro(), mostRequests)
}

func (i *Invitations) work(ctx context.Context, r request) error {
	return i.Directory.Changes.Write(ctx, r.site, r.by, func(tx *change.Tx) error {
		// Of the addresses some may have been withdrawn since the call was read.
		addresses, found, err := db.One(ctx, tx, db.Scalar[string], `DELETE FROM invitation_requests WHERE site_id = $1 AND request_id = $2 RETURNING addresses`,
			r.site, r.id)
		if err != nil || !found {
			return err
		}
		told := map[verdict]int{}
		for address := range strings.FieldsSeq(addresses) {
			v, err := i.invite(ctx, tx, r, address)
			if err != nil {
				return err
			}
			told[v]++
		}
		tx.Record(change.Record{Operation: "invitation.settle", Target: requestTarget(r.id), Fields: change.Fields{
			"Invited": {nil, told[invited]}, "WithAccess": {nil, told[hasAccess]}, "Withheld": {nil, told[withheld]}, "CoolingDown": {nil, told[coolingDown]},
		}})
		return nil
	})
}

// requestTarget names a call in records of changes, which hold no addresses of it.
func requestTarget(id string) string { return "invitation-request:" + id }
