package transfer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
)

// jsonBuffer collects JSON without HTML escapes.
type jsonBuffer struct{ bytes.Buffer }

func (b *jsonBuffer) value(v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1)
	return nil
}

func hasBreak(text string) bool { return strings.ContainsAny(text, "\r\n") }

func (x *exporter) groups(ctx context.Context) error {
	for after := ""; ; {
		groups, held, err := x.Directory.GroupsAfter(ctx, x.q, x.Site, after, exportPage)
		if err != nil || len(groups) == 0 {
			return err
		}
		for _, g := range groups {
			l := line{{"kind", GroupKind}, {"id", g.ID}, {"name", g.Name}}
			l.add("usageType", unless(g.UsageType, "USERBASE_GROUP"))
			l.add("managedBy", unless(g.ManagedBy, "ADMINS"))
			l.always("permissions", orEmpty(held[g.ID]))
			if err := x.write(l); err != nil {
				return err
			}
			after = g.ID
		}
		x.Progress(x.done)
	}
}

// unless is a text, or nothing where it is the default.
func unless(text, standard string) string {
	if text == standard {
		return ""
	}
	return text
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (x *exporter) accounts(ctx context.Context) error {
	for after := ""; ; {
		accounts, groups, err := x.Directory.AccountsAfter(ctx, x.q, x.Site, after, exportPage)
		if err != nil || len(accounts) == 0 {
			return err
		}
		for i := range accounts {
			a := &accounts[i]
			if err := x.write(accountLine(a, groups[a.ID])); err != nil {
				return err
			}
			after = a.ID
		}
		x.done.Accounts += int64(len(accounts))
		x.Progress(x.done)
	}
}

// standard are the values of fields that new accounts have where nothing is said.
var standard = map[string]string{"accountType": string(directory.Person), "accountStatus": string(directory.Active), "locale": "en_US"}

// accountLine says everything of an account that differs from the default.
func accountLine(a *directory.Account, groups []string) line {
	l := line{{"kind", AccountKind}}
	closed := a.Status == directory.Closed
	for i := range fields {
		f := &fields[i]
		value := f.get(a)
		switch {
		case f.name == "displayName":
			value = cmp.Or(value, a.PublicName)
		case f.flag:
			l.add(f.name, value == "true")
			continue
		}
		if closed && (f.name == "displayName" || f.name == "publicName") {
			continue // erased: it has the name of all former users
		}
		l.add(f.name, unless(value, standard[f.name]))
	}
	if chosen := visibilityLine(a.Visibility); len(chosen) > 0 {
		l.always("visibility", chosen)
	}
	l.always("groups", orEmpty(groups))
	return l
}

func visibilityLine(v directory.Visibility) line {
	var l line
	for i, row := range directory.Fields {
		if v[i] != row.Default {
			l.always(row.Name, v[i].String())
		}
	}
	return l
}

func (x *exporter) apps(ctx context.Context) error {
	for after := ""; ; {
		apps, err := x.Directory.RegistrationsAfter(ctx, x.q, x.Site, after, exportPage)
		if err != nil || len(apps) == 0 {
			return err
		}
		for _, r := range apps {
			l := line{{"kind", AppKind}, {"clientId", r.ClientID}, {"type", string(r.Kind)}, {"name", r.Name}, {"account", r.AccountID}}
			l.add("public", r.Public)
			if len(r.RedirectURIs) > 0 {
				l.always("redirectUris", r.RedirectURIs)
			}
			if len(r.Scopes) > 0 {
				l.always("scopes", r.Scopes)
			}
			l.add("key", r.Key)
			l.add("clientKey", r.ClientKey)
			if r.Descriptor != "" {
				l.always("descriptor", object(r.Descriptor))
			}
			l.add("blocked", r.Blocked)
			if err := x.write(l); err != nil {
				return err
			}
			after = r.ClientID
		}
	}
}

func (x *exporter) properties(ctx context.Context) error {
	account, key := "", ""
	for {
		properties, err := x.Directory.PropertiesAfter(ctx, x.q, x.Site, account, key, exportPage)
		if err != nil || len(properties) == 0 {
			return err
		}
		for _, p := range properties {
			l := line{{"kind", PropertyKind}, {"account", p.AccountID}, {"key", p.Key}}
			l.add("app", p.App)
			l.always("value", object(p.Value))
			if err := x.write(l); err != nil {
				return err
			}
			account, key = p.AccountID, p.Key
		}
		x.Progress(x.done)
	}
}
