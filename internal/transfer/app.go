package transfer

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/jsonbody"
)

// App is what a line says of one app that is registered on the site. What it does not mention stays as it is.
type App struct {
	said              map[string]string
	redirects, scopes []string
}

func decodeApp(all []member) (*App, error) {
	a := &App{said: make(map[string]string, len(all))}
	for _, m := range all {
		var err error
		switch m.name {
		case "kind":
		case "clientId", "type", "name", "account", "key", "clientKey":
			a.said[m.name], err = m.text()
		case "public", "blocked":
			a.said[m.name], err = m.flag()
		case "redirectUris":
			a.redirects, err = m.list()
			a.said[m.name] = strings.Join(a.redirects, "\n")
		case "scopes":
			a.scopes, err = m.list()
			a.said[m.name] = strings.Join(a.scopes, " ")
		case "descriptor":
			a.said[m.name], err = m.descriptor()
		default:
			err = failure.Invalid.Errorf("An app has no member %.100q.", m.name)
		}
		if err != nil {
			return nil, err
		}
	}
	if a.said["clientId"] == "" {
		return nil, failure.Invalid.Errorf("There is no clientId, so nobody can tell which app this is.")
	}
	return a, nil
}

// descriptor reads a JSON object, or a string that holds one.
func (m member) descriptor() (string, error) {
	text := string(bytes.TrimSpace(m.value))
	if m.isNull() || strings.HasPrefix(text, `"`) {
		var err error
		if text, err = m.text(); text == "" || err != nil {
			return text, err
		}
	}
	if _, err := jsonbody.Object([]byte(text)); err != nil {
		return "", failure.Invalid.Errorf("%s is not a JSON object without repeated members, nor a string that holds one.", m.name)
	}
	return text, nil
}

func (a *App) edit(r *directory.Registration) error {
	for name, at := range map[string]*string{"name": &r.Name, "account": &r.AccountID, "key": &r.Key, "clientKey": &r.ClientKey, "descriptor": &r.Descriptor} {
		if value, said := a.said[name]; said {
			*at = value
		}
	}
	for name, at := range map[string]*bool{"public": &r.Public, "blocked": &r.Blocked} {
		if value, said := a.said[name]; said {
			*at = value == "true"
		}
	}
	if kind, said := a.said["type"]; said {
		r.Kind = directory.AppKind(kind)
	}
	if _, said := a.said["redirectUris"]; said {
		r.RedirectURIs = slices.Clone(a.redirects)
	}
	if _, said := a.said["scopes"]; said {
		r.Scopes = slices.Clone(a.scopes)
	}
	return nil
}

func (e *engine) writeApp(ctx context.Context, tx *change.Tx, it Item) (verdict, error) {
	id := it.App.said["clientId"]
	v := verdict{item: it, Result: Result{Line: it.Line, Kind: it.Kind, Action: Unchanged, ID: id}}
	if e.source != nil {
		if err := e.copyApp(ctx, tx, it.App); err != nil {
			return v, err
		}
	}
	before, after, err := e.dir.PutRegistrationIn(ctx, tx, id, it.App.edit)
	if err != nil {
		return v, err
	}
	changes := appDifferences(before, after)
	switch {
	case before.ClientID == "":
		v.Action = Create
	case len(changes) > 0:
		v.Action = Update
	}
	if e.Details {
		v.Changes = changes
	}
	return v, nil
}

// appDifferences lists the fields in which two registrations differ; of a new one, those that are set.
func appDifferences(before, after directory.Registration) []FieldChange {
	var changes []FieldChange
	for _, f := range []FieldChange{
		{"type", string(before.Kind), string(after.Kind)},
		{"name", before.Name, after.Name},
		{"account", before.AccountID, after.AccountID},
		{"public", strconv.FormatBool(before.Public), strconv.FormatBool(after.Public)},
		{"redirectUris", strings.Join(before.RedirectURIs, " "), strings.Join(after.RedirectURIs, " ")},
		{"scopes", strings.Join(before.Scopes, " "), strings.Join(after.Scopes, " ")},
		{"key", before.Key, after.Key},
		{"clientKey", before.ClientKey, after.ClientKey},
		{"descriptor", sizeText(before.Descriptor), sizeText(after.Descriptor)},
		{"blocked", strconv.FormatBool(before.Blocked), strconv.FormatBool(after.Blocked)},
	} {
		if f.Before != f.After || f.Field == "descriptor" && before.Descriptor != after.Descriptor {
			changes = append(changes, f)
		}
	}
	return changes
}

// copyApp brings an app that a line may mean, and whom it acts as, into the scratch database.
func (e *engine) copyApp(ctx context.Context, tx *change.Tx, a *App) error {
	tx.Record(change.Record{Operation: "import.try", Target: "site"})
	people := []string{a.said["account"]}
	r, err := e.source.Registration(ctx, e.Site, a.said["clientId"])
	if err == nil {
		people = append(people, r.AccountID)
	} else if !isMissing(err) {
		return err
	}
	if err := e.copyPeople(ctx, tx, people); err != nil || r.ClientID == "" {
		return err
	}
	if _, err := e.dir.RegistrationIn(ctx, tx, r.ClientID); !isMissing(err) {
		return err
	}
	_, _, err = e.dir.PutRegistrationIn(ctx, tx, r.ClientID, func(to *directory.Registration) error {
		*to = r
		return nil
	})
	return err
}
