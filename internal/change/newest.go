package change

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// looked bounds how many entries one page of [Log.Newest] looks at.
const looked = 20_000

// Newest returns entries of a site, the newest first: those that are not sealed yet, then the others by their seq. next
// leads to the next page, and is empty at the end. A page may have fewer than most entries, or none, and still a next:
// where no index serves the filter, only so many entries are looked at.
func (l *Log) Newest(ctx context.Context, site int64, f Filter, place string, most int) (entries []Entry, next string, err error) {
	at, err := readPlace(place)
	if err != nil {
		return nil, "", err
	}
	if at.seq == 0 {
		where, args := f.where([]any{site, at.changeID, at.item, most})
		entries, err = db.All(ctx, l.DB, scanEntry, `SELECT `+entryColumns+` FROM changes
			WHERE site_id = $1 AND seq IS NULL AND (change_id, item) < ($2, $3)`+where+` ORDER BY change_id DESC, item DESC LIMIT $4`, args...)
		if err != nil || len(entries) == most {
			return entries, placeOf(entries), err
		}
	}
	head, err := l.Head(ctx, site)
	if err != nil {
		return nil, "", err
	}
	before := head.Seq + 1
	if at.seq != 0 {
		before = min(before, at.seq)
	}
	low := head.Pruned
	if !f.indexed() {
		low = max(low, before-looked)
	}
	where, args := f.where([]any{site, before, low, most - len(entries)})
	sealed, err := db.All(ctx, l.DB, scanEntry, `SELECT `+entryColumns+` FROM changes
		WHERE site_id = $1 AND seq < $2 AND seq > $3`+where+` ORDER BY seq DESC LIMIT $4`, args...)
	entries = append(entries, sealed...)
	switch {
	case err != nil:
	case len(entries) == most:
		next = placeOf(entries)
	case low > head.Pruned:
		next = strconv.FormatInt(low+1, 10)
	}
	return entries, next, err
}

// indexed reports whether an index leads from one entry that the filter picks to the next.
func (f Filter) indexed() bool {
	alone := f
	alone.Actor = ""
	return f.Target != "" || alone == Filter{}
}

// EntryOf returns one entry of a change; NotFound where there is none.
func (l *Log) EntryOf(ctx context.Context, site int64, changeID string, item int64) (Entry, error) {
	e, found, err := db.One(ctx, l.DB, scanEntry, `SELECT `+entryColumns+` FROM changes WHERE site_id = $1 AND change_id = $2 AND item = $3`, site, changeID, item)
	if err == nil && !found {
		err = failure.NotFound.Errorf("There is no such entry, or not any more.")
	}
	return e, err
}

// EntriesOf returns the entries of one change, in their order, at most so many.
func (l *Log) EntriesOf(ctx context.Context, site int64, changeID string, most int) ([]Entry, error) {
	return db.All(ctx, l.DB, scanEntry, `SELECT `+entryColumns+` FROM changes WHERE site_id = $1 AND change_id = $2 ORDER BY item LIMIT $3`, site, changeID, most)
}

// place is where an entry stands when the newest come first.
type place struct {
	seq      int64 // 0 where it is not sealed
	changeID string
	item     int64
}

// placeOf names the place of the last of entries that fill a page.
func placeOf(entries []Entry) string {
	if len(entries) == 0 {
		return ""
	}
	if e := entries[len(entries)-1]; e.Seq == 0 {
		return fmt.Sprintf("%s.%d", e.ChangeID, e.Item)
	}
	return strconv.FormatInt(entries[len(entries)-1].Seq, 10)
}

// afterAll is after the ID of every change.
const afterAll = "g"

func readPlace(text string) (p place, err error) {
	if text == "" {
		return place{changeID: afterAll}, nil
	}
	id, digits, unsealed := strings.Cut(text, ".")
	if !unsealed {
		p.seq, err = strconv.ParseInt(text, 10, 64)
	} else if p.item, err = strconv.ParseInt(digits, 10, 64); err == nil {
		p.changeID, err = id, uuid.Validate(id)
	}
	if err != nil || !unsealed && p.seq < 1 || p.item < 0 {
		return p, failure.Invalid.Errorf("after is no next of a page before.")
	}
	return p, nil
}
