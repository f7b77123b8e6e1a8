package directory

import (
	"context"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/fold"
)

// Filter narrows a listing of accounts. Its zero value admits every account.
type Filter struct {
	Type      Type
	Status    Status
	GroupID   string // only members of this group, suspended people included
	Guests    bool   // only guests
	Externals bool   // only external collaborators who are no guests
	Text      string // each of its words begins a word of a name, or it begins the e-mail address; whatever the case
}

// listingPage is how many accounts a listing holds at a time.
const listingPage = 500

// Each calls do with every account of a site that f admits, by ID, with everything in it: for the
// operator's tools. It holds a page at a time, however many there are, so an account that changes meanwhile
// is seen as it was or as it is. An error of do ends the listing and is returned.
func (d *Directory) Each(ctx context.Context, site int64, f Filter, do func(Account) error) error {
	admits := f.text()
	for after := ""; ; {
		query, args := f.page(site, after)
		accounts, err := db.All(ctx, d.db(), scanAccount, query, args...)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if !admits(a) {
				continue
			}
			if err := do(a); err != nil {
				return err
			}
		}
		if len(accounts) < listingPage {
			return nil
		}
		after = accounts[len(accounts)-1].ID
	}
}

// page returns the query for the accounts after an ID that all of f but Text admits. A group's members
// are walked by the group's own index, as it may hold few of many accounts.
func (f Filter) page(site int64, after string) (string, []any) {
	from, id := `accounts a WHERE a.site_id = $1`, `a.account_id`
	args := []any{site}
	given := func(value any) string {
		args = append(args, value)
		return "$" + strconv.Itoa(len(args))
	}
	if f.GroupID != "" {
		from = `memberships m JOIN accounts a ON a.site_id = m.site_id AND a.account_id = m.account_id
			WHERE m.site_id = $1 AND m.group_id = ` + given(f.GroupID)
		id = `m.account_id`
	}
	where := ` AND ` + id + ` > ` + given(after)
	if f.Type != "" {
		where += ` AND a.account_type = ` + given(string(f.Type))
	}
	if f.Status != "" {
		where += ` AND a.status = ` + given(string(f.Status))
	}
	if f.Guests {
		where += ` AND a.guest`
	}
	if f.Externals {
		where += ` AND a.external AND NOT a.guest`
	}
	return `SELECT ` + accountColumns + ` FROM ` + from + where + ` ORDER BY ` + id + ` LIMIT ` + given(listingPage), args
}

// text returns what Text admits. The index of words holds active accounts only, so this reads the names.
func (f Filter) text() func(Account) bool {
	wanted, start := fold.Words(f.Text), strings.ToLower(strings.TrimSpace(f.Text))
	return func(a Account) bool {
		if start == "" || strings.HasPrefix(strings.ToLower(a.Email), start) {
			return true
		}
		have := append(fold.Words(a.PublicName), fold.Words(a.DisplayName)...)
		for _, w := range wanted {
			if !anyBegins(have, w) {
				return false
			}
		}
		return len(wanted) > 0
	}
}

func anyBegins(words []string, prefix string) bool {
	for _, w := range words {
		if strings.HasPrefix(w, prefix) {
			return true
		}
	}
	return false
}
