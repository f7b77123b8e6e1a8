package change

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/db"
)

// Seal closes a batch of entries: its hash takes in their hashes and the seal before.
type Seal struct {
	First, Last int64 // seq
	At          time.Time
	Hash        string
	rows        string // hash of the last entry
}

// Check compares a seal with the hash of the one before.
func (s Seal) Check(site int64, previous string) error {
	if s.chained(site, previous) != s.Hash {
		return errors.New("the seal is not the one that was set")
	}
	return nil
}

// Closes reports whether the hash of the batch's last entry is the one that was sealed.
func (s Seal) Closes(hash string) bool { return s.rows == hash }

func (s Seal) chained(site int64, previous string) string {
	b := appendTexts(nil, "roster seal 1", previous, s.rows)
	for _, n := range []int64{site, s.First, s.Last, s.At.UnixMicro()} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return hashed(b)
}

// Head is how far a site is sealed, and by whom.
type Head struct {
	Seq    int64  // of the last sealed entry; 0 before the first
	Hash   string // of the last seal
	Pruned int64  // the last seq whose entry retention has deleted

	lease       string
	leasedUntil time.Time
}

// Head returns how far a site is sealed.
func (l *Log) Head(ctx context.Context, site int64) (Head, error) {
	h, _, err := db.One(ctx, l.DB, func(rows *sql.Rows) (h Head, err error) {
		var until int64
		err = rows.Scan(&h.Seq, &h.Hash, &h.Pruned, &h.lease, &until)
		h.leasedUntil = time.UnixMicro(until)
		return h, err
	}, `SELECT last_seq, hash, pruned, lease, leased_until FROM change_heads WHERE site_id = $1`, site)
	return h, err
}

// Seals returns the seals of a site that end after seq, in their order, at most so many.
func (l *Log) Seals(ctx context.Context, site, seq int64, most int) ([]Seal, error) {
	return db.All(ctx, l.DB, func(rows *sql.Rows) (s Seal, err error) {
		var at int64
		err = rows.Scan(&s.First, &s.Last, &at, &s.rows, &s.Hash)
		s.At = time.UnixMicro(at).UTC()
		return s, err
	}, `SELECT first_seq, last_seq, at, rows_hash, hash FROM change_seals WHERE site_id = $1 AND last_seq > $2 ORDER BY last_seq LIMIT $3`,
		site, seq, most)
}

// NextUnsealedSite returns the first site after the given one that has unsealed entries, or false.
func (l *Log) NextUnsealedSite(ctx context.Context, after int64) (site int64, found bool, err error) {
	return db.One(ctx, l.DB, db.Scalar[int64], `SELECT site_id FROM changes WHERE seq IS NULL AND site_id > $1 ORDER BY site_id, change_id, item LIMIT 1`, after)
}

// Lead makes the named sealer the one that seals a site, for as long as lease, and reports whether it is. The
// lease only saves others the work: what keeps the order right is the guard of [Batch.Commit].
func (l *Log) Lead(ctx context.Context, site int64, name string, lease time.Duration) (bool, error) {
	now := l.Now()
	head, err := l.Head(ctx, site)
	switch {
	case err != nil:
		return false, err
	case head.lease == name && head.leasedUntil.After(now.Add(lease/2)):
		return true, nil
	case head.lease != name && head.leasedUntil.After(now):
		return false, nil
	}
	if err := l.DB.Aside(ctx, `
		INSERT INTO change_heads (site_id, last_seq, hash, pruned, lease, leased_until) VALUES ($1, 0, '', 0, $2, $3)
		ON CONFLICT (site_id) DO UPDATE SET lease = excluded.lease, leased_until = excluded.leased_until
		WHERE change_heads.lease = excluded.lease OR change_heads.leased_until <= $4`,
		site, name, now.Add(lease).UnixMicro(), now.UnixMicro()); err != nil {
		return false, fmt.Errorf("lease the sealing of site %d: %w", site, err)
	}
	head, err = l.Head(ctx, site)
	return head.lease == name, err
}

// Leave ends the lease of the named sealer on a site, if it has it.
func (l *Log) Leave(ctx context.Context, site int64, name string) error {
	return l.DB.Aside(ctx, `UPDATE change_heads SET leased_until = 0 WHERE site_id = $1 AND lease = $2`, site, name)
}

// Batch is entries in the order in which they are to be sealed.
type Batch struct {
	log     *Log
	site    int64
	sealer  string
	head    Head // where the batch continues
	entries []Entry
	seal    Seal
}

// Len is how many entries the batch has.
func (b *Batch) Len() int { return len(b.entries) }

