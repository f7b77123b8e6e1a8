package transfer

import (
	"bytes"
	"context"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/jsonbody"
)

// Property is what a line says of one property of a user.
type Property struct {
	said map[string]string // account, key, app and value
}

func decodeProperty(all []member) (*Property, error) {
	p := &Property{said: make(map[string]string, len(all))}
	for _, m := range all {
		var err error
		switch m.name {
		case "kind":
		case "account", "key", "app":
			p.said[m.name], err = m.text()
		case "value":
			// A string holds the JSON text as it is, where that does not fit on the line.
			if p.said[m.name] = string(bytes.TrimSpace(m.value)); strings.HasPrefix(p.said[m.name], `"`) {
				p.said[m.name], err = m.text()
			}
			if _, bad := jsonbody.Object([]byte(p.said[m.name])); err == nil && bad != nil {
				err = failure.Invalid.Errorf("value is not a JSON object without repeated members, nor a string that holds one.")
			}
		default:
			err = failure.Invalid.Errorf("A property has no member %.100q.", m.name)
		}
		if err != nil {
			return nil, err
		}
	}
	if p.said["account"] == "" || p.said["key"] == "" || p.said["value"] == "" {
		return nil, failure.Invalid.Errorf("A property has an account, a key and a value.")
	}
	return p, nil
}

func (p *Property) property() directory.Property {
	return directory.Property{Key: p.said["key"], Value: p.said["value"], App: p.said["app"]}
}

func (e *engine) writeProperty(ctx context.Context, tx *change.Tx, it Item) (verdict, error) {
	account, wanted := it.Property.said["account"], it.Property.property()
	v := verdict{item: it, Result: Result{Line: it.Line, Kind: it.Kind, Action: Unchanged, ID: account + "/" + wanted.Key}}
	if e.source != nil {
		if err := e.copyProperty(ctx, tx, account, wanted.Key); err != nil {
			return v, err
		}
	}
	before, err := e.dir.PutPropertyIn(ctx, tx, account, wanted)
	switch {
	case err != nil:
		return v, err
	case before.ID == "":
		v.Action = Create
	case before.Value != wanted.Value:
		v.Action = Update
	}
	if e.Details && v.Action != Unchanged {
		v.Changes = []FieldChange{{"value", sizeText(before.Value), sizeText(wanted.Value)}}
	}
	return v, nil
}

// copyProperty brings a property and whom it is kept with into the scratch database.
func (e *engine) copyProperty(ctx context.Context, tx *change.Tx, account, key string) error {
	tx.Record(change.Record{Operation: "import.try", Target: "site"})
	if err := e.copyPeople(ctx, tx, []string{account}); err != nil {
		return err
	}
	p, err := e.source.Property(ctx, e.Site, account, "", key)
	if isMissing(err) {
		return nil
	}
	if err == nil {
		_, err = e.dir.PutPropertyIn(ctx, tx, account, p)
		if kind, _ := failure.Of(err); err != nil && kind == failure.Conflict {
			err = nil // an earlier line has made one of its own
		}
	}
	return err
}
