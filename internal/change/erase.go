package change

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/db"
)

// Part is what can be erased of an entry, by the operation that records its erasure.
type Part string

const (
	Values    Part = "audit.values.erase"
	Addresses Part = "audit.addresses.erase"
)

// erasures begins the target of what records an erasure, so that a later erasure of the same target leaves it alone.
const erasures = "erasure:"

// erasedUnsealed stands for the digest of what was erased before its entry was sealed: there is nothing yet that it
// would have to agree with.
const erasedUnsealed = "erased"

// EraseAccount erases what the records of the site say about an account, and from which IP addresses it acted.
// That it was changed, by whom and when, stays, and so does what the account did to others. Of which sealed entries
// something was erased is recorded. An account of many changes takes a moment, as each is written again.
func (tx *Tx) EraseAccount(ctx context.Context, id string) error {
	if tx.gone == nil {
		tx.gone = map[string]bool{}
	}
	tx.gone[id] = true
	target := "account:" + id
	if err := tx.erase(ctx, Addresses, target, `
		UPDATE changes SET ip = '', ip_salt = '', ip_digest = CASE WHEN seq IS NULL THEN $3 ELSE ip_digest END
		WHERE site_id = $1 AND actor = $2 AND actor <> '' AND ip_salt <> '' RETURNING COALESCE(seq, 0)`, tx.Site, id, erasedUnsealed); err != nil {
		return fmt.Errorf("erase the addresses of account %s: %w", id, err)
	}
	return tx.EraseTarget(ctx, target)
}

// EraseTarget erases the values that the records of the site hold of a target, those of this transaction included.
// What it records of the target from now on keeps only the values afterwards. Of which sealed entries something was
// erased is recorded.
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
	if err := tx.erase(ctx, Values, target, `
		UPDATE changes SET detail = $3, detail_salt = '', detail_digest = CASE WHEN seq IS NULL THEN $4 ELSE detail_digest END
		WHERE site_id = $1 AND target = $2 AND detail_salt <> '' RETURNING COALESCE(seq, 0)`, tx.Site, target, nothing, erasedUnsealed); err != nil {
		return fmt.Errorf("erase the values of %s: %w", target, err)
	}
	return nil
}

// named bounds how many entries one record of an erasure names.
const named = 1000

// erase runs an update that returns the seq of each entry of which it erased something, or 0, and records them. All
// of them are sealed before the record is, so retention never deletes it sooner than them.
func (tx *Tx) erase(ctx context.Context, part Part, target, update string, args ...any) error {
	seqs, err := db.All(ctx, tx, db.Scalar[int64], update, args...)
	if err != nil {
		return err
	}
	slices.Sort(seqs)
	unsealed, _ := slices.BinarySearch(seqs, 1)
	for some := range slices.Chunk(seqs[unsealed:], named) {
		tx.Record(Record{
			Operation: string(part), Target: erasures + target, Version: some[len(some)-1],
			Fields: Fields{"Seq": {nil, formatSpans(some)}},
		})
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

// Blank is something that is gone from a sealed entry, which only an erasure of the target may have taken.
type Blank struct {
	Part   Part
	Target string
}

// Blanks returns what is gone from an entry since it was sealed.
func (e *Entry) Blanks() []Blank {
	var gone []Blank
	if e.ErasedIP && e.ipDigest != erasedUnsealed {
		gone = append(gone, Blank{Addresses, "account:" + e.AccountID})
	}
	if e.ErasedDetail && e.detailDigest != erasedUnsealed {
		gone = append(gone, Blank{Values, e.Target})
	}
	return gone
}

// Erasure is a recorded erasure of one target, or part of a long one.
type Erasure struct {
	Seq   int64 // its own; 0 while it is not sealed
	spans [][2]int64
}

// Covers reports whether the erasure says that it erased something of the entry with this seq. It cannot say so of what
// was sealed after it.
func (e Erasure) Covers(seq int64) bool {
	i, _ := slices.BinarySearchFunc(e.spans, seq, func(s [2]int64, seq int64) int { return cmp.Compare(s[1], seq) })
	return i < len(e.spans) && e.spans[i][0] <= seq && (e.Seq == 0 || seq < e.Seq)
}

// Erasure returns the recorded erasure that covers what is gone from the entry with this seq, or false. Whether the
// record itself is as it was sealed, only a check of the whole chain can tell.
func (l *Log) Erasure(ctx context.Context, site int64, gone Blank, seq int64) (Erasure, bool, error) {
	// Each erasure takes all that is there, so those of one target follow each other: the first that goes as far as
	// this entry is the only one that can cover it.
	e, found, err := db.One(ctx, l.DB, scanEntry, `SELECT `+entryColumns+` FROM changes
		WHERE site_id = $1 AND target = $2 AND operation = $3 AND version >= $4 AND (seq IS NULL OR seq > $4)
		ORDER BY version, change_id, item LIMIT 1`, site, erasures+gone.Target, string(gone.Part), seq)
	if err != nil || !found {
		return Erasure{}, false, err
	}
	erasure := e.erasure()
	return erasure, erasure.Covers(seq), nil
}

// erasure reads what an entry says was erased. One that cannot be read covers nothing.
func (e *Entry) erasure() Erasure {
	var fields struct{ Seq [2]string }
	if json.Unmarshal(e.Detail, &fields) != nil {
		return Erasure{}
	}
	return Erasure{Seq: e.Seq, spans: parseSpans(fields.Seq[1])}
}

// formatSpans writes ascending numbers as "1-3,7".
func formatSpans(seqs []int64) string {
	var b []byte
	for i := 0; i < len(seqs); {
		first := i
		for i++; i < len(seqs) && seqs[i] == seqs[i-1]+1; i++ {
		}
		if first > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, seqs[first], 10)
		if i > first+1 {
			b = strconv.AppendInt(append(b, '-'), seqs[i-1], 10)
		}
	}
	return string(b)
}

// parseSpans reads what formatSpans wrote, and nothing where the text is anything else.
func parseSpans(text string) [][2]int64 {
	var spans [][2]int64
	for one := range strings.SplitSeq(text, ",") {
		from, to, long := strings.Cut(one, "-")
		if !long {
			to = from
		}
		first, err1 := strconv.ParseInt(from, 10, 64)
		last, err2 := strconv.ParseInt(to, 10, 64)
		if err1 != nil || err2 != nil || first > last || len(spans) > 0 && first <= spans[len(spans)-1][1] {
			return nil
		}
		spans = append(spans, [2]int64{first, last})
	}
	return spans
}
