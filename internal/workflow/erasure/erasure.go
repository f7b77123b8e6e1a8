// Package erasure forgets what the runs of workflows know of a person.
package erasure

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// AccountIn erases what the runs of the transaction's site read and did that speak of an account: their input and
// output, and those of their steps. That they ran, and how each step ended, stays. A run that goes on needs what it has
// read, so of that everything is erased at its end.
func AccountIn(ctx context.Context, tx *change.Tx, accountID string) error {
	type mentioned struct {
		id    string
		ended bool
	}
	// Those that speak of more accounts than are listed may speak of this one.
	all, err := db.All(ctx, tx, func(rows *sql.Rows) (m mentioned, err error) { return m, rows.Scan(&m.id, &m.ended) }, `
		SELECT r.run_id, r.ended_at IS NOT NULL FROM workflow_mentions m JOIN workflow_runs r ON r.site_id = m.site_id AND r.run_id = m.run_id
		WHERE m.site_id = $1 AND m.account_id IN ($2, '') AND NOT (r.erased AND r.ended_at IS NOT NULL) GROUP BY r.run_id, r.ended_at`, tx.Site, accountID)
	if err != nil {
		return fmt.Errorf("look for the runs that speak of account %s: %w", accountID, err)
	}
	for _, m := range all {
		if _, err := tx.ExecContext(ctx, `UPDATE workflow_runs SET erased = true WHERE site_id = $1 AND run_id = $2`, tx.Site, m.id); err != nil {
			return fmt.Errorf("erase run %s: %w", m.id, err)
		}
		if m.ended {
			if err := RunIn(ctx, tx, m.id); err != nil {
				return err
			}
		}
		tx.Record(change.Record{Operation: "run.erase", Target: "run:" + m.id})
	}
	return nil
}

// RunIn erases what a run, that has ended or ends now, read and did.
func RunIn(ctx context.Context, tx *change.Tx, id string) error {
	for _, statement := range []string{
		`UPDATE workflow_runs SET erased = true, input = '{}', output = '', cause = '{}', error = '', actor = '' WHERE site_id = $1 AND run_id = $2`,
		`UPDATE workflow_steps SET input = '', output = '', error = '' WHERE site_id = $1 AND run_id = $2`,
		`DELETE FROM workflow_mentions WHERE site_id = $1 AND run_id = $2`,
	} {
		if _, err := tx.ExecContext(ctx, statement, tx.Site, id); err != nil {
			return fmt.Errorf("erase run %s: %w", id, err)
		}
	}
	return nil
}
