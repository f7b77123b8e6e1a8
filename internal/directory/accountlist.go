package directory

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Listed is an account as those are told of it who administer the directory: its names and its address whatever its
// owner's choice of visibility, as the directory is theirs to keep.
type Listed struct {
	ID            string
	Type          Type
	Status        Status
	PublicName    string
	DisplayName   string
	Email         string
	CreatedAt     time.Time
	UpdatedAt     time.Time
	DeactivatedAt time.Time // when it was deactivated or closed; zero while active, and where no change tells any more
}

const (
	listedBlock   = 500  // accounts read at a time
	mostInListing = 5000 // accounts that one page of a list may read
)

// List returns up to limit of the accounts that f admits, by ID, from the one behind the ID after, and the ID behind
// which the next page begins; "" on the last. A page costs the same however many accounts there are and however few of
// them f admits: it gives up after some thousands, so it may hold fewer than limit, or none, and still have a next.
//
// Each address that it tells is a disclosure, which is recorded as [Directory.PrivacyUnsafeEmails] does: where that
// cannot be, nothing is told.
func (d *Directory) List(ctx context.Context, site int64, by change.Actor, f Filter, after string, limit int) (page []Listed, next string, err error) {
	if page, next, err = d.listed(ctx, site, f, after, limit); err != nil {
		return nil, "", err
	}
	if err := d.tellDeactivation(ctx, site, page); err != nil {
		return nil, "", err
	}
	var told []Address
	for _, a := range page {
		if a.Email != "" {
			told = append(told, Address{a.ID, a.Email})
		}
	}
	if err := d.disclosed(ctx, site, by, told); err != nil {
		return nil, "", err
	}
	return page, next, nil
}

// listed walks the index that f has for it, and leaves out what else f does not admit.
func (d *Directory) listed(ctx context.Context, site int64, f Filter, after string, limit int) (page []Listed, next string, err error) {
	if err := f.check(); err != nil {
		return nil, "", err
	}
	query, args := f.walk(site)
	text := f.text()
	admits := func(a Listed) bool {
		return (f.Type == "" || a.Type == f.Type) && (f.Status == "" || a.Status == f.Status) &&
			text(Account{Email: a.Email, PublicName: a.PublicName, DisplayName: a.DisplayName})
	}
	page = []Listed{}
	for read := 0; read < mostInListing; read += listedBlock {
		block, err := db.All(ctx, d.db(), scanListed, query, append(args, after, listedBlock)...)
		if err != nil {
			return nil, "", err
		}
		for _, a := range block {
			if admits(a) {
				if len(page) == limit {
					return page, after, nil
				}
				page = append(page, a)
			}
			after = a.ID
		}
		if len(block) < listedBlock {
			return page, "", nil
		}
	}
	return page, after, nil
}

// check refuses a type or status that there is not.
func (f Filter) check() error {
	switch f.Type {
	case "", Person, App, Customer:
	default:
		return failure.Invalid.Errorf("The account type %.60q is none of atlassian, app, customer.", f.Type)
	}
	switch f.Status {
	case "", Active, Inactive, Closed:
	default:
		return failure.Invalid.Errorf("The status %.60q is none of active, inactive, closed.", f.Status)
	}
	return nil
}

const listedColumns = `a.account_id, a.account_type, a.status, a.public_name, a.display_name, a.email, a.created_at, a.updated_at`

// walk returns the query for some accounts of a site by ID, and its arguments but for the last two: the ID to begin behind
// and how many to read. The status or type stands in the text, as only then an engine sees that the index holds all such.
func (f Filter) walk(site int64) (string, []any) {
	const behind = ` AND a.account_id > $2 ORDER BY a.account_id LIMIT CAST($3 AS bigint)`
	from := `SELECT ` + listedColumns + ` FROM accounts a WHERE a.site_id = $1`
	switch {
	case f.GroupID != "":
		return `SELECT ` + listedColumns + ` FROM memberships m JOIN accounts a ON a.site_id = m.site_id AND a.account_id = m.account_id
			WHERE m.site_id = $1 AND m.group_id = $2 AND m.account_id > $3 ORDER BY m.account_id LIMIT CAST($4 AS bigint)`, []any{site, f.GroupID}
	case f.Status != "" && f.Status != Active:
		return from + ` AND a.status = '` + string(f.Status) + `' AND a.status <> 'active'` + behind, []any{site}
	case f.Type != "" && f.Type != Person:
		return from + ` AND a.account_type = '` + string(f.Type) + `' AND a.account_type <> 'atlassian'` + behind, []any{site}
	}
	return from + behind, []any{site}
}

func scanListed(rows *sql.Rows) (a Listed, err error) {
	var created, updated int64
	err = rows.Scan(&a.ID, &a.Type, &a.Status, &a.PublicName, &a.DisplayName, &a.Email, &created, &updated)
	a.CreatedAt, a.UpdatedAt = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	return a, err
}

// tellDeactivation fills in when those accounts ceased to be active that are not. Only the changes know, which do not
// stay for ever; what text of an account looks like in them cannot pass for a change of its status.
func (d *Directory) tellDeactivation(ctx context.Context, site int64, page []Listed) error {
	var targets []string
	for _, a := range page {
		if a.Status != Active {
			targets = append(targets, "account:"+a.ID)
		}
	}
	if len(targets) == 0 {
		return nil
	}
	list, args := db.In(targets, any(site))
	type turn struct {
		target string
		at     int64
	}
	turns, err := db.All(ctx, d.db(), func(rows *sql.Rows) (t turn, err error) { return t, rows.Scan(&t.target, &t.at) },
		`SELECT target, MAX(at) FROM changes WHERE site_id = $1 AND target IN (`+list+`)
			AND operation IN ('account.create', 'account.update') AND detail LIKE '%"Status":[%' GROUP BY target`, args...)
	when := map[string]time.Time{}
	for _, t := range turns {
		when[strings.TrimPrefix(t.target, "account:")] = time.UnixMicro(t.at).UTC()
	}
	for i, a := range page {
		page[i].DeactivatedAt = when[a.ID]
	}
	return err
}
