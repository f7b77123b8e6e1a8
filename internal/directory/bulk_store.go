package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// storeNew inserts the accounts that are new.
func (b *bulk) storeNew(ctx context.Context) error {
	var fresh []*Account
	var inactive []Account
	for i := range b.outcomes {
		o := &b.outcomes[i]
		if o.Refused != nil || o.Before.ID != "" {
			continue
		}
		a := &o.After
		a.Version, a.CreatedAt, a.UpdatedAt = 1, b.tx.Now, b.tx.Now
		fresh = append(fresh, a)
		if a.Status == Inactive {
			inactive = append(inactive, *a)
		}
	}
	if err := b.d.revokeInvitationsTo(ctx, b.tx, inactive...); err != nil {
		return err
	}
	slices.SortFunc(fresh, func(a, b *Account) int { return strings.Compare(a.ID, b.ID) })
	return insertAll(ctx, b.tx, insertAccounts, fresh, func(a *Account, row []any) []any { return append(row, accountRow(a)...) })
}

const insertAccounts = `INSERT INTO accounts (site_id, account_id, version, account_type, status, guest, external, email, email_key,
	public_name, display_name, time_zone, locale, position, department, location, phone, im, website, manager, picture, visibility,
	email_approved, created_at, updated_at)`

func accountRow(a *Account) []any {
	return []any{
		a.ID, a.Version, string(a.Type), string(a.Status), a.Guest, a.External, a.Email, a.emailKey(),
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

// storeWords makes the accounts of the batch be found by their names as they are now.
func (b *bulk) storeWords(ctx context.Context) error {
	var changed []string
	var found []foundBy
	for i := range b.outcomes {
		o := &b.outcomes[i]
		if o.Refused != nil || o.Before.wordKey() == o.After.wordKey() {
			continue
		}
		if o.Before.ID != "" {
			changed = append(changed, o.Before.ID)
		}
		for audience, words := range o.After.words() {
			for _, word := range words {
				found = append(found, foundBy{audience.String(), word, o.After.ID})
			}
		}
	}
	if err := b.forEach(ctx, changed, `DELETE FROM account_words`); err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b foundBy) int {
		return cmp.Or(strings.Compare(a.audience, b.audience), strings.Compare(a.word, b.word), strings.Compare(a.account, b.account))
	})
	return insertAll(ctx, b.tx, `INSERT INTO account_words (site_id, audience, word, account_id)`, found, func(f foundBy, row []any) []any {
		return append(row, f.audience, f.word, f.account)
	})
}

// foundBy is a word by which an audience finds an account.
type foundBy struct{ audience, word, account string }

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
	n, err := insertRows(ctx, tx, into, `ON CONFLICT DO NOTHING`, things, appendTo)
	if err == nil && n != int64(len(things)) {
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
