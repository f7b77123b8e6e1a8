package directory

import (
	"context"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// AppTokenLife is how long an app's access token is good unless somebody says otherwise.
const AppTokenLife = time.Hour

// AppToken is an access token that is made for an app without asking anybody: what Forge sends for asApp and asUser.
type AppToken struct {
	Token
	AsUser string // the ID or address of the person to act as; empty for the app as itself
}

// AddAppToken makes an access token for a Forge app. Other apps get theirs from the authorization server, where people
// allow it, or sign their own; for them it is Invalid.
func (d *Directory) AddAppToken(ctx context.Context, site int64, by change.Actor, clientID string, t AppToken, secret string) (Token, error) {
	var made Token
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		r, err := registration(ctx, tx, site, clientID)
		switch {
		case err != nil:
			return err
		case r.Kind == OAuthApp:
			return failure.Invalid.Errorf("An OAuth app gets its tokens at /oauth/token.")
		}
		made, err = d.AddAppTokenIn(ctx, tx, r, t, secret)
		return err
	})
	return made, err
}

// AddAppTokenIn makes an access token for any app but a Connect app, inside a transaction. Without scopes it has all
// those of the app; without an expiry it is good for [AppTokenLife].
func (d *Directory) AddAppTokenIn(ctx context.Context, tx *change.Tx, r Registration, t AppToken, secret string) (Token, error) {
	who := r.AccountID
	switch {
	case r.Kind == ConnectApp:
		return t.Token, failure.Invalid.Errorf("A Connect app signs its tokens itself, with its shared secret.")
	case r.Blocked:
		return t.Token, failure.Conflict.Errorf("The app is blocked on this site.")
	case t.AsUser != "":
		who = t.AsUser
	case r.Public:
		return t.Token, failure.Invalid.Errorf("A public app cannot act as itself.")
	}
	a, err := d.account(ctx, tx, tx.Site, who)
	switch {
	case err != nil:
		return t.Token, err
	case t.AsUser != "" && a.Type == App:
		return t.Token, failure.Invalid.Errorf("Account %s is an app, and an app acts as itself or as a person.", a.ID)
	}
	t.Kind, t.ClientID, t.Family = Delegated, r.ClientID, ""
	if t.Scopes == nil {
		t.Scopes = r.Scopes
	}
	for _, scope := range t.Scopes {
		if !slices.Contains(r.Scopes, scope) {
			return t.Token, failure.Invalid.Errorf("The app is not registered with the scope %.200q.", scope)
		}
	}
	// Having a refresh token is no right of an access token.
	t.Scopes = slices.DeleteFunc(slices.Clone(t.Scopes), func(scope string) bool { return scope == "offline_access" })
	if t.ExpiresAt.IsZero() {
		t.ExpiresAt = d.Changes.Now().Add(AppTokenLife)
	}
	return d.AddTokenIn(ctx, tx, a, t.Token, secret)
}

// AddServiceToken makes an account of type app that can use the site, and an API token of it.
func (d *Directory) AddServiceToken(ctx context.Context, site int64, by change.Actor, name string, t Token, secret string) (Token, error) {
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		home, err := homeGroup(ctx, tx, tx.Site, false)
		if err != nil {
			return err
		}
		var groups []string
		if home != "" {
			groups = []string{home}
		}
		a, err := d.AddIn(ctx, tx, Account{Type: App, DisplayName: name}, groups...)
		if err == nil {
			t, err = d.AddTokenIn(ctx, tx, a, t, secret)
		}
		return err
	})
	return t, err
}

// TokensAfter returns a block of a site's API tokens, or of an account's unless accountID is "": by ID, after a given
// one, at most limit.
func (d *Directory) TokensAfter(ctx context.Context, site int64, accountID, after string, limit int) ([]Token, error) {
	return d.tokens(ctx, `t.site_id = $1 AND t.token_id IN (SELECT x.token_id FROM tokens x
		WHERE x.site_id = $1 AND (x.account_id = $2 OR $2 = '') AND x.kind IN ('classic', 'scoped') AND x.token_id > $3
		ORDER BY x.token_id LIMIT $4)`, site, accountID, after, limit)
}
