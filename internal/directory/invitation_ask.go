package directory

import (
	"context"
	"fmt"
	"strings"

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
				actor, token_id, http_request, ip, via, asked_at, due_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0)`,
			site, id.String(), strings.Join(valid, "\n"), administrator, t.CloudID, t.SiteName, t.Base, t.Life.Microseconds(), t.CoolDown.Microseconds(),
			by.AccountID, by.TokenID, by.RequestID, by.IP, string(by.Via), tx.Now.UnixMicro())
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

// AskedInvitations returns addresses, as given, of a site's calls that are not worked off yet, in the order of the calls:
// those of up to limit calls.
func (d *Directory) AskedInvitations(ctx context.Context, site int64, limit int) ([]string, error) {
	calls, err := db.All(ctx, d.db(), db.Scalar[string], `SELECT addresses FROM invitation_requests
		WHERE site_id = $1 AND due_at IS NOT NULL ORDER BY request_id LIMIT $2`, site, limit)
	return strings.Fields(strings.Join(calls, "\n")), err
}

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
