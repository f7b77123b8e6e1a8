package directory

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Address is an account's e-mail address, whatever its owner's choice of visibility.
type Address struct{ AccountID, Email string }

// PrivacyUnsafeEmails discloses addresses to an app that is approved for it, in the order asked for, each
// once; accounts that do not exist, are closed or have no address are left out. Each disclosure is a change:
// where it cannot be recorded, nothing is disclosed.
func (d *Directory) PrivacyUnsafeEmails(ctx context.Context, site int64, by change.Actor, ids []string) (told []Address, err error) {
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		accounts, err := d.accounts(ctx, tx, site, ids)
		told = addressesOf(accounts)
		disclose(tx, told)
		return err
	})
	if err != nil {
		return nil, unrecorded(err)
	}
	return told, nil
}

// disclosed records that the addresses of a page were told to who administers the directory. The page must not be shown
// where it fails.
func (d *Directory) disclosed(ctx context.Context, site int64, by change.Actor, told []Address) error {
	if len(told) == 0 {
		return nil
	}
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		disclose(tx, told)
		return nil
	})
	if err != nil {
		return unrecorded(err)
	}
	return nil
}

// disclose records of each address that it is told.
func disclose(tx *change.Tx, told []Address) {
	for _, a := range told {
		tx.Record(change.Record{Operation: change.Disclosure, Target: "account:" + a.AccountID})
	}
}

// addressesOf returns the addresses of those accounts that have one.
func addressesOf(accounts []Account) (all []Address) {
	for _, a := range accounts {
		if a.Email != "" {
			all = append(all, Address{a.ID, a.Email})
		}
	}
	return all
}

// unrecorded makes of a disclosure that could not be recorded one that cannot be had now.
func unrecorded(err error) error {
	if kind, _ := failure.Of(err); kind == failure.Internal {
		return fmt.Errorf("%w: %w", failure.Unavailable.Errorf("The disclosure cannot be recorded now."), err)
	}
	return err
}

// Access is which of some addresses have access to the site.
type Access struct {
	With, Without, Invalid []string
}

// CheckAccess sorts addresses by whether they belong to an active account that can use the site. Order
// and spelling are as given; of those that mean the same only the first is kept.
func (d *Directory) CheckAccess(ctx context.Context, site int64, by change.Actor, addresses []string) (Access, error) {
	access := Access{With: []string{}, Without: []string{}, Invalid: []string{}}
	keys := make([]string, len(addresses))
	for i, address := range addresses {
		keys[i], _ = EmailKey(address)
	}
	list, args := db.In(keys, any(site))
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		access = Access{With: []string{}, Without: []string{}, Invalid: []string{}}
		found, err := db.All(ctx, tx, scanLicence, `SELECT a.email_key, a.status, `+licensed+` FROM accounts a
			WHERE a.site_id = $1 AND a.email_key IN (`+list+`)`, args...)
		if err != nil {
			return err
		}
		may := map[string]bool{}
		for _, l := range found {
			may[l.emailKey] = l.status == Active && l.licensed
		}
		seen := map[string]bool{}
		for i, address := range addresses {
			key := keys[i]
			if key == "" {
				key = address
			}
			if seen[key] {
				continue
			}
			seen[key] = true
			switch {
			case keys[i] == "":
				access.Invalid = append(access.Invalid, address)
			case may[key]:
				access.With = append(access.With, address)
			default:
				access.Without = append(access.Without, address)
			}
		}
		tx.Record(change.Record{Operation: "access.check", Target: "site", Fields: change.Fields{
			"Addresses": {nil, len(seen)}, "WithAccess": {nil, len(access.With)},
		}})
		return nil
	})
	if err != nil {
		return Access{}, unrecorded(err)
	}
	return access, nil
}

type licence struct {
	emailKey string
	status   Status
	licensed bool
}

func scanLicence(rows *sql.Rows) (l licence, err error) {
	return l, rows.Scan(&l.emailKey, &l.status, &l.licensed)
}
