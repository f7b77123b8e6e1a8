package directory

import (
	"context"
	"fmt"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow/erasure"
)

// forgetFormerIn keeps mail findable that went to the address which an account gives up, and when the account is
// closed forgets it, with what runs of workflows read of the person and what the person called their tokens.
func forgetFormerIn(ctx context.Context, tx *change.Tx, old, a Account) error {
	if a.Status != Closed {
		key := old.emailKey()
		if key == nil || sameKey(old, a) {
			return nil
		}
		if err := mail.ReleaseIn(ctx, tx, *key, a.ID); err != nil {
			return fmt.Errorf("release the address of account %s: %w", a.ID, err)
		}
		return nil
	}
	if err := mail.EraseFormerIn(ctx, tx, a.ID); err != nil {
		return fmt.Errorf("erase mail to former addresses of account %s: %w", a.ID, err)
	}
	if err := erasure.AccountIn(ctx, tx, a.ID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE tokens SET label = '' WHERE site_id = $1 AND account_id = $2 AND label <> ''`, tx.Site, a.ID); err != nil {
		return fmt.Errorf("erase the labels of account %s's tokens: %w", a.ID, err)
	}
	return nil
}
