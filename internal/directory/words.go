package directory

import (
	"slices"

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

// wordKey is all that decides how an account is found.
type wordKey struct {
	status             Status
	public, display    string
	names              Audience
	licensed, outsider bool
}

func (a *Account) wordKey() wordKey {
	return wordKey{a.Status, a.PublicName, a.DisplayName, a.Visibility[NameField], a.Licensed, a.Guest || a.External}
}

// shelf is where the words stand by which an audience finds accounts that came to the site as this one did.
func (a *Account) shelf(of Audience) string {
	name := of.String()
	if a.Guest || a.External {
		name += "/outsider"
	}
	if !a.Licensed {
		name += "/unlicensed"
	}
	return name
}

// shelves are where those stand whom an audience finds and l admits.
func (l Licence) shelves(of Audience) (names []string) {
	for _, a := range []Account{{Licensed: true}, {Guest: true, Licensed: true}, {}, {Guest: true}} {
		if l.admits(a) {
			names = append(names, a.shelf(of))
		}
	}
	return names
}

// wordAt is a word by which some search finds accounts.
type wordAt struct{ shelf, word string }

// foundBy calls do with each word by which the account is found. They follow from the account alone, so what stands in the
// index of one that changes need not be read; code that folds or splits names otherwise has to make the index anew.
func (a *Account) foundBy(do func(wordAt)) {
	for audience, words := range a.words() {
		shelf := a.shelf(audience)
		for _, word := range words {
			do(wordAt{shelf, word})
		}
	}
}
