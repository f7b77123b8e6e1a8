package change

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/db"
)

// Filter picks entries. What is empty picks all.
type Filter struct {
	Since, Until time.Time // from Since on, before Until
	Actor        string    // account ID
	Operation    string
	Target       string
	Via          Via
	Made         bool // something was changed, and not only an address shown
}

// Disclosure is the operation of an entry that says that an address was shown.
const Disclosure = "account.email.disclose"

// made is a condition of its own, and not an argument: the index of what was changed has the same.
const made = ` AND operation <> '` + Disclosure + `'`

// where returns the filter as SQL that continues a condition, and args with its own appended.
func (f Filter) where(args []any) (string, []any) {
	var sql strings.Builder
	add := func(condition string, value any) {
		args = append(args, value)
		sql.WriteString(" AND " + condition + " $" + strconv.Itoa(len(args)))
	}
	if !f.Since.IsZero() {
		add("at >=", f.Since.UnixMicro())
	}
	if !f.Until.IsZero() {
		add("at <", f.Until.UnixMicro())
	}
	if f.Actor != "" {
		sql.WriteString(" AND actor <> ''") // so that the index of those who have a name serves
		add("actor =", f.Actor)
	}
	if f.Operation != "" {
		add("operation =", f.Operation)
	}
	if f.Target != "" {
		add("target =", f.Target)
	}
	if f.Via != "" {
		add("via =", string(f.Via))
	}
	if f.Made {
		sql.WriteString(made)
	}
	return sql.String(), args
}

// After is the feed: the sealed entries of a site after seq, in the order of seq, at most so many. Since seq has no
// gaps and never changes, whoever has read up to one seq has missed nothing before it.
func (l *Log) After(ctx context.Context, site, seq int64, f Filter, most int) ([]Entry, error) {
	where, args := f.where([]any{site, seq, most})
	if f.Operation != "" {
		where += ` AND COALESCE(seq, 0) > 0` // so that the index of operations serves
	}
	return db.All(ctx, l.DB, scanEntry, `SELECT `+entryColumns+` FROM changes
		WHERE site_id = $1 AND seq > $2`+where+` ORDER BY seq LIMIT CAST($3 AS bigint)`, args...)
}

// Unsealed returns entries that have no seq yet, in the order of their change IDs, at most so many, after the
// one given: a change ID and the item. It is about the order in which they will be sealed.
func (l *Log) Unsealed(ctx context.Context, site int64, changeID string, item int64, f Filter, most int) ([]Entry, error) {
	where, args := f.where([]any{site, changeID, item, most})
	return db.All(ctx, l.DB, scanEntry, `SELECT `+entryColumns+` FROM changes
		WHERE site_id = $1 AND seq IS NULL AND (change_id, item) > ($2, $3)`+where+` ORDER BY change_id, item LIMIT CAST($4 AS bigint)`, args...)
}

// CountUnsealed counts the entries of a site that have no seq yet.
func (l *Log) CountUnsealed(ctx context.Context, site int64) (int64, error) {
	n, _, err := db.One(ctx, l.DB, db.Scalar[int64],
		`SELECT count(*) FROM changes WHERE site_id = $1 AND seq IS NULL AND change_id >= ''`, site) // so that SQLite takes the right index
	return n, err
}
