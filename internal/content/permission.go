package content

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Operation is something that can be done to a kind of thing.
type Operation struct{ Name, Target string }

var (
	readSpace       = Operation{"read", "space"}
	useSpace        = Operation{"use", "space"}
	administerSpace = Operation{"administer", "space"}
)

// Operations lists what a space permission can be for, in the order in which operations are shown.
var Operations = []Operation{
	readSpace, useSpace,
	{"create", "page"},
	{"create", "blogpost"},
	{"create", "comment"},
	{"create", "attachment"},
	{"delete", "page"},
	{"delete", "blogpost"},
	{"delete", "comment"},
	{"delete", "attachment"},
	{"export", "space"},
	administerSpace,
}

// Permission lets a subject, or callers of a kind, do one thing in a space.
type Permission struct {
	ID int64 // given by the store
	Operation
	Subject    Subject // none where only the flags count
	Anonymous  bool    // everybody has it, with or without a credential
	Unlicensed bool    // people without a licence have it; only for reading the space
	space      int64
}

// MaxPermissions is how many permissions a space can have.
const MaxPermissions = 200

// Check reports what no permission can be, all by itself.
func (p Permission) Check() error { return p.check() }

func (p *Permission) check() error {
	switch {
	case !slices.Contains(Operations, p.Operation):
		return failure.Invalid.Errorf("No space permission is for %.60q of %.60q.", p.Name, p.Target)
	case p.Subject.Kind == "" && !p.Anonymous && !p.Unlicensed:
		return failure.Invalid.Errorf("The permission to %s %s is for nobody.", p.Name, p.Target)
	case p.Unlicensed && p.Operation != readSpace:
		return failure.Invalid.Errorf("People without a licence can only be let read a space.")
	case p.Anonymous && p.Operation == administerSpace:
		return failure.Invalid.Errorf("Anonymous callers cannot be let administer a space.")
	case p.Subject.Kind == "":
		return nil
	}
	return p.Subject.check()
}

// SetPermissions replaces all permissions of the space with this key. None at all restores the default:
// everyone who can use the site reads it.
func (st *Store) SetPermissions(ctx context.Context, site int64, by change.Actor, key string, permissions []Permission) error {
	return st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		s, err := st.SpaceIn(ctx, tx, site, key)
		if err == nil {
			err = st.SetPermissionsIn(ctx, tx, s, permissions)
		}
		return err
	})
}

// SetPermissionsIn is [Store.SetPermissions] inside a transaction, for a space just read in it.
func (st *Store) SetPermissionsIn(ctx context.Context, tx *change.Tx, s Space, permissions []Permission) error {
	if err := st.CheckPermissionsIn(ctx, tx, permissions); err != nil {
		return err
	}
	removed, err := tx.ExecContext(ctx, `DELETE FROM space_permissions WHERE site_id = $1 AND space_id = $2`, tx.Site, s.ID)
	if err != nil {
		return err
	}
	first, err := take(ctx, tx, len(permissions))
	if err != nil {
		return err
	}
	for i, p := range permissions {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO space_permissions (site_id, space_id, permission_id, operation, target, subject_kind, subject_id, anonymous, unlicensed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			tx.Site, s.ID, first+int64(i), p.Name, p.Target, string(p.Subject.Kind), p.Subject.ID, p.Anonymous, p.Unlicensed); err != nil {
			return fmt.Errorf("store the permission to %s %s: %w", p.Name, p.Target, err)
		}
	}
	tx.Record(change.Record{Operation: "space.permissions", Target: spaceTarget(s.ID), Version: s.Version, Access: true, Fields: change.Fields{
		"Permissions": {removed, permissions},
	}})
	return nil
}

// CheckPermissionsIn reports why [Store.SetPermissionsIn] would refuse permissions, before anything is written.
func (st *Store) CheckPermissionsIn(ctx context.Context, tx *change.Tx, permissions []Permission) error {
	if len(permissions) > MaxPermissions {
		return failure.Invalid.Errorf("A space has at most %d permissions.", MaxPermissions)
	}
	for _, p := range permissions {
		if err := p.check(); err != nil {
			return err
		}
		if err := p.Subject.exists(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// Permissions returns the permissions of each of these spaces, in the order they were given. A subject that
// is gone has no name. At most most permissions are read: a space whose permissions would go beyond has no
// entry, every other has one, empty where it has none.
func (st *Store) Permissions(ctx context.Context, site int64, spaces []int64, most int) (map[int64][]Permission, error) {
	return st.PermissionsIn(ctx, st.db(), site, spaces, most)
}

// PermissionsIn is [Store.Permissions] inside a transaction.
func (st *Store) PermissionsIn(ctx context.Context, q db.Querier, site int64, spaces []int64, most int) (map[int64][]Permission, error) {
	list, args := db.In(spaces, any(site), most+1)
	rows, err := db.All(ctx, q, scanPermission, `
		SELECT p.space_id, p.permission_id, p.operation, p.target, p.anonymous, p.unlicensed, `+subjectFrom("space_permissions")+`
		WHERE p.site_id = $1 AND p.space_id IN (`+list+`) ORDER BY p.space_id, p.permission_id LIMIT $2`, args...)
	if err != nil {
		return nil, err
	}
	return fits(spaces, rows, len(rows) > most, func(p Permission) int64 { return p.space }), nil
}

func scanPermission(rows *sql.Rows) (p Permission, err error) {
	return p, p.Subject.scan(rows, &p.space, &p.ID, &p.Name, &p.Target, &p.Anonymous, &p.Unlicensed)
}
