package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// ReleaseIn notes that an account gives up an address, whatever its letters' case: what mail to it is in the transaction's
// site by now stays the account's, so that [EraseFormerIn] finds it, also where the address is another's later.
func ReleaseIn(ctx context.Context, tx *change.Tx, address, accountID string) error {
	key := Address{Address: address}.key()
	ids, err := mailTo(ctx, tx, tx.Site, key)
	if err != nil {
		return err
	}
	for _, id := range ids {
		e, err := readEntry(ctx, tx, tx.Site, id)
		if err != nil {
			return err
		}
		for place, to := range e.Message.To {
			if to.key() != key {
				continue
			}
			if _, err := tx.ExecContext(ctx, `UPDATE outbox_recipients SET former_account = $4
				WHERE site_id = $1 AND message_id = $2 AND place = $3 AND former_account IS NULL`, tx.Site, id, place, accountID); err != nil {
				return fmt.Errorf("note whose message %s was: %w", id, err)
			}
		}
	}
	return nil
}

// EraseFormerIn is [EraseIn] for the mail to all addresses that an account gave up.
func EraseFormerIn(ctx context.Context, tx *change.Tx, accountID string) error {
	ids, err := db.All(ctx, tx, db.Scalar[string],
		`SELECT DISTINCT message_id FROM outbox_recipients WHERE site_id = $1 AND former_account = $2 ORDER BY message_id`, tx.Site, accountID)
	if err != nil {
		return fmt.Errorf("look for mail to a former address: %w", err)
	}
	for _, id := range ids {
		places, err := db.All(ctx, tx, db.Scalar[int],
			`SELECT place FROM outbox_recipients WHERE site_id = $1 AND message_id = $2 AND former_account = $3`, tx.Site, id, accountID)
		if err != nil {
			return fmt.Errorf("look for former addresses in message %s: %w", id, err)
		}
		if err := erase(ctx, tx, id, func(place int, _ Address) bool { return slices.Contains(places, place) }); err != nil {
			return err
		}
	}
	return nil
}

// mailTo returns the IDs of the messages to the address with this key.
func mailTo(ctx context.Context, q db.Querier, site int64, key string) ([]string, error) {
	quoted, err := json.Marshal(key)
	if err != nil {
		return nil, err
	}
	// Rows that are older than the column are looked for by what their messages say.
	ids, err := db.All(ctx, q, db.Scalar[string], `
		SELECT message_id FROM outbox_recipients WHERE site_id = $1 AND address_key = $2
		UNION SELECT r.message_id FROM outbox_recipients r JOIN outbox o ON o.site_id = r.site_id AND o.message_id = r.message_id
			WHERE r.site_id = $1 AND r.address_key IS NULL AND replace(lower(o.message), $3, '') <> lower(o.message)
		ORDER BY 1`, site, key, strings.ToLower(`"address":`+string(quoted)))
	if err != nil {
		return nil, fmt.Errorf("look for mail to an address: %w", err)
	}
	return ids, nil
}
