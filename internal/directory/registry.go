package directory

import (
	"context"
	"fmt"
	"reflect"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// NewAccountID returns an ID in the form that Atlassian gives to new accounts.
func NewAccountID() string { return "712020:" + uuid.NewString() }

// Add stores a new account in the groups of these IDs. An empty ID, status or visibility takes its default.
func (d *Directory) Add(ctx context.Context, site int64, by change.Actor, a Account, groups ...string) (Account, error) {
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		added, err := d.AddIn(ctx, tx, a, groups...)
		a = added
		return err
	})
	return a, err
}

// AddIn is [Directory.Add] inside a transaction.
func (d *Directory) AddIn(ctx context.Context, tx *change.Tx, a Account, groups ...string) (Account, error) {
	a.fillDefaults()
	if a.Status == Closed {
		a.erase()
	}
	if err := a.check(); err != nil {
		return a, err
	}
	a.Version, a.CreatedAt, a.UpdatedAt = 1, tx.Now, tx.Now
	if a.Status == Inactive {
		if err := d.revokeInvitationsTo(ctx, tx, a); err != nil {
			return a, err
		}
	}
	if err := d.insert(ctx, tx, &a); err != nil {
		return a, err
	}
	tx.Record(change.Record{Operation: "account.create", Target: "account:" + a.ID, Version: 1, Access: true, Fields: differences(Account{}, a)})
	for _, g := range groups {
		if _, err := addMember(ctx, tx, g, a); err != nil {
			return a, err
		}
	}
	var err error
	if a.Licensed, err = licensing(ctx, tx, groups...); err != nil {
		return a, err
	}
	findAtEnd(ctx, tx).change(&Account{}, &a)
	return a, nil
}

func (a *Account) fillDefaults() {
	if a.ID == "" {
		a.ID = NewAccountID()
	}
	if a.Type == "" {
		a.Type = Person
	}
	if a.Status == "" {
		a.Status = Active
	}
	if a.DisplayName == "" {
		a.DisplayName = a.PublicName
	}
	if a.Locale == "" {
		a.Locale = "en_US"
	}
	if a.Visibility == (Visibility{}) {
		a.Visibility = DefaultVisibility()
	}
	if a.PublicName == "" {
		a.PublicName = a.unchosenName()
	}
}

// unchosenName is the public name of somebody who chose none: the display name where everybody may see it.
func (a *Account) unchosenName() string {
	if a.Visibility[NameField] == Anyone {
		return a.DisplayName
	}
	return "User " + a.ID[max(0, len(a.ID)-8):]
}

// follow lets a public name that nobody chose follow what it was made from.
func (a *Account) follow(old Account) {
	if a.PublicName == "" || a.PublicName == old.PublicName && old.PublicName == old.unchosenName() {
		a.PublicName = a.unchosenName()
	}
}

func (d *Directory) insert(ctx context.Context, tx *change.Tx, a *Account) error {
	n, err := tx.ExecContext(ctx, `
		INSERT INTO accounts (site_id, account_id, version, account_type, status, guest, external, email, email_key, public_name, display_name,
			time_zone, locale, position, department, location, phone, im, website, manager, picture, visibility, email_approved, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
		ON CONFLICT DO NOTHING`,
		tx.Site, a.ID, a.Version, string(a.Type), string(a.Status), a.Guest, a.External, a.Email, a.emailKey(), a.PublicName, a.DisplayName,
		a.TimeZone, a.Locale, a.Position, a.Department, a.Location, a.Phone, a.IM, a.Website, a.Manager, a.Picture, a.Visibility.text(), a.EmailApproved,
		a.CreatedAt.UnixMicro(), a.UpdatedAt.UnixMicro())
	if err == nil && n == 0 {
		return failure.Conflict.Errorf("An account with this ID or e-mail address exists already.")
	}
	return err
}

// emailKey is null for an account without an address, so that any number of them can stand side by side.
func (a *Account) emailKey() *string {
	if key, err := EmailKey(a.Email); err == nil {
		return &key
	}
	return nil
}

// Change applies edit to the account of this ID or address and stores the result, or nothing if edit fails.
func (d *Directory) Change(ctx context.Context, site int64, by change.Actor, ref string, edit func(*Account) error) (Account, error) {
	var now Account
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		old, err := d.account(ctx, tx, site, ref)
		if err != nil {
			return err
		}
		now, err = d.ChangeIn(ctx, tx, old, edit)
		return err
	})
	return now, err
}

