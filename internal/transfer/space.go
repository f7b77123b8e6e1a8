package transfer

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// Space is what a line says of one space. What it does not mention stays as it is.
type Space struct {
	said map[string]string
}

// spaceField is one thing that a line can say of a space.
type spaceField struct {
	name string
	at   func(*content.Space) *string
}

// spaceFields lists what a line can say of a space, in the order of reports. Key and type never change.
var spaceFields = []spaceField{
	{"key", func(s *content.Space) *string { return &s.Key }},
	{"type", func(s *content.Space) *string { return (*string)(&s.Type) }},
	{"name", func(s *content.Space) *string { return &s.Name }},
	{"alias", func(s *content.Space) *string { return &s.Alias }},
	{"status", func(s *content.Space) *string { return (*string)(&s.Status) }},
	{"owner", func(s *content.Space) *string { return &s.Owner }},
	{"description", func(s *content.Space) *string { return &s.Description }},
	{"icon", func(s *content.Space) *string { return &s.Icon }},
}

func decodeSpace(all []member) (*Space, error) {
	s := &Space{said: make(map[string]string, len(all))}
	for _, m := range all {
		if m.name == "kind" {
			continue
		}
		if !slices.ContainsFunc(spaceFields, func(f spaceField) bool { return f.name == m.name }) {
			return nil, failure.Invalid.Errorf("A space has no member %.100q.", m.name)
		}
		var err error
		if s.said[m.name], err = m.text(); err != nil {
			return nil, err
		}
	}
	if s.said["key"] == "" {
		return nil, failure.Invalid.Errorf("There is no key, so nobody can tell which space this is.")
	}
	return s, nil
}

func (s *Space) set(to *content.Space) error {
	for _, f := range spaceFields {
		if value, said := s.said[f.name]; said {
			*f.at(to) = value
		}
	}
	return nil
}

func (e *engine) writeSpace(ctx context.Context, tx *change.Tx, it Item) (verdict, error) {
	key := it.Space.said["key"]
	if e.source != nil {
		if err := e.copySpace(ctx, tx, it.Space); err != nil {
			return verdict{}, err
		}
	}
	v := verdict{item: it, Result: Result{Line: it.Line, Kind: it.Kind, Action: Unchanged, ID: key}}
	before, err := e.spaces.SpaceIn(ctx, tx, e.Site, key)
	var after content.Space
	switch {
	case err == nil:
		after, err = e.spaces.ChangeIn(ctx, tx, before, it.Space.set)
		if after.Version != before.Version {
			v.Action = Update
		}
	case isMissing(err):
		_ = it.Space.set(&after)
		after, err = e.spaces.AddIn(ctx, tx, after)
		v.Action = Create
	}
	if err == nil && e.Details {
		for _, f := range spaceFields {
			if b, a := *f.at(&before), *f.at(&after); b != a {
				v.Changes = append(v.Changes, FieldChange{f.name, b, a})
			}
		}
	}
	return v, err
}

func isMissing(err error) bool {
	kind, _ := failure.Of(err)
	return kind == failure.NotFound
}

// copySpace brings a space, and the accounts that own it and are to own it, into the scratch directory.
func (e *engine) copySpace(ctx context.Context, tx *change.Tx, s *Space) error {
	tx.Record(change.Record{Operation: "import.try", Target: "site"})
	there, err := (&content.Store{Changes: e.source.Changes}).Space(ctx, e.Site, s.said["key"])
	if err != nil && !isMissing(err) {
		return err
	}
	owners := []directory.Edit{{ID: s.said["owner"]}, {ID: there.Owner}}
	if copyErr := e.dir.CopyIn(ctx, tx, e.source, owners); copyErr != nil {
		return copyErr
	}
	if err != nil {
		return nil
	}
	if _, err := e.spaces.SpaceIn(ctx, tx, e.Site, there.Key); !isMissing(err) {
		return err
	}
	there.Homepage = 0
	_, err = e.spaces.AddIn(ctx, tx, there)
	if kind, _ := failure.Of(err); kind == failure.Conflict {
		return nil // an earlier line has given its alias or owner away
	}
	return err
}
