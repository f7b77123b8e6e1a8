package seed

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/fold"
)

// checkApps checks what only the whole document can tell of its apps, and brings Connect scopes into their own form.
func (p *plan) checkApps() error {
	names := make([]string, len(p.Apps))
	for i := range p.Apps {
		a := &p.Apps[i]
		err := p.checkApp(a)
		if first := slices.Index(names[:i], a.Name); err == nil && first >= 0 {
			err = fmt.Errorf("%s has the same name %q", entry("apps", first), a.Name)
		}
		if err != nil {
			return placed(a.Line, entry("apps", i), err)
		}
		names[i] = a.Name
	}
	return nil
}

func (p *plan) checkApp(a *App) error {
	for _, g := range a.Groups {
		if _, known := p.groupAt[fold.Key(g)]; !known {
			return fmt.Errorf("there is no group %q", g)
		}
	}
	switch {
	case a.connect() && (a.Secret != "" || len(a.Tokens) > 0):
		return errors.New("a Connect app has a sharedSecret, and neither secret nor tokens")
	case !a.connect() && a.Key+a.SharedSecret != "":
		return errors.New("only a Connect app has a key and a sharedSecret")
	case a.Public && a.Secret != "":
		return errors.New("a public app has no secret")
	case a.Secret+a.SharedSecret != "" && !validSecret.MatchString(a.Secret+a.SharedSecret):
		return errors.New("the secret is not 1 to 255 printable ASCII characters without spaces")
	}
	if a.connect() {
		scopes, err := connect.ParseScopes(a.Scopes...)
		if err != nil {
			return err
		}
		a.Scopes = scopes
	}
	return p.checkAppTokens(a)
}

func (p *plan) checkAppTokens(a *App) error {
	var labels []string
	for i, t := range a.Tokens {
		if slices.Contains(labels, t.Label) {
			return fmt.Errorf("two tokens have the label %q", t.Label)
		}
		labels = append(labels, t.Label)
		if t.AsUser == "" {
			continue
		}
		if _, err := p.find(t.AsUser); err != nil {
			return placed(t.Line, entry("tokens", i), err)
		}
	}
	return nil
}
