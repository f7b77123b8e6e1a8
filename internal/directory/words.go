package directory

import (
	"context"
	"maps"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/fold"
)

// words returns the words by which each audience may find the account. The public name is everybody's; the
// display name belongs to the audience its owner chose, so a hidden name is not found by its prefix.
// Only active accounts are found.
func (a *Account) words() map[Audience][]string {
	if a.Status != Active {
		return nil
	}
	found := map[Audience][]string{Anyone: distinct(fold.Words(a.PublicName))}
	if chosen := a.Visibility[NameField]; chosen == Anyone {
		found[Anyone] = distinct(append(found[Anyone], fold.Words(a.DisplayName)...))
	} else {
		found[chosen] = distinct(fold.Words(a.DisplayName))
	}
	return found
}

func distinct(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

// wordKey changes whenever words does.
func (a *Account) wordKey() [4]string {
	return [4]string{string(a.Status), a.PublicName, a.DisplayName, string(rune(a.Visibility[NameField]))}
}

func storeWords(ctx context.Context, tx *change.Tx, a *Account) error {
	byAudience := a.words()
	for _, audience := range slices.Sorted(maps.Keys(byAudience)) {
		for _, word := range byAudience[audience] {
			if _, err := tx.ExecContext(ctx, `INSERT INTO account_words (site_id, audience, word, account_id) VALUES ($1, $2, $3, $4)`,
				tx.Site, audience.String(), word, a.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
