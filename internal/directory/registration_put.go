package directory

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// PutRegistrationIn registers an app, or edits the one with this client ID, and returns it before, with no client ID where it
// is new, and after. A new app has a secret that nobody knows, unless it is public: it can do nothing until it is given
// another. Kind, account and keys of an app that stands never change.
func (d *Directory) PutRegistrationIn(ctx context.Context, tx *change.Tx, clientID string, edit func(*Registration) error) (before, after Registration, err error) {
	before, err = registration(ctx, tx, tx.Site, clientID)
	if kind, _ := failure.Of(err); err != nil && kind != failure.NotFound {
		return before, before, err
	}
	if err != nil {
		after.ClientID = clientID
		if err = edit(&after); err == nil {
			after, err = d.RegisterIn(ctx, tx, after, AppSecrets{}.filled(after, ""))
		}
		return Registration{}, after, err
	}
	after = before
	after.RedirectURIs, after.Scopes = slices.Clone(before.RedirectURIs), slices.Clone(before.Scopes)
	if err = edit(&after); err != nil {
		return before, before, err
	}
	if after.ClientID != before.ClientID || after.Kind != before.Kind || after.AccountID != before.AccountID || after.Key != before.Key || after.ClientKey != before.ClientKey {
		return before, before, failure.Invalid.Errorf("The type, account and keys of an app never change.")
	}
	return before, after, d.storeRegistration(ctx, tx, before, &after)
}
