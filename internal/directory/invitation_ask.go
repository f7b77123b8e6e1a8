package directory

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Ask notes a call that invites addresses, in one transaction that costs the same whoever they belong to. What is
// no address that can be mailed is left out, and of those that mean the same the first is kept. administrator says
// that a site administrator calls. It is Unavailable on a site that has no place for new people.
func (i *Invitations) Ask(ctx context.Context, site int64, by change.Actor, t Terms, administrator bool, addresses []string) error {
	home, err := i.Directory.HomeGroup(ctx, site, false)
	if err != nil {
		return err
	}
	if home == "" {
		return errNoHome
	}
	valid := invitable(addresses)
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make a request ID: %w", err)
	}
	err = i.Directory.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "invitation.request", Target: "invitation-request:" + id.String(), Fields: change.Fields{
			"Addresses": {nil, len(addresses)}, "Valid": {nil, len(valid)},
		}})
		_, err := tx.ExecContext(ctx, `
			INSERT INTO invitation_requests (site_id, request_id, addresses, administrator, cloud_id, site_name, base, life, cool_down,
				actor, token_id, http_request, ip, via)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			site, id.String(), strings.Join(valid, "\n"), administrator, t.CloudID, t.SiteName, t.Base, t.Life.Microseconds(), t.CoolDown.Microseconds(),
			by.AccountID, by.TokenID, by.RequestID, by.IP, string(by.Via))
		return err
	})
	if err == nil {
		select {
		case i.asked <- struct{}{}:
		default:
		}
	}
	return err
}

var errNoHome = failure.Unavailable.Errorf("This site has no group that lets new people use it, so nobody can be invited.")

// invitable returns the addresses that can be mailed, in order; of those that mean the same the first.
func invitable(addresses []string) []string {
	var valid []string
	seen := map[string]bool{}
	for _, address := range addresses {
		key, err := EmailKey(address)
		if err != nil || seen[key] {
			continue
		}
		seen[key] = true
		valid = append(valid, address)
	}
	return valid
}

// mailbox is where a valid address is mailed: its local part as given, and the domain in its ASCII form, which
// every mail server takes.
func mailbox(address, key string) string {
	local, _, _ := strings.Cut(address, "@")
	_, domain, _ := strings.Cut(key, "@")
	return local + "@" + domain
}

// request is a call that was noted.
type request struct {
	site          int64
	id            string
	addresses     []string
	administrator bool
	terms         Terms
	by            change.Actor
}

// requests returns calls of all sites that were noted and not worked off, the oldest first, from the one after last.
func (d *Directory) requests(ctx context.Context, last request, most int) ([]request, error) {
	return db.All(ctx, d.db(), func(rows *sql.Rows) (r request, err error) {
		var addresses string
		var life, coolDown int64
		err = rows.Scan(&r.site, &r.id, &addresses, &r.administrator, &r.terms.CloudID, &r.terms.SiteName, &r.terms.Base, &life, &coolDown,
			&r.by.AccountID, &r.by.TokenID, &r.by.RequestID, &r.by.IP, &r.by.Via)
		r.addresses = strings.Fields(addresses)
		r.terms.Life, r.terms.CoolDown = time.Duration(life)*time.Microsecond, time.Duration(coolDown)*time.Microsecond
		return r, err
	}, `SELECT site_id, request_id, addresses, administrator, cloud_id, site_name, base, life, cool_down, actor, token_id, http_request, ip, via
		FROM invitation_requests WHERE (request_id, site_id) > ($1, $2) ORDER BY request_id, site_id LIMIT $3`, last.id, last.site, most)
}