// ChangeIn is [Directory.Change] inside a transaction, for an account just read in it.
// An edit that changes nothing writes nothing. Closing an account erases what is personal, for good. The last
// active site administrator can be neither deactivated nor closed.
func (d *Directory) ChangeIn(ctx context.Context, tx *change.Tx, old Account, edit func(*Account) error) (Account, error) {
	a := old
	if err := edit(&a); err != nil {
		return old, err
	}
	if old.Status == Closed && a.Status != Closed {
		return old, failure.Conflict.Errorf("Account %s is closed: what was personal is erased, so it cannot come back.", a.ID)
	}
	a.follow(old)
	if a.Status == Closed {
		a.erase()
	}
	fields := differences(old, a)
	if len(fields) == 0 {
		return old, nil
	}
	if a.ID != old.ID {
		return old, failure.Invalid.Errorf("An account's ID never changes.")
	}
	if err := a.check(); err != nil {
		return old, err
	}
	a.Version, a.UpdatedAt = old.Version+1, tx.Now
	if err := d.update(ctx, tx, old, &a); err != nil {
		return old, err
	}
	if a.wordKey() != old.wordKey() {
		findAtEnd(ctx, tx).change(&old, &a)
	}
	if a.Picture == "" && old.Picture != "" {
		if _, err := tx.ExecContext(ctx, `DELETE FROM pictures WHERE site_id = $1 AND account_id = $2`, tx.Site, a.ID); err != nil {
			return old, err
		}
	}
	if (a.Status == Active) != (old.Status == Active) {
		if err := d.list(ctx, tx, a); err != nil {
			return old, err
		}
	}
	tx.Record(change.Record{Operation: "account.update", Target: "account:" + a.ID, Version: a.Version, Access: true, Fields: fields})
	return a, nil
}

// update stores a in the place of old.
func (d *Directory) update(ctx context.Context, tx *change.Tx, old Account, a *Account) error {
	if err := forgetFormerIn(ctx, tx, old, *a); err != nil {
		return err
	}
	if a.Status != Active {
		if err := endAccessIn(ctx, tx, a.ID); err != nil {
			return fmt.Errorf("end the access of account %s: %w", a.ID, err)
		}
	}
	switch a.Status {
	case Closed:
		if err := d.forgetInvitations(ctx, tx, a.ID); err != nil {
			return fmt.Errorf("forget the invitations of account %s: %w", a.ID, err)
		}
	case Inactive:
		if err := d.revokeInvitationsOf(ctx, tx, *a); err != nil {
			return fmt.Errorf("revoke the invitations of account %s: %w", a.ID, err)
		}
	}
	_, taken, err := db.One(ctx, tx, db.Scalar[string], `SELECT account_id FROM accounts WHERE site_id = $1 AND email_key = $2 AND account_id <> $3`,
		tx.Site, a.emailKey(), a.ID)
	if err != nil {
		return err
	}
	if taken {
		return failure.Conflict.Errorf("Another account has this e-mail address.")
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE accounts SET version = $3, account_type = $4, status = $5, guest = $6, external = $7, email = $8, email_key = $9,
			public_name = $10, display_name = $11, time_zone = $12, locale = $13, position = $14, department = $15, location = $16,
			phone = $17, im = $18, website = $19, manager = $20, picture = $21, visibility = $22, email_approved = $23, updated_at = $24
		WHERE site_id = $1 AND account_id = $2`,
		tx.Site, a.ID, a.Version, string(a.Type), string(a.Status), a.Guest, a.External, a.Email, a.emailKey(),
		a.PublicName, a.DisplayName, a.TimeZone, a.Locale, a.Position, a.Department, a.Location,
		a.Phone, a.IM, a.Website, a.Manager, a.Picture, a.Visibility.text(), a.EmailApproved, a.UpdatedAt.UnixMicro())
	if err == nil && a.Status == Closed { // what somebody watches is personal
		_, err = tx.ExecContext(ctx, `DELETE FROM watches WHERE site_id = $1 AND account_id = $2`, tx.Site, a.ID)
		if err == nil {
			err = tx.EraseAccount(ctx, a.ID)
		}
	}
	if err != nil {
		return fmt.Errorf("update account %s: %w", a.ID, err)
	}
	if a.Status == Closed {
		_, err = tx.ExecContext(ctx, `DELETE FROM properties WHERE site_id = $1 AND account_id = $2`, tx.Site, a.ID)
	}
	return err
}

// differences lists the fields in which two accounts differ, by the names of [Account]'s fields.
func differences(before, after Account) change.Fields {
	fields := change.Fields{}
	b, a := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range b.NumField() {
		switch name := b.Type().Field(i).Name; name {
		case "Version", "CreatedAt", "UpdatedAt", "Licensed":
		case "Visibility":
			if before.Visibility != after.Visibility {
				fields[name] = [2]any{before.Visibility.text(), after.Visibility.text()}
			}
		default:
			if x, y := b.Field(i).Interface(), a.Field(i).Interface(); x != y {
				fields[name] = [2]any{x, y}
			}
		}
	}
	return fields
}
