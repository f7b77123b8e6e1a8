// Package transfer brings people, groups, spaces and what is in them from files into a site: CSV as administrators export
// it, and one JSON object a line with everything in it. The same run can be tried out first, which writes
// nothing, and can be repeated: a second one finds everything unchanged.
package transfer

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// Kind is what a line describes.
type Kind string

const (
	AccountKind Kind = "account"
	GroupKind   Kind = "group"
	SpaceKind   Kind = "space"
	ContentKind Kind = "content"
	WatchKind   Kind = "watch"

	PropertyKind Kind = "property"
	AppKind      Kind = "app"
	// ExportKind is the first line of an export: what follows says everything.
	ExportKind Kind = "export"
)

// Item is one line of a file, as it was read.
type Item struct {
	Line    int64 // where it begins, from 1
	Kind    Kind
	Account *Person
	Group   *Group
	Space   *Space
	Content *Content
	Watch   *Watch

	Property *Property
	App      *App
	// Err says why the line cannot be used; then nothing else but Line is sure.
	Err error

	size      int    // bytes in the file, about
	canonical []byte // see [Item.Canonical]; none of one that cannot be used
}

// Person is what a line says of one account. What it does not mention stays as it is.
type Person struct {
	said       map[string]string // field name → value; only what the line mentions
	visibility map[string]string // field name → audience
	groups     []string          // names or IDs
	exactly    bool              // in no other groups
}

// text returns what the line says of a field, "" where it says nothing.
func (p *Person) text(field string) string { return p.said[field] }

// check refuses a line that does not tell whom it means.
func (p *Person) check() error {
	switch {
	case p.text("accountId") == "" && p.text("email") == "":
		return failure.Invalid.Errorf("There is neither an accountId nor an email, so nobody can tell who this is.")
	case p.text("accountId") != "" && !directory.ValidAccountID(p.text("accountId")):
		return failure.Invalid.Errorf("The account ID %.200q is not 1 to %d letters, digits, colons, dots, hyphens and underscores.", p.text("accountId"), directory.MaxAccountID)
	case p.text("accountId") == "" && p.text("accountStatus") == string(directory.Closed):
		return failure.Invalid.Errorf("A closed account has no address any more: name it by its accountId.")
	}
	return nil
}

// edit is the person as the directory takes it.
func (p *Person) edit() directory.Edit {
	return directory.Edit{ID: p.text("accountId"), Email: p.text("email"), Set: p.set, Groups: p.groups, Exactly: p.exactly}
}

func (p *Person) set(a *directory.Account) error {
	if a.Visibility == (directory.Visibility{}) {
		a.Visibility = directory.DefaultVisibility()
	}
	for i := range fields {
		f := &fields[i]
		value, said := p.said[f.name]
		if !said || f.set == nil {
			continue
		}
		if err := f.set(a, value); err != nil {
			return err
		}
	}
	for field, audience := range p.visibility {
		if err := a.Visibility.Set(field, audience); err != nil {
			return err
		}
	}
	return nil
}

// Group is what a line says of one group. What it does not mention stays as it is.
type Group struct {
	said        map[string]string // id, name, usageType, managedBy
	permissions []directory.Permission
	granted     bool // permissions were mentioned
}

func (g *Group) check() error {
	if g.said["id"] == "" && g.said["name"] == "" {
		return failure.Invalid.Errorf("There is neither an id nor a name, so nobody can tell which group this is.")
	}
	return nil
}

func (g *Group) edit() directory.GroupEdit {
	return directory.GroupEdit{
		ID: g.said["id"], Name: g.said["name"], Permissions: g.permissions, Granted: g.granted,
		Set: func(to *directory.Group) error {
			for name, at := range map[string]*string{"name": &to.Name, "usageType": &to.UsageType, "managedBy": &to.ManagedBy} {
				if value, said := g.said[name]; said {
					*at = value
				}
			}
			return nil
		},
	}
}

// Canonical returns the item as one line of JSON that does not depend on how the file wrote it: the members
// that were mentioned, by name. Batches are known by the digest of these lines.
func (it Item) Canonical() []byte {
	line := map[string]any{"kind": it.Kind}
	switch {
	case it.Account != nil:
		for name, value := range it.Account.said {
			line[name] = value
		}
		if len(it.Account.visibility) > 0 {
			line["visibility"] = it.Account.visibility
		}
		if it.Account.groups != nil {
			line["groups"], line["exactly"] = slices.Sorted(slices.Values(it.Account.groups)), it.Account.exactly
		}
	case it.Group != nil:
		for name, value := range it.Group.said {
			line[name] = value
		}
		if it.Group.granted {
			line["permissions"] = slices.Sorted(slices.Values(it.Group.permissions))
		}
	case it.Space != nil:
		maps.Copy(line, anything(it.Space.said))
	case it.Content != nil:
		maps.Copy(line, anything(it.Content.said))
	case it.Watch != nil:
		maps.Copy(line, anything(it.Watch.said))
	case it.Property != nil:
		maps.Copy(line, anything(it.Property.said))
	case it.App != nil:
		maps.Copy(line, anything(it.App.said))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	// Strings, lists of them and valid JSON always encode.
	_ = e.Encode(line)
	return b.Bytes()
}

// anything is a map for JSON in which there may be more than texts.
func anything(said map[string]string) map[string]any {
	all := make(map[string]any, len(said))
	for name, value := range said {
		all[name] = value
	}
	return all
}