// Prepare reads unsealed entries of a site, at most so many, and works out their order and seal. Nothing is
// written yet.
func (l *Log) Prepare(ctx context.Context, site int64, sealer string, most int) (*Batch, error) {
	head, err := l.Head(ctx, site)
	if err != nil {
		return nil, err
	}
	entries, err := db.All(ctx, l.DB, scanEntry, `SELECT `+sealedColumns+` FROM changes
		WHERE site_id = $1 AND seq IS NULL ORDER BY change_id, item LIMIT CAST($2 AS bigint)`, site, most)
	if err != nil {
		return nil, err
	}
	b := &Batch{log: l, site: site, sealer: sealer, head: head, entries: entries}
	hash := head.Hash
	for i := range entries {
		e := &entries[i]
		e.Seq = head.Seq + int64(i) + 1
		e.hash = e.chained(hash)
		hash = e.hash
	}
	b.seal = Seal{First: head.Seq + 1, Last: head.Seq + int64(len(entries)), At: l.Now().UTC().Truncate(time.Microsecond), rows: hash}
	b.seal.Hash = b.seal.chained(site, head.Hash)
	return b, nil
}

// ErrFenced is returned where another sealer has gone on in the meantime. Nothing is written then.
var ErrFenced = errors.New("another sealer has taken over")

// ErrStale is returned where something was erased of an entry since the batch was prepared. Nothing is written then.
var ErrStale = errors.New("entries have changed while they were being sealed")

// Commit stores the order and the seal of a batch, all of it or nothing. It is no change itself and leaves no record.
func (b *Batch) Commit(ctx context.Context) error {
	if len(b.entries) == 0 {
		return nil
	}
	return b.log.DB.Transact(ctx, func(tx *db.Tx) error {
		n, err := tx.ExecContext(ctx, `UPDATE change_heads SET last_seq = $1, hash = $2 WHERE site_id = $3 AND lease = $4 AND last_seq = $5 AND hash = $6`,
			b.seal.Last, b.seal.Hash, b.site, b.sealer, b.head.Seq, b.head.Hash)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrFenced
		}
		for rest := b.entries; len(rest) > 0; {
			some := rest[:min(len(rest), rowsAStatement)]
			if err := b.order(ctx, tx, some); err != nil {
				return err
			}
			rest = rest[len(some):]
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO change_seals (site_id, last_seq, first_seq, at, rows_hash, hash) VALUES ($1, $2, $3, $4, $5, $6)`,
			b.site, b.seal.Last, b.seal.First, b.seal.At.UnixMicro(), b.seal.rows, b.seal.Hash)
		return err
	})
}

// rowsAStatement bounds the parameters of one statement: SQLite's driver takes time by the square of them.
const rowsAStatement = 32

// order gives entries their seq and hash. That they have none yet follows from the guard of [Batch.Commit]; what was
// erased of one meanwhile shows in its digests, the only part of it that may change. The bounds keep
// the engines from reading more than these rows, whatever they believe about the table.
func (b *Batch) order(ctx context.Context, tx *db.Tx, entries []Entry) error {
	var values strings.Builder
	first, last := entries[0], entries[len(entries)-1]
	args := []any{b.site, first.ChangeID, first.Item, last.ChangeID, last.Item}
	for i, e := range entries {
		form := ", ($%d, $%d, $%d, $%d, $%d)"
		if i == 0 {
			form = "(CAST($%d AS text), CAST($%d AS bigint), CAST($%d AS bigint), CAST($%d AS text), CAST($%d AS text))"
		}
		n := len(args)
		fmt.Fprintf(&values, form, n+1, n+2, n+3, n+4, n+5)
		args = append(args, e.ChangeID, e.Item, e.Seq, e.hash, e.ipDigest+" "+e.detailDigest)
	}
	n, err := tx.ExecContext(ctx, `WITH placed (change_id, item, seq, row_hash, digests) AS (VALUES `+values.String()+`)
		UPDATE changes SET seq = placed.seq, row_hash = placed.row_hash FROM placed
		WHERE changes.site_id = $1 AND (changes.change_id, changes.item) >= ($2, $3) AND (changes.change_id, changes.item) <= ($4, $5)
		AND changes.change_id = placed.change_id AND changes.item = placed.item
		AND changes.ip_digest || ' ' || changes.detail_digest = placed.digests`, args...)
	if err == nil && n != int64(len(entries)) {
		err = fmt.Errorf("seal site %d: %d of %d rows are still what they were: %w", b.site, n, len(entries), ErrStale)
	}
	return err
}
