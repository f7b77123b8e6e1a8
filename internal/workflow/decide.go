package workflow

import (
	"context"
	"errors"
	"fmt"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow/erasure"
)

// Cancel ends a run: nothing of it begins any more, and what is under way at this moment is not waited for. Mail that it
// queued leaves. A run that has ended is a Conflict.
func (s *Store) Cancel(ctx context.Context, site int64, by change.Actor, id string) error {
	err := s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		r, err := needRun(ctx, tx, site, id)
		if err != nil {
			return err
		}
		if r.State.Ended() {
			return failure.Conflict.Errorf("Run %s has ended already: %s.", id, r.State)
		}
		// Without its lease, nothing of whoever has it can be stored.
		_, err = tx.ExecContext(ctx, `UPDATE workflow_runs SET state = 'cancelled', due_at = NULL, node = '', lease = '', ended_at = $3,
			started_at = COALESCE(started_at, $3) WHERE site_id = $1 AND run_id = $2`, site, id, tx.Now.UnixMicro())
		if err != nil {
			return fmt.Errorf("cancel run %s: %w", id, err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE workflow_steps SET state = 'uncertain' WHERE site_id = $1 AND run_id = $2 AND state = 'started'`, site, id); err != nil {
			return fmt.Errorf("cancel run %s: %w", id, err)
		}
		if r.Erased {
			if err := erasure.RunIn(ctx, tx, id); err != nil {
				return err
			}
		}
		tx.Record(change.Record{Operation: "run.cancel", Target: runTarget(id), Fields: change.Fields{"state": {r.State, Cancelled}}})
		p, err := s.program(ctx, tx, site, r.Hash)
		if kind, _ := failure.Of(err); err != nil && kind == failure.Invalid {
			return nil // a file that this program cannot read has no schedule
		}
		if err != nil {
			return err
		}
		return p.rearm(ctx, tx, r)
	})
	if err == nil {
		s.held.lose(site, id)
	}
	return err
}

// Resend has a run do again what is uncertain of it: its step, or else its mail, with the same Message-ID. A run of which
// nothing is uncertain is a Conflict.
func (s *Store) Resend(ctx context.Context, site int64, by change.Actor, id string, outbox *mail.Outbox) error {
	return s.decide(ctx, site, by, id, "run.resend", `DELETE FROM workflow_steps WHERE site_id = $1 AND run_id = $2 AND state = 'uncertain'`,
		func(message string) error { return outbox.Resend(ctx, site, by, message) })
}

// MarkSent settles what is uncertain of a run as done, because a person found out that it was: its step, which then returned
// null, or else its mail. A run of which nothing is uncertain is a Conflict.
func (s *Store) MarkSent(ctx context.Context, site int64, by change.Actor, id string, outbox *mail.Outbox) error {
	return s.decide(ctx, site, by, id, "run.mark-sent", `UPDATE workflow_steps SET state = 'done', output = 'null' WHERE site_id = $1 AND run_id = $2 AND state = 'uncertain'`,
		func(message string) error { return outbox.MarkSent(ctx, site, by, message) })
}

// decide settles the uncertain step of a run by a statement and has the run go on, or decides about each of its messages.
func (s *Store) decide(ctx context.Context, site int64, by change.Actor, id, operation, step string, about func(message string) error) error {
	goesOn := false
	err := s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		r, err := needRun(ctx, tx, site, id)
		if goesOn = r.State == Uncertain; err != nil || !goesOn {
			return err
		}
		if _, err := tx.ExecContext(ctx, step, site, id); err != nil {
			return fmt.Errorf("decide about run %s: %w", id, err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE workflow_runs SET state = 'queued', due_at = $3 WHERE site_id = $1 AND run_id = $2`, site, id, tx.Now.UnixMicro()); err != nil {
			return fmt.Errorf("have run %s go on: %w", id, err)
		}
		tx.Record(change.Record{Operation: operation, Target: runTarget(id), Fields: change.Fields{"state": {Uncertain, Queued}}})
		return nil
	})
	if err != nil {
		return err
	}
	if goesOn {
		s.Nudge()
		return nil
	}
	messages, err := db.All(ctx, s.Changes.DB, db.Scalar[string], `SELECT DISTINCT o.message_id FROM workflow_steps s
		JOIN outbox_recipients o ON o.site_id = s.site_id AND o.message_id = s.message_id
		WHERE s.site_id = $1 AND s.run_id = $2 AND o.state = 'uncertain' ORDER BY 1`, site, id)
	if err != nil {
		return fmt.Errorf("look for the mail of run %s: %w", id, err)
	}
	if len(messages) == 0 {
		return failure.Conflict.Errorf("Nothing of run %s is uncertain.", id)
	}
	var errs []error
	for _, m := range messages {
		errs = append(errs, about(m))
	}
	return errors.Join(errs...)
}
