package mail

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Entry is a message of the outbox with what became of it.
type Entry struct {
	Message    Message
	TextGone   bool      // all recipients are settled, so that subject, text, HTML, headers and attachments were removed
	Attempts   int       // since it was queued, or queued again; the running one included
	DueAt      time.Time // when it is tried next, or the running attempt ends at the latest; zero once nothing is left to do
	Running    bool      // a worker has it
	Cancelled  bool      // a worker that has it will not hand it over
	CreatedAt  time.Time
	Recipients []Recipient // in the order of Message.To, which is empty at the place of one that was erased
}

// Recipient is how far a message has come with one recipient.
type Recipient struct {
	Place     int // in Message.To
	State     State
	Words     string // what the mail server said last, or why we could not ask it; one line
	UpdatedAt time.Time
	message   string
}

// Filter says which messages of a site are listed.
type Filter struct {
	State State  // only messages with such a recipient; empty lists all
	Below string // only IDs before this one: the last of the page before
	Limit int
}

// List returns messages of a site, the newest first (by ID), at most f.Limit of them or 100 where it is 0.
func (o *Outbox) List(ctx context.Context, site int64, f Filter) ([]Entry, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	below := f.Below
	if below == "" {
		below = "g" // after every UUID
	}
	where, args := ``, []any{site, below, f.Limit}
	if f.State != "" {
		where = ` AND message_id IN (SELECT DISTINCT message_id FROM outbox_recipients WHERE site_id = $1 AND state = $4 AND message_id < $2
			ORDER BY message_id DESC LIMIT $3)` // so that no more of them are read than are listed
		args = append(args, string(f.State))
	}
	return readEntries(ctx, o.Changes.DB, site, `message_id < $2`+where+` ORDER BY message_id DESC LIMIT $3`, args...)
}

// Show returns one message; NotFound where the site has none with this ID.
func (o *Outbox) Show(ctx context.Context, site int64, id string) (Entry, error) {
	return readEntry(ctx, o.Changes.DB, site, id)
}

// Captured returns all messages of a site, the oldest first, whatever became of them: the inbox of a stand-in,
// which sends nothing. What a mail server settled before has no text.
func (o *Outbox) Captured(ctx context.Context, site int64) ([]Message, error) {
	all, err := readEntries(ctx, o.Changes.DB, site, `true ORDER BY created_at, message_id`, site)
	messages := make([]Message, len(all))
	for i, e := range all {
		messages[i] = e.Message
	}
	return messages, err
}

func readEntry(ctx context.Context, q db.Querier, site int64, id string) (Entry, error) {
	all, err := readEntries(ctx, q, site, `message_id = $2`, site, id)
	if err != nil || len(all) == 1 {
		return append(all, Entry{})[0], err
	}
	return Entry{}, failure.NotFound.Errorf("There is no message %s.", id)
}

// readEntries reads messages of the site $1 in the order that where gives.
func readEntries(ctx context.Context, q db.Querier, site int64, where string, args ...any) ([]Entry, error) {
	all, err := db.All(ctx, q, scanEntry, `
		SELECT message, attempts, due_at, lease, cancelled, created_at FROM outbox WHERE site_id = $1 AND `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	ids, at := make([]string, len(all)), map[string]*Entry{}
	for i := range all {
		ids[i] = all[i].Message.ID
		at[ids[i]] = &all[i]
	}
	recipients, err := readRecipients(ctx, q, site, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range recipients {
		e := at[r.message]
		e.Recipients = append(e.Recipients, r)
	}
	return all, nil
}

// readRecipients reads the recipients of messages, those of one message in order of place.
func readRecipients(ctx context.Context, q db.Querier, site int64, ids []string) ([]Recipient, error) {
	list, args := db.In(ids, any(site))
	all, err := db.All(ctx, q, scanRecipient, `
		SELECT message_id, place, state, words, updated_at FROM outbox_recipients
		WHERE site_id = $1 AND message_id IN (`+list+`) ORDER BY message_id, place`, args...)
	if err != nil {
		return nil, fmt.Errorf("read the recipients of the outbox: %w", err)
	}
	return all, nil
}

func scanEntry(rows *sql.Rows) (e Entry, err error) {
	var message, lease string
	var due sql.NullInt64
	var created int64
	if err := rows.Scan(&message, &e.Attempts, &due, &lease, &e.Cancelled, &created); err != nil {
		return e, err
	}
	if due.Valid {
		e.DueAt = time.UnixMicro(due.Int64).UTC()
	}
	e.Running, e.CreatedAt = lease != "", time.UnixMicro(created).UTC()
	var s stored
	if err := json.Unmarshal([]byte(message), &s); err != nil {
		return e, fmt.Errorf("decode a message of the outbox: %w", err)
	}
	e.Message, e.TextGone = s.Message, s.TextGone
	return e, nil
}

func scanRecipient(rows *sql.Rows) (r Recipient, err error) {
	var at int64
	err = rows.Scan(&r.message, &r.Place, &r.State, &r.Words, &at)
	r.UpdatedAt = time.UnixMicro(at).UTC()
	return r, err
}
