package change

import (
	"context"
	"fmt"
)

// EraseAccount erases what the records of the site say about an account, and from which IP addresses it acted.
// That it was changed, by whom and when, stays, and so does what the account did to others. An account of many
// changes takes a moment, as each is written again.
func (tx *Tx) EraseAccount(ctx context.Context, id string) error {
	if tx.gone == nil {
		tx.gone = map[string]bool{}
	}
	tx.gone[id] = true
	if _, err := tx.ExecContext(ctx, `UPDATE changes SET ip = '', ip_salt = '' WHERE site_id = $1 AND actor = $2 AND actor <> '' AND ip_salt <> ''`,
		tx.Site, id); err != nil {
		return fmt.Errorf("erase the addresses of account %s: %w", id, err)
	}
	return tx.EraseTarget(ctx, "account:"+id)
}

// EraseTarget erases the values that the records of the site hold of a target, those of this transaction included.
// What it records of the target from now on keeps only the values afterwards.
func (tx *Tx) EraseTarget(ctx context.Context, target string) error {
	if tx.erased == nil {
		tx.erased = map[string]bool{}
	}
	tx.erased[target] = true
	for i := range tx.records {
		if tx.records[i].Target == target {
			tx.records[i].Fields = nil
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE changes SET detail = $3, detail_salt = '' WHERE site_id = $1 AND target = $2 AND detail_salt <> ''`,
		tx.Site, target, nothing); err != nil {
		return fmt.Errorf("erase the values of %s: %w", target, err)
	}
	return nil
}

// afterwards returns the fields without their values before.
func (f Fields) afterwards() Fields {
	kept := Fields{}
	for name, values := range f {
		kept[name] = [2]any{nil, values[1]}
	}
	return kept
}
