package content

import (
	"context"
	"database/sql"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Restriction lets one user or group do to content what others may not. Content without a restriction
// for an operation is open to all who may do it in its space.
type Restriction struct {
	Operation string // read or update
	Subject   Subject
	content   int64
}

// MaxRestrictions is how many restrictions a piece of content can have.
const MaxRestrictions = 100

// Restrict replaces all restrictions of a piece of content.
func (st *Store) Restrict(ctx context.Context, site int64, by change.Actor, id int64, restrictions []Restriction) error {
	return st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		p, err := st.PageIn(ctx, tx, site, id)
		if err == nil {
			err = st.RestrictIn(ctx, tx, p, restrictions)
		}
		return err
	})
}

// RestrictIn is [Store.Restrict] inside a transaction, for content just read in it.
func (st *Store) RestrictIn(ctx context.Context, tx *change.Tx, p Page, restrictions []Restriction) error {
	if err := st.CheckRestrictionsIn(ctx, tx, restrictions); err != nil {
		return err
	}
	removed, err := tx.ExecContext(ctx, `DELETE FROM content_restrictions WHERE site_id = $1 AND content_id = $2`, tx.Site, p.ID)
	if err != nil {
		return err
	}
	for _, r := range restrictions {
		if _, err := tx.ExecContext(ctx, `INSERT INTO content_restrictions (site_id, content_id, operation, subject_kind, subject_id)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, tx.Site, p.ID, r.Operation, string(r.Subject.Kind), r.Subject.ID); err != nil {
			return err
		}
	}
	tx.Record(change.Record{Operation: "content.restrictions", Target: pageTarget(p.ID), Version: int64(p.Version.Number), Access: true, Fields: change.Fields{
		"Restrictions": {removed, restrictions},
	}})
	return nil
}

// CheckRestrictionsIn reports why [Store.RestrictIn] would refuse restrictions, before anything is written.
func (st *Store) CheckRestrictionsIn(ctx context.Context, tx *change.Tx, restrictions []Restriction) error {
	if len(restrictions) > MaxRestrictions {
		return failure.Invalid.Errorf("Content has at most %d restrictions.", MaxRestrictions)
	}
	for _, r := range restrictions {
		if r.Operation != "read" && r.Operation != "update" {
			return failure.Invalid.Errorf("The operation %.60q is none of read, update.", r.Operation)
		}
		if err := r.Subject.check(); err != nil {
			return err
		}
		if err := r.Subject.exists(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// Restrictions returns the restrictions of each of these pieces of content, by operation and subject. A
// subject that is gone has no name. At most most restrictions are read: content whose restrictions would go
// beyond has no entry, every other has one, empty where it has none.
func (st *Store) Restrictions(ctx context.Context, site int64, ids []int64, most int) (map[int64][]Restriction, error) {
	return st.RestrictionsIn(ctx, st.db(), site, ids, most)
}

// RestrictionsIn is [Store.Restrictions] inside a transaction.
func (st *Store) RestrictionsIn(ctx context.Context, q db.Querier, site int64, ids []int64, most int) (map[int64][]Restriction, error) {
	list, args := db.In(ids, any(site), most+1)
	rows, err := db.All(ctx, q, scanRestriction, `
		SELECT p.content_id, p.operation, `+subjectFrom("content_restrictions")+`
		WHERE p.site_id = $1 AND p.content_id IN (`+list+`) ORDER BY p.content_id, p.operation, p.subject_kind, p.subject_id LIMIT $2`, args...)
	if err != nil {
		return nil, err
	}
	return fits(ids, rows, len(rows) > most, func(r Restriction) int64 { return r.content }), nil
}

func scanRestriction(rows *sql.Rows) (r Restriction, err error) {
	return r, r.Subject.scan(rows, &r.content, &r.Operation)
}
