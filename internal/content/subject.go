package content

import (
	"context"
	"database/sql"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// SubjectKind is what a permission or restriction names.
type SubjectKind string

const (
	User  SubjectKind = "user"
	Group SubjectKind = "group"
)

// Subject is a user or group that a permission or restriction names.
type Subject struct {
	Kind SubjectKind
	ID   string // account ID or group ID

	// What a group is, where it still exists; read only.
	Name      string
	UsageType string
	ManagedBy string

	// Gone is for a group that was there once, and need not be any more: what only it may do, nobody may then.
	Gone bool `json:",omitempty"`
}

func (s *Subject) check() error {
	if s.Kind != User && s.Kind != Group {
		return failure.Invalid.Errorf("The subject %.60q is neither a user nor a group.", s.Kind)
	}
	if s.ID == "" {
		return failure.Invalid.Errorf("The %s has no ID.", s.Kind)
	}
	return checkLine(string(s.Kind)+" ID", s.ID)
}

// exists refuses a subject that is not there. No subject at all is fine.
func (s *Subject) exists(ctx context.Context, tx *change.Tx) error {
	switch {
	case s.Kind != Group:
		return exists(ctx, tx, s.ID)
	case s.Gone:
		return nil
	}
	_, found, err := db.One(ctx, tx, db.Scalar[string], `SELECT group_id FROM groups WHERE site_id = $1 AND group_id = $2`, tx.Site, s.ID)
	if err == nil && !found {
		err = failure.Invalid.Errorf("There is no group %.200q.", s.ID)
	}
	return err
}

// subjectFrom ends a SELECT list on table, as p, with what [Subject.scan] reads.
func subjectFrom(table string) string {
	return `p.subject_kind, p.subject_id, COALESCE(g.name, ''), COALESCE(g.usage_type, ''), COALESCE(g.managed_by, '')
		FROM ` + table + ` p LEFT JOIN groups g ON g.site_id = p.site_id AND g.group_id = p.subject_id AND p.subject_kind = 'group'`
}

// scan reads a row whose last columns are those of [subjectFrom].
func (s *Subject) scan(rows *sql.Rows, before ...any) error {
	return rows.Scan(append(before, &s.Kind, &s.ID, &s.Name, &s.UsageType, &s.ManagedBy)...)
}
