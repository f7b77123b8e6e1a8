package seed

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/fold"
	"github.com/rosterhq/roster/internal/jsonbody"
)

// plan is a document with its IDs worked out and its references looked up, before anything is written.
type plan struct {
	*Document
	cloudID    string
	appSite    string            // what the IDs of apps follow from
	groupAt    map[string]int    // index in Groups by folded name
	groupIDs   []string          // of Groups, by their index
	accountIDs []string          // of Accounts, by their index
	accountAt  map[string]int    // index in Accounts by account ID
	byEmail    map[string]string // account ID by e-mail key
}

// newPlan checks what only the whole document can tell: references, and names that stand twice.
func newPlan(doc *Document) (*plan, error) {
	own := *doc // others make plans of the document at the same time
	own.Apps = slices.Clone(doc.Apps)
	p := &plan{
		Document: &own, cloudID: doc.Site.cloudID(), appSite: doc.Site.Name,
		groupAt: make(map[string]int, len(doc.Groups)), groupIDs: make([]string, len(doc.Groups)),
		accountIDs: make([]string, len(doc.Accounts)), accountAt: make(map[string]int, len(doc.Accounts)),
		byEmail: make(map[string]string, len(doc.Accounts)),
	}
	for i := range doc.Groups {
		g := &doc.Groups[i]
		if first, twice := p.groupAt[fold.Key(g.Name)]; twice {
			return nil, placed(g.Line, entry("groups", i), fmt.Errorf("%s has the same name %q", entry("groups", first), g.Name))
		}
		p.groupAt[fold.Key(g.Name)], p.groupIDs[i] = i, g.id(doc.Site.Name)
	}
	if err := p.nameAccounts(); err != nil {
		return nil, err
	}
	for i := range doc.Accounts {
		if err := p.checkReferences(&doc.Accounts[i]); err != nil {
			return nil, placed(doc.Accounts[i].Line, entry("accounts", i), err)
		}
	}
	if err := p.checkApps(); err != nil {
		return nil, err
	}
	for i := range doc.Spaces {
		if err := p.checkSpace(&doc.Spaces[i]); err != nil {
			return nil, placed(doc.Spaces[i].Line, entry("spaces", i), err)
		}
	}
	return p, nil
}

// nameAccounts works out the accounts' IDs.
func (p *plan) nameAccounts() error {
	for i := range p.Accounts {
		a := &p.Accounts[i]
		id, key := a.id(p.Site.Name), a.emailKey()
		first, twice := p.accountAt[id]
		var err error
		switch {
		case a.naturalKey() == "":
			err = errors.New("it has none of email, displayName and publicName")
		case key != "" && p.byEmail[key] != "":
			err = fmt.Errorf("%s has the same e-mail address", entry("accounts", p.accountAt[p.byEmail[key]]))
		case twice:
			err = fmt.Errorf("%s has the same account ID %s; give one of them another", entry("accounts", first), id)
		}
		if err != nil {
			return placed(a.Line, entry("accounts", i), err)
		}
		p.accountAt[id], p.accountIDs[i] = i, id
		if key != "" {
			p.byEmail[key] = id
		}
	}
	return nil
}

// validSecret is what fits into an Authorization header of either kind.
var validSecret = regexp.MustCompile(`^[!-~]{1,255}$`)

// checkReferences finds what an account names and nobody has.
func (p *plan) checkReferences(a *Account) error {
	for _, g := range a.Groups {
		if _, known := p.groupAt[fold.Key(g)]; !known {
			return fmt.Errorf("there is no group %q", g)
		}
	}
	if a.Manager != "" && p.manager(a) == "" {
		return fmt.Errorf("there is no account with the manager's address %q", a.Manager)
	}
	for i, property := range a.Properties {
		_, err := jsonbody.Object([]byte(property.Value))
		if id, invalid := uuid.Parse(property.ID); err == nil && property.ID != "" && (invalid != nil || id.String() != property.ID) {
			err = fmt.Errorf("the ID %.60q is not a lower-case UUID", property.ID)
		}
		if err != nil {
			return placed(property.Line, entry("properties", i), err)
		}
	}
	labels := make([]string, len(a.Tokens))
	for i, t := range a.Tokens {
		if slices.Contains(labels[:i], t.Label) {
			return fmt.Errorf("two tokens have the label %q", t.Label)
		}
		if t.Secret != "" && !validSecret.MatchString(t.Secret) {
			return fmt.Errorf("the secret of token %q is not 1 to 255 printable ASCII characters without spaces", t.Label)
		}
		labels[i] = t.Label
	}
	return nil
}

// manager returns the account ID of a's manager, or "" where there is none.
func (p *plan) manager(a *Account) string {
	if !strings.Contains(a.Manager, "@") {
		return a.Manager
	}
	key, _ := directory.EmailKey(a.Manager)
	return p.byEmail[key]
}

// find returns the index of the account with this address or ID.
func (p *plan) find(ref string) (int, error) {
	id := ref
	if key, err := directory.EmailKey(ref); err == nil {
		id = p.byEmail[key]
	}
	i, known := p.accountAt[id]
	if !known {
		return 0, fmt.Errorf("there is no account %q", ref)
	}
	return i, nil
}

// account is accounts[i] as the directory takes it.
func (p *plan) account(i int) directory.Account {
	a := &p.Accounts[i]
	display, public := a.names()
	return directory.Account{
		ID: p.accountIDs[i], Type: a.Type, Status: a.Status, Email: a.Email, DisplayName: display, PublicName: public,
		TimeZone: a.TimeZone, Locale: a.Locale, Position: a.Position, Department: a.Department, Location: a.Location,
		Phone: a.Phone, IM: a.IM, Website: a.Website, Manager: p.manager(a), Guest: a.Guest, External: a.External,
		EmailApproved: a.EmailApproved, Visibility: a.Visibility,
	}
}

// memberOf returns the IDs of an account's groups.
func (p *plan) memberOf(a *Account) []string {
	ids := make([]string, len(a.Groups))
	for i, name := range a.Groups {
		ids[i] = p.groupIDs[p.groupAt[fold.Key(name)]]
	}
	return ids
}

// holds reports whether one of an account's groups has a permission.
func (p *plan) holds(a *Account, permission directory.Permission) bool {
	return slices.ContainsFunc(a.Groups, func(name string) bool {
		return slices.Contains(p.Groups[p.groupAt[fold.Key(name)]].Permissions, permission)
	})
}
