package directory

import (
	"context"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// storeNew inserts the accounts that are new.
func (b *bulk) storeNew(ctx context.Context) error {
	var fresh []*Outcome
	var inactive []Account
	for i := range b.outcomes {
		o := &b.outcomes[i]
		if o.Refused != nil || o.Before.ID != "" {
			continue
		}
		a := &o.After
		a.Version, a.CreatedAt, a.UpdatedAt = 1, b.tx.Now, b.tx.Now
		fresh = append(fresh, o)
		if a.Status == Inactive {
			inactive = append(inactive, *a)
		}
	}
	if err := b.d.revokeInvitationsTo(ctx, b.tx, inactive...); err != nil {
		return err
	}
	slices.SortFunc(fresh, func(a, b *Outcome) int { return strings.Compare(a.After.ID, b.After.ID) })
	return insertAll(ctx, b.tx, insertAccounts, fresh, func(o *Outcome, row []any) []any { return append(row, accountRow(&o.After, o.key)...) })
}

const insertAccounts = `INSERT INTO accounts (site_id, account_id, version, account_type, status, guest, external, email, email_key,
	public_name, display_name, time_zone, locale, position, department, location, phone, im, website, manager, picture, visibility,
	email_approved, created_at, updated_at)`

func accountRow(a *Account, key *string) []any {
	return []any{
		a.ID, a.Version, string(a.Type), string(a.Status), a.Guest, a.External, a.Email, key,
		a.PublicName, a.DisplayName, a.TimeZone, a.Locale, a.Position, a.Department, a.Location, a.Phone, a.IM, a.Website, a.Manager,
		a.Picture, a.Visibility.text(), a.EmailApproved, a.CreatedAt.UnixMicro(), a.UpdatedAt.UnixMicro(),
	}
}

// storeChanged updates the accounts that stand and differ, with a record each.
func (b *bulk) storeChanged(ctx context.Context) error {
	var moving []string // accounts that give up an address, which another may take within the batch
	for i := range b.outcomes {
		if o := &b.outcomes[i]; o.Refused == nil && o.Before.ID != "" && o.Before.Email != "" && !sameKey(o.Before, o.After) {
			moving = append(moving, o.Before.ID)
		}
	}
	if err := b.forEach(ctx, moving, `UPDATE accounts SET email_key = NULL`); err != nil {
		return err
	}
	for i := range b.outcomes {
		o := &b.outcomes[i]
		if o.Refused != nil || o.Before.ID == "" {
			continue
		}
		fields := differences(o.Before, o.After)
		if len(fields) == 0 {
			continue
		}
		o.After.Version, o.After.UpdatedAt = o.Before.Version+1, b.tx.Now
		if err := b.storeChange(ctx, o); err != nil {
			return err
		}
		b.tx.Record(change.Record{Operation: "account.update", Target: "account:" + o.After.ID, Version: o.After.Version, Access: true, Fields: fields})
	}
	return nil
}

func (b *bulk) storeChange(ctx context.Context, o *Outcome) error {
	if err := b.d.update(ctx, b.tx, o.Before, &o.After); err != nil {
		return err
	}
	if o.After.Picture == "" && o.Before.Picture != "" {
		if err := b.forEach(ctx, []string{o.After.ID}, `DELETE FROM pictures`); err != nil {
			return err
		}
	}
	if (o.After.Status == Active) != (o.Before.Status == Active) {
		return b.d.list(ctx, b.tx, o.After)
	}
	return nil
}

// storeWords makes the accounts of the batch be found as they are now.
func (b *bulk) storeWords(ctx context.Context) error {
	words := findAtEnd(ctx, b.tx)
	for i := range b.outcomes {
		o := &b.outcomes[i]
		if o.Refused == nil && o.Before.wordKey() != o.After.wordKey() {
			words.change(&o.Before, &o.After)
		}
	}
	return words.store(ctx, b.tx) // many, so at once
}

// forEach runs a statement on the rows of these accounts.
func (b *bulk) forEach(ctx context.Context, accounts []string, statement string) error {
	for chunk := range slices.Chunk(accounts, lookUps) {
		list, args := db.In(chunk, any(b.tx.Site))
		if _, err := b.tx.ExecContext(ctx, statement+` WHERE site_id = $1 AND account_id IN (`+list+`)`, args...); err != nil {
			return err
		}
	}
	return nil
}

// insertAll inserts rows of the transaction's site that are known not to stand yet: of each of things, what appendTo
// appends to the site. Neighbours in an index are cheaper to insert, so things should be in the order of one.
func insertAll[T any](ctx context.Context, tx *change.Tx, into string, things []T, appendTo func(T, []any) []any) error {
	// What stands already ends the transaction: to look out for it would take PostgreSQL nearly as long as to insert.
	_, err := insertRows(ctx, tx, into, ``, things, appendTo)
	if db.IsConflict(err) {
		err = failure.Unavailable.Errorf("Somebody else wrote the same; try again.")
	}
	return err
}

// insertRows inserts rows like insertAll, and returns how many it wrote.
func insertRows[T any](ctx context.Context, tx *change.Tx, into, onConflict string, things []T, appendTo func(T, []any) []any) (int64, error) {
	return tx.Insert(ctx, into, onConflict, func(yield func([]any) bool) {
		var row []any
		for _, thing := range things {
			row = appendTo(thing, append(row[:0], tx.Site))
			if !yield(row) {
				return
			}
		}
	})
}

// asIs is for things that are rows already.
func asIs(values, row []any) []any { return append(row, values...) }
