package change

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	// looked bounds how many entries one page of [Log.Newest] looks at that may not be what it is for.
	looked = 2000
	// astray is by how much the times of entries may go back from one to the next: an entry gets its place after its
	// transaction, which took a while, and the clocks of nodes differ.
	astray = time.Hour
)

// Newest returns entries of a site, the newest first: those that are not sealed yet, then the others by their seq. next
// leads to the next page, and is empty at the end. A page may have fewer than most entries, or none, and still a next:
// where no index leads by the whole of the filter, only so many entries are looked at.
func (l *Log) Newest(ctx context.Context, site int64, f Filter, place string, most int) (entries []Entry, next string, err error) {
	at, err := readPlace(place)
	if err != nil {
		return nil, "", err
	}
	if at.seq == 0 {
		entries, next, err = l.newestUnsealed(ctx, site, f, at, most)
		if err != nil || next != "" {
			return entries, next, err
		}
	}
	sealed, next, err := l.newestSealed(ctx, site, f, at.seq, most-len(entries))
	return append(entries, sealed...), next, err
}

// newestUnsealed is the part of [Log.Newest] that is not sealed. There are many where much was imported without a server.
func (l *Log) newestUnsealed(ctx context.Context, site int64, f Filter, at place, most int) (entries []Entry, next string, err error) {
	const before = ` FROM changes WHERE site_id = $1 AND seq IS NULL AND (change_id, item) < ($2, $3)
		ORDER BY change_id DESC, item DESC LIMIT `
	read := most
	if f != (Filter{}) {
		read = looked
	}
	first := []any{site, at.changeID, at.item, read}
	where, args := f.where(append(first, most))
	entries, err = db.All(ctx, l.DB, scanEntry, `SELECT `+entryColumns+` FROM (SELECT *`+before+`CAST($4 AS bigint)) AS newest
		WHERE true`+where+` ORDER BY change_id DESC, item DESC LIMIT CAST($5 AS bigint)`, args...)
	if err != nil || len(entries) == most {
		return entries, placeOf(entries), err
	}
	if read == most {
		return entries, "", nil
	}
	last, _, err := db.One(ctx, l.DB, func(rows *sql.Rows) (e Entry, err error) { return e, rows.Scan(&e.ChangeID, &e.Item) },
		`SELECT change_id, item`+before+`1 OFFSET CAST($4 AS bigint) - 1`, first...)
	if last.ChangeID != "" {
		next = placeOf([]Entry{last})
	}
	return entries, next, err
}

// newestSealed is the part of [Log.Newest] that is sealed: before a seq, or from the last on where that is 0.
func (l *Log) newestSealed(ctx context.Context, site int64, f Filter, seq int64, most int) (entries []Entry, next string, err error) {
	low, before, err := l.window(ctx, site, f, seq)
	if err != nil {
		return nil, "", err
	}
	column, value, rest := f.leading()
	from := led
	if column == "" && rest.Made {
		from, rest.Made = ledMade, false
	}
	read := most
	if rest != (Filter{}) {
		read = looked
	}
	where, args := rest.where([]any{site, before, low, read, value, most})
	entries, err = db.All(ctx, l.DB, scanEntry, `SELECT `+entryColumns+` FROM (`+from("*", column)+`) AS led
		WHERE true`+where+` ORDER BY seq DESC LIMIT CAST($6 AS bigint)`, args...)
	if err != nil || len(entries) == most {
		return entries, placeOf(entries), err
	}
	if read == most {
		return entries, "", nil
	}
	last, more, err := db.One(ctx, l.DB, db.Scalar[int64], `SELECT MIN(seq) FROM (`+from("seq", column)+`) AS led HAVING COUNT(*) = $4`, args[:5]...)
	if more {
		next = strconv.FormatInt(last, 10)
	}
	return entries, next, err
}

// window is where a page looks for what the filter picks: after low and before before.
func (l *Log) window(ctx context.Context, site int64, f Filter, seq int64) (low, before int64, err error) {
	head, err := l.Head(ctx, site)
	low, before = head.Pruned, head.Seq+1
	if seq != 0 {
		before = min(before, seq)
	}
	if err == nil && !f.Until.IsZero() {
		before, err = l.firstFrom(ctx, site, low, before, f.Until.Add(astray))
	}
	if err == nil && !f.Since.IsZero() {
		low, err = l.firstFrom(ctx, site, low, before, f.Since.Add(-astray))
		low--
	}
	return low, before, err
}

// leading is the column and value by which an index leads from one entry that the filter picks to the next; "" where none
// does. The rest is compared.
func (f Filter) leading() (column, value string, rest Filter) {
	rest = f
	switch {
	case f.Target != "":
		rest.Target = ""
		return "target", f.Target, rest
	case f.Actor != "":
		rest.Actor = ""
		return "actor", f.Actor, rest
	case f.Operation != "":
		rest.Operation = ""
		return "operation", f.Operation, rest
	}
	return "", "", rest
}

// led is the last $4 sealed entries before seq $2 and after $3 in whose column $5 stands, the newest first. It goes by the
// index of the column on both engines, whatever they believe about the table: the bounds are pairs, and nothing says plainly
// that there is a seq, as PostgreSQL would else go by seq alone where it believes that little is sealed.
func led(columns, column string) string {
	if column == "" {
		return `SELECT ` + columns + ` FROM changes WHERE site_id = $1 AND seq < $2 AND seq > $3 AND $5 = '' ORDER BY seq DESC LIMIT CAST($4 AS bigint)`
	}
	pair := `(` + column + `, seq)`
	return `SELECT ` + columns + ` FROM changes WHERE site_id = $1 AND ` + column + ` <> '' AND COALESCE(seq, 0) > 0
		AND ` + pair + ` < ($5, $2) AND ` + pair + ` > ($5, $3) ORDER BY ` + column + ` DESC, seq DESC LIMIT CAST($4 AS bigint)`
}

// ledMade is the same of what was changed, whatever stands in a column.
func ledMade(columns, _ string) string {
	return `SELECT ` + columns + ` FROM changes WHERE site_id = $1` + made + ` AND COALESCE(seq, 0) < $2 AND COALESCE(seq, 0) > $3 AND $5 = ''
		ORDER BY COALESCE(seq, 0) DESC LIMIT CAST($4 AS bigint)`
}

// firstFrom halves the way to the first entry after low and before before that is of a time or later; before where there
// is none. Times go astray: entries before it may be later by as much, and those after it earlier.
func (l *Log) firstFrom(ctx context.Context, site, low, before int64, from time.Time) (int64, error) {
	for low+1 < before {
		middle := low + (before-low)/2
		at, _, err := db.One(ctx, l.DB, db.Scalar[int64], `SELECT at FROM changes WHERE site_id = $1 AND seq = $2`, site, middle)
		if err != nil {
			return 0, err
		}
		if at < from.UnixMicro() {
			low = middle
		} else {
			before = middle
		}
	}
	return before, nil
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
		return p, failure.ErrPlace
	}
	return p, nil
}
