package seed

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// exporter turns a site into a document.
type exporter struct {
	site      site.Site
	now       time.Time
	directory *directory.Directory
	content   *content.Store
	known     *plan             // what the site was made of
	groups    map[string]string // name by ID
	left      []string          // what cannot be said in a seed
}

// Export returns a site as a seed file that gives the same answers once it is applied: by [Apply] to a database
// without the site. What only the document tells of which the site was made, the texts of tokens and passwords, is taken
// from there while it is still true. A comment at the top says what of the site no seed can hold.
func Export(ctx context.Context, log *change.Log, s site.Site, made *Document) ([]byte, error) {
	known, err := newPlan(made)
	if err != nil {
		return nil, err
	}
	e := &exporter{
		site: s, now: log.Now(), directory: &directory.Directory{Changes: log}, content: &content.Store{Changes: log},
		known: known.as(s.CloudID), groups: map[string]string{},
	}
	doc := &Document{Time: s.CreatedAt, Site: Site{Name: s.Name, CloudID: s.CloudID, PublicURL: s.PublicURL, Hosts: s.Hosts, Settings: s.Settings}}
	if doc.Groups, err = e.exportGroups(ctx); err != nil {
		return nil, err
	}
	apps, ofApps, err := e.exportApps(ctx)
	if err != nil {
		return nil, err
	}
	doc.Apps = apps
	if doc.Accounts, err = e.exportAccounts(ctx, ofApps); err != nil {
		return nil, err
	}
	if doc.Spaces, err = e.exportSpaces(ctx); err != nil {
		return nil, err
	}
	text, err := doc.Encode()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Site %s as it was at %s. A seed does not hold pictures, sessions, consents, invitations, mail,\n", s.Name, e.now.UTC().Format(time.RFC3339))
	fmt.Fprintf(&b, "# watches of labels, and when and how often something was changed.\n")
	for _, line := range e.left {
		fmt.Fprintf(&b, "# Left out: %s.\n", line)
	}
	b.Write(text)
	return b.Bytes(), nil
}

// exportPage is how many entries are read at a time.
const exportPage = 500

func (e *exporter) exportGroups(ctx context.Context) ([]Group, error) {
	var all []Group
	for {
		groups, total, err := e.directory.Groups(ctx, e.site.ID, "", len(all), exportPage)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			permissions, err := e.directory.Granted(ctx, e.site.ID, g.ID)
			if err != nil {
				return nil, err
			}
			e.groups[g.ID] = g.Name
			all = append(all, Group{Name: g.Name, ID: g.ID, UsageType: g.UsageType, ManagedBy: g.ManagedBy, Permissions: permissions})
		}
		if len(groups) == 0 || int64(len(all)) >= total {
			return all, nil
		}
	}
}

// exportAccounts leaves out those that come with apps, and returns those of the document first, in its order: whoever is named first there still is.
func (e *exporter) exportAccounts(ctx context.Context, apart map[string]bool) ([]Account, error) {
	tokens, err := e.directory.Tokens(ctx, e.site.ID, "")
	if err != nil {
		return nil, err
	}
	held := map[string][]directory.Token{}
	for _, t := range tokens {
		if t.RevokedAt.IsZero() && t.ExpiresAt.After(e.now) {
			held[t.AccountID] = append(held[t.AccountID], t)
		}
	}
	var all []Account
	err = e.directory.Each(ctx, e.site.ID, directory.Filter{}, func(a directory.Account) error {
		if apart[a.ID] {
			return nil
		}
		out, err := e.exportAccount(ctx, a, held[a.ID])
		all = append(all, out)
		return err
	})
	place := func(a Account) int {
		if i, known := e.known.accountAt[a.ID]; known {
			return i
		}
		return len(e.known.Accounts)
	}
	slices.SortStableFunc(all, func(a, b Account) int { return cmp.Compare(place(a), place(b)) })
	return all, err
}

func (e *exporter) exportAccount(ctx context.Context, a directory.Account, tokens []directory.Token) (Account, error) {
	out := Account{
		ID: a.ID, Type: a.Type, Status: a.Status, Email: a.Email, DisplayName: a.DisplayName, PublicName: a.PublicName, TimeZone: a.TimeZone,
		Locale: a.Locale, Position: a.Position, Department: a.Department, Location: a.Location, Phone: a.Phone, IM: a.IM, Website: a.Website,
		Manager: a.Manager, Guest: a.Guest, External: a.External, EmailApproved: a.EmailApproved, Visibility: a.Visibility,
	}
	if out.Type == directory.Person {
		out.Type = ""
	}
	if out.Status == directory.Active {
		out.Status = ""
	}
	var err error
	if out.Groups, err = e.groupsOf(ctx, a.ID); err != nil {
		return out, err
	}
	properties, err := e.directory.Properties(ctx, e.site.ID, a.ID)
	if err != nil {
		return out, err
	}
	for _, p := range properties {
		out.Properties = append(out.Properties, Property{Key: p.Key, ID: p.ID, Value: p.Value, App: p.App})
	}
	if out.Tokens, err = e.exportTokens(ctx, a, tokens); err != nil {
		return out, err
	}
	out.Password, err = e.password(ctx, a)
	return out, err
}

// exportTokens returns the tokens whose texts are known: the database holds their hashes only.
func (e *exporter) exportTokens(ctx context.Context, a directory.Account, tokens []directory.Token) ([]Token, error) {
	var all []Token
	var was []Token
	i, inDocument := e.known.accountAt[a.ID]
	if inDocument {
		was = e.known.Accounts[i].Tokens
	}
	// The text follows from the address, which may be another one by now.
	readable := Account{ID: a.ID, Email: a.Email}
	for _, t := range tokens {
		at := slices.IndexFunc(was, func(w Token) bool { return w.id(e.site.CloudID, a.ID) == t.ID })
		if at < 0 {
			e.left = append(e.left, fmt.Sprintf("token %s of account %s, as its text is not known", t.ID, a.ID))
			continue
		}
		out := was[at]
		secret := out.secret(e.site.CloudID, &e.known.Accounts[i], a.ID)
		if out.Secret == "" && out.secret(e.site.CloudID, &readable, a.ID) != secret {
			out.Secret = secret
		}
		all = append(all, Token{Label: out.Label, Secret: out.Secret, Scopes: t.Scopes, ExpiresIn: out.ExpiresIn})
	}
	return all, nil
}

// password is that of the document, where it is still good.
func (e *exporter) password(ctx context.Context, a directory.Account) (string, error) {
	i, known := e.known.accountAt[a.ID]
	if !known || e.known.Accounts[i].Password == "" || a.Email == "" {
		return "", nil
	}
	password := e.known.Accounts[i].Password
	if _, good, err := e.directory.CheckPassword(ctx, e.site.ID, a.Email, password); err != nil || good {
		return password, err
	}
	e.left = append(e.left, "the password of account "+a.ID+", which is not known")
	return "", nil
}
