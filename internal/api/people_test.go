package api

import (
	"context"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
)

// The people of every test site, by what is awkward about them.
const (
	admin         = "admin"         // of the site
	administrator = "administrator" // of Confluence only
	person        = "person"
	colleague     = "colleague" // every field filled, nothing chosen about who sees it
	deactivated   = "deactivated"
	closed        = "closed"
	unlicensed    = "unlicensed"
	guest         = "guest"
	external      = "external"
	app           = "app"
	approved      = "approved" // an app that is approved for e-mail addresses
	customer      = "customer"
	hidden        = "hidden"   // shows nothing to anybody
	public        = "public"   // shows everything to everybody
	nonLatin      = "nonLatin" // and without a personal space, like the apps
	nobody        = "nobody"   // has no account
)

// roles are all who have an account, in the order of their IDs.
var roles = []string{
	admin, administrator, person, colleague, deactivated, closed, unlicensed, guest, external,
	app, approved, customer, hidden, public, nonLatin,
}

// accountID is the same on every site, so that goldens can hold it.
func accountID(role string) string {
	for i, r := range roles {
		if r == role {
			return "712020:00000000-0000-4000-8000-0000000000" + string([]byte{'0' + byte(i/10), '0' + byte(i%10)})
		}
	}
	return "712020:00000000-0000-4000-8000-0000000000ff"
}

// groupID is the same on every site.
func groupID(name string) string {
	for i, g := range groupTable {
		if g.name == name {
			return "00000000-0000-4000-9000-00000000000" + string([]byte{'0' + byte(i)})
		}
	}
	return "00000000-0000-4000-9000-0000000000ff"
}

var groupTable = []struct {
	name        string
	permissions []directory.Permission
	members     []string
}{
	{"users", []directory.Permission{directory.Use}, []string{
		admin, administrator, person, colleague, deactivated, closed, external, app, approved, hidden, public, nonLatin,
	}},
	{"site-admins", directory.Permissions, []string{admin}},
	{"confluence-admins", []directory.Permission{directory.Administer}, []string{administrator}},
	{"guests", []directory.Permission{directory.Use}, []string{guest}},
	{"Engineering", nil, []string{person, colleague, deactivated, nonLatin}},
	{"viewers", []directory.Permission{directory.ViewProfiles}, []string{colleague}},
	{"empty", nil, nil},
}

// account describes somebody. All fields are filled, so that whatever is missing from an answer was hidden.
func account(role string) directory.Account {
	a := directory.Account{
		ID: accountID(role), Email: role + "@example.com", PublicName: "Pub " + role, DisplayName: "Full " + role,
		TimeZone: "Europe/London", Locale: "en_GB", Position: "Engineer", Department: "Engines", Location: "London",
		Phone: "+44 20 7946 0000", IM: role + "-im", Website: "https://" + role + ".example.com",
	}
	switch role {
	case guest:
		a.Guest = true
	case external:
		a.External = true
	case app, approved:
		a.Type, a.EmailApproved, a.Email = directory.App, role == approved, ""
	case customer:
		a.Type = directory.Customer
	case hidden:
		a.Visibility = directory.EveryField(directory.OnlyMe)
	case public:
		a.Visibility = directory.EveryField(directory.Anyone)
	case nonLatin:
		a.PublicName, a.DisplayName, a.Locale, a.TimeZone = "山田さん", "山田 太郎", "ja_JP", "Asia/Tokyo"
	}
	return a
}

// settle fills a site with the people and their groups and tokens, in one transaction.
func (s *testSite) settle(ctx context.Context) error {
	return s.dir.Changes.Write(ctx, s.ID, operator, func(tx *change.Tx) error {
		for _, role := range roles {
			a, err := s.dir.AddIn(ctx, tx, account(role))
			if err != nil {
				return err
			}
			s.secrets[role] = directory.NewSecret(s.CloudID)
			t, err := s.dir.AddTokenIn(ctx, tx, a, directory.Token{Label: role, ExpiresAt: time.Now().Add(24 * time.Hour)}, s.secrets[role])
			if err != nil {
				return err
			}
			s.tokens[role] = t.ID
		}
		for _, g := range groupTable {
			if _, err := s.dir.AddGroupIn(ctx, tx, directory.Group{ID: groupID(g.name), Name: g.name}); err != nil {
				return err
			}
			for _, p := range g.permissions {
				if _, err := s.dir.GrantIn(ctx, tx, groupID(g.name), p, true); err != nil {
					return err
				}
			}
			for _, role := range g.members {
				if _, err := s.dir.AddMemberIn(ctx, tx, groupID(g.name), directory.Account{ID: accountID(role), Status: directory.Active}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// part deactivates and closes whom the site is to have left.
func (s *testSite) part(ctx context.Context) error {
	for role, status := range map[string]directory.Status{deactivated: directory.Inactive, closed: directory.Closed} {
		if _, err := s.dir.Change(ctx, s.ID, operator, accountID(role), func(a *directory.Account) error { a.Status = status; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// onPage is the ID of a page in the space of colleague, and onLabel a label of that space.
const (
	onPage  = 70_001
	onLabel = "analysis"
)

// furnish gives some people a personal space.
func (s *testSite) furnish(ctx context.Context) error {
	return s.dir.Changes.Write(ctx, s.ID, operator, func(tx *change.Tx) error {
		for _, role := range []string{admin, colleague, hidden, public} {
			if err := s.giveSpace(ctx, tx, role); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *testSite) giveSpace(ctx context.Context, tx *change.Tx, role string) error {
	space, err := s.spaces.AddIn(ctx, tx, content.Space{Key: "~" + role, Owner: accountID(role)})
	if err != nil || role != colleague {
		return err
	}
	if _, err := s.spaces.AddPageIn(ctx, tx, space, content.Page{ID: onPage, Title: "Notes"}); err != nil {
		return err
	}
	return s.spaces.SetLabelsIn(ctx, tx, content.OnSpace, space.ID, []string{onLabel})
}
