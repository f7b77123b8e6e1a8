package webhook

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	// Most is how many webhooks a site may have.
	Most = 100
	// Overlap is how long a secret signs after it was replaced, unless somebody says otherwise.
	Overlap = 24 * time.Hour

	longestDescription = 200
)

// Add makes a webhook of what is given as URL, Description, Events and Enabled, and returns it with its secret, which is
// told nowhere else. It hears of what happens from now on. What cannot be meant is Invalid, one too many is a Conflict.
func (s *Store) Add(ctx context.Context, site int64, by change.Actor, w Webhook) (Webhook, string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return w, "", fmt.Errorf("make the ID of a webhook: %w", err)
	}
	w.ID, w.secret = id.String(), newSecret()
	if err := s.check(&w); err != nil {
		return w, "", err
	}
	err = s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		n, _, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM webhooks WHERE site_id = $1`, site)
		if err != nil {
			return err
		}
		if n >= Most {
			return failure.Conflict.Errorf("The site has %d webhooks, which is as many as it may have.", Most)
		}
		w.Since, w.CreatedAt, w.UpdatedAt = tx.Now, tx.Now, tx.Now
		now := tx.Now.UnixMicro()
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO webhooks (site_id, webhook_id, url, description, events, enabled, disabled_why, secret, former_secret, former_until,
				since, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, '', $7, '', 0, $8, $8, $8)`,
			site, w.ID, w.URL, w.Description, w.eventList(), w.Enabled, w.secret, now); err != nil {
			return err
		}
		tx.Record(change.Record{Operation: "webhook.add", Target: target(w.ID), Fields: differences(Webhook{}, w)})
		return settleCursor(ctx, tx)
	})
	return w, w.secret, err
}

// Change applies edit to the URL, Description, Events and Enabled of a webhook, and stores the result or nothing. What
// waits goes out once it is enabled; what happens while it is disabled never does.
func (s *Store) Change(ctx context.Context, site int64, by change.Actor, id string, edit func(*Webhook)) (Webhook, error) {
	var w Webhook
	err := s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		old, err := show(ctx, tx, site, id)
		if err != nil {
			return err
		}
		w = old
		edit(&w)
		if err := s.check(&w); err != nil {
			return err
		}
		w.ID = old.ID
		if w.Enabled {
			w.DisabledWhy = ""
		}
		fields := differences(old, w)
		if len(fields) == 0 {
			w = old
			return nil
		}
		w.UpdatedAt = tx.Now
		if w.Enabled && !old.Enabled {
			w.Since = tx.Now
		}
		if _, err := tx.ExecContext(ctx, `UPDATE webhooks SET url = $3, description = $4, events = $5, enabled = $6, disabled_why = $7, since = $8,
			updated_at = $9 WHERE site_id = $1 AND webhook_id = $2`,
			site, id, w.URL, w.Description, w.eventList(), w.Enabled, w.DisabledWhy, w.Since.UnixMicro(), tx.Now.UnixMicro()); err != nil {
			return err
		}
		tx.Record(change.Record{Operation: "webhook.update", Target: target(id), Fields: fields})
		return settleCursor(ctx, tx)
	})
	if err == nil && w.Enabled {
		s.Nudge()
	}
	return w, err
}

// Rotate gives a webhook a new secret, which is told nowhere else. The one before signs beside it for as long as overlap,
// so that the receiver can change over; 0 ends it at once. It never signs longer than until the next rotation.
func (s *Store) Rotate(ctx context.Context, site int64, by change.Actor, id string, overlap time.Duration) (Webhook, string, error) {
	secret := newSecret()
	var w Webhook
	err := s.Changes.Write(ctx, site, by, func(tx *change.Tx) (err error) {
		if w, err = show(ctx, tx, site, id); err != nil {
			return err
		}
		former, until := "", int64(0)
		if overlap > 0 {
			former, until = w.secret, tx.Now.Add(overlap).UnixMicro()
		}
		if _, err := tx.ExecContext(ctx, `UPDATE webhooks SET secret = $3, former_secret = $4, former_until = $5, updated_at = $6
			WHERE site_id = $1 AND webhook_id = $2`, site, id, secret, former, until, tx.Now.UnixMicro()); err != nil {
			return err
		}
		w.secret, w.former, w.FormerUntil, w.UpdatedAt = secret, former, moment(until), tx.Now
		tx.Record(change.Record{Operation: "webhook.rotate", Target: target(id)})
		return nil
	})
	return w, secret, err
}

// Remove removes a webhook with all that waits for it and all that was kept of what it was sent.
func (s *Store) Remove(ctx context.Context, site int64, by change.Actor, id string) error {
	err := s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		w, err := show(ctx, tx, site, id)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM webhooks WHERE site_id = $1 AND webhook_id = $2`, site, id); err != nil {
			return err
		}
		tx.Record(change.Record{Operation: "webhook.remove", Target: target(id), Fields: differences(w, Webhook{})})
		return settleCursor(ctx, tx)
	})
	if err != nil {
		return err
	}
	return s.forget(context.WithoutCancel(ctx), site, id)
}

// settleCursor has the site's events be told to webhooks while one is enabled.
func settleCursor(ctx context.Context, tx *change.Tx) error {
	_, some, err := db.One(ctx, tx, db.Scalar[string], `SELECT webhook_id FROM webhooks WHERE site_id = $1 AND enabled LIMIT 1`, tx.Site)
	if err != nil {
		return err
	}
	if some {
		return event.OpenIn(ctx, tx, Kind)
	}
	return event.CloseIn(ctx, tx, Kind)
}

// check refuses what cannot be meant, and puts the events in their order.
func (s *Store) check(w *Webhook) error {
	if err := CheckURL(w.URL, s.Allow); err != nil {
		return err
	}
	w.Description = strings.TrimSpace(w.Description)
	if !utf8.ValidString(w.Description) || strings.ContainsFunc(w.Description, unicode.IsControl) || utf8.RuneCountInString(w.Description) > longestDescription {
		return failure.Invalid.Errorf("The description is not a line of at most %d characters.", longestDescription)
	}
	for _, t := range w.Events {
		if !slices.Contains(event.Types, t) {
			return failure.Invalid.Errorf("There is no event %.60q, but %s.", t, event.Names())
		}
	}
	var ordered []event.Type
	for _, t := range event.Types {
		if slices.Contains(w.Events, t) {
			ordered = append(ordered, t)
		}
	}
	w.Events = ordered
	return nil
}

// eventList is the events as they are stored.
func (w *Webhook) eventList() string {
	names := make([]string, len(w.Events))
	for i, t := range w.Events {
		names[i] = string(t)
	}
	return strings.Join(names, " ")
}

// differences lists what changed, for the record: of the URL only where it leads.
func differences(before, after Webhook) change.Fields {
	fields := change.Fields{}
	if before.URL != after.URL {
		fields["URL"] = [2]any{origin(before.URL), origin(after.URL)}
	}
	if before.Description != after.Description {
		fields["Description"] = [2]any{before.Description, after.Description}
	}
	if before.eventList() != after.eventList() {
		fields["Events"] = [2]any{before.eventList(), after.eventList()}
	}
	if before.Enabled != after.Enabled {
		fields["Enabled"] = [2]any{before.Enabled, after.Enabled}
	}
	return fields
}

// origin is a URL without what may be secret in it.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// isID reports whether a webhook could have this ID.
func isID(id string) bool {
	return len(id) == 36 && strings.ToLower(id) == id && uuid.Validate(id) == nil
}
