// Package change records every write. A write and its record are one transaction; audit, events,
// webhooks and caches read the records, and nobody writes a second one.
package change

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
)

// Actor is who makes a change, and by which way in.
type Actor struct {
	AccountID string // empty for the operator at the command line
	TokenID   string
	RequestID string
	IP        string
	Via       Via
}

// Via is the way a change came in.
type Via string

const (
	API    Via = "api"
	CLI    Via = "cli"
	Import Via = "import"
	Seed   Via = "seed"
	Start  Via = "start"  // what the server does for itself when it starts
	Upkeep Via = "upkeep" // what it does for itself later on
)

// Record is one thing that a transaction did.
type Record struct {
	Operation string // such as "account.update"
	Target    string // such as "account:557058:ada"
	Version   int64  // the target's version afterwards, 0 where it has none
	Fields    Fields
	// Access says that a credential, standing, permission, membership or privacy choice changed, so that
	// nothing read before may be used after.
	Access bool
}

// Fields maps a changed field to its value before and after; null where there was none.
type Fields map[string][2]any

// Tx is a transaction of one site that must say what it did.
type Tx struct {
	*db.Tx
	Site    int64
	Now     time.Time // the same for everything in the transaction
	records []Record
	checks  map[string]func() error
	kept    map[string]any
	erased  map[string]bool // targets whose values are erased
	gone    map[string]bool // accounts whose IP addresses are erased
}

// Record notes what the transaction did. Order is kept.
func (tx *Tx) Record(r Record) {
	if tx.erased[r.Target] {
		r.Fields = r.Fields.afterwards()
	}
	tx.records = append(tx.records, r)
}

// AtEnd has check run when all else of the transaction is done; an error of it undoes everything. Of several
// checks of one name only the first runs.
func (tx *Tx) AtEnd(name string, check func() error) {
	if tx.checks == nil {
		tx.checks = map[string]func() error{}
	}
	if tx.checks[name] == nil {
		tx.checks[name] = check
	}
}

// Keep returns what made returned when the transaction was first asked for this name: what is gathered up to its end.
func (tx *Tx) Keep(name string, made func() any) any {
	if _, there := tx.kept[name]; !there {
		if tx.kept == nil {
			tx.kept = map[string]any{}
		}
		tx.kept[name] = made()
	}
	return tx.kept[name]
}

// Awaits reports whether a check of this name will run.
func (tx *Tx) Awaits(name string) bool { return tx.checks[name] != nil }

func (tx *Tx) check() error {
	for _, name := range slices.Sorted(maps.Keys(tx.checks)) {
		if err := tx.checks[name](); err != nil {
			return err
		}
	}
	return nil
}

// Log writes to one database.
type Log struct {
	DB  *db.DB
	Now func() time.Time
}

// New returns a log on d that goes by the wall clock.
func New(d *db.DB) *Log { return &Log{DB: d, Now: time.Now} }

// Write runs do in one transaction of the site, with the records of what it did. do may run more than
// once, so it should only touch the database. A transaction that wrote without a record fails.
func (l *Log) Write(ctx context.Context, site int64, by Actor, do func(*Tx) error) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make a change ID: %w", err)
	}
	recorded := false
	err = l.DB.Transact(ctx, func(raw *db.Tx) error {
		tx := &Tx{Tx: raw, Site: site, Now: l.Now().UTC().Truncate(time.Microsecond)}
		if err := do(tx); err != nil {
			return err
		}
		if err := tx.check(); err != nil {
			return err
		}
		if len(tx.records) == 0 {
			if raw.Wrote() {
				return errors.New("a transaction wrote without recording a change")
			}
			return nil
		}
		recorded = true
		return tx.store(ctx, id.String(), by)
	})
	if errors.Is(err, db.ErrCommitUnknown) && recorded {
		if stands, lookErr := l.stands(ctx, site, id.String()); lookErr == nil && stands {
			return nil
		}
	}
	return err
}

// store writes the transaction's records, and raises the site's epoch where access changed.
func (tx *Tx) store(ctx context.Context, id string, by Actor) error {
	if tx.gone[by.AccountID] {
		by.IP = ""
	}
	access := false
	details := make([]string, len(tx.records))
	for i, r := range tx.records {
		access, details[i] = access || r.Access, nothing
		if len(r.Fields) > 0 {
			detail, err := json.Marshal(r.Fields)
			if err != nil {
				return fmt.Errorf("encode the change of %s: %w", r.Target, err)
			}
			details[i] = string(detail)
		}
	}
	_, err := tx.Insert(ctx, `INSERT INTO changes (site_id, change_id, item, at, actor, token_id, request_id, ip, via, operation, target, version, detail,
		ip_salt, ip_digest, detail_salt, detail_digest)`, "", func(yield func([]any) bool) {
		for i, r := range tx.records {
			ipSalt, ipDigest := salted(by.IP, "")
			detailSalt, detailDigest := salted(details[i], nothing)
			if !yield([]any{
				tx.Site, id, int64(i), tx.Now.UnixMicro(), by.AccountID, by.TokenID, by.RequestID, by.IP, string(by.Via),
				r.Operation, r.Target, r.Version, details[i], ipSalt, ipDigest, detailSalt, detailDigest,
			}) {
				return
			}
		}
	})
	if err != nil {
		return fmt.Errorf("record what was done: %w", err)
	}
	if !access {
		return nil
	}
	_, err = tx.ExecContext(ctx, `UPDATE site_epochs SET epoch = epoch + 1 WHERE site_id = $1`, tx.Site)
	return err
}

// stillCommitting is how long a server may take to commit what it was told before its client was cut off.
const stillCommitting = 2 * time.Second

// stands reports whether a change whose commit was cut off has come to stand. It asks more than once:
// the server may need a moment to come back.
func (l *Log) stands(ctx context.Context, site int64, id string) (bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	began := time.Now()
	for {
		_, found, err := db.One(ctx, l.DB, db.Scalar[int64],
			`SELECT item FROM changes WHERE site_id = $1 AND change_id = $2 AND item = 0`, site, id)
		if found || ctx.Err() != nil || err == nil && time.Since(began) > stillCommitting {
			return found, err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}
