package directory

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/db"
)

// Standing is what an account may do on its site, by its status and its groups.
type Standing struct {
	AccountID     string
	Type          Type
	Status        Status
	EmailKey      string
	EmailApproved bool
	Outsider      bool // a guest or an external collaborator
	CanUse        bool
	ViewProfiles  bool // holds the permission; whether it is needed is the site's choice
	Administrator bool // of Confluence
	SiteAdmin     bool
}

// Viewer is the account as one who looks at profiles.
func (s Standing) Viewer() Viewer {
	return Viewer{AccountID: s.AccountID, Member: s.CanUse && s.Type == Person && !s.Outsider, Admin: s.SiteAdmin}
}

// Shown is a token that somebody showed, and who that makes them.
type Shown struct {
	Token
	Standing Standing
	App      Through // zero but for an access token
}

// Through is the app through which somebody calls.
type Through struct {
	ClientID  string
	Kind      AppKind
	AccountID string // as which the app acts itself
	Blocked   bool
}

// Useless says why a token makes nobody a caller now, however it is shown; "" for one that does.
func (s Shown) Useless(now time.Time) string {
	switch {
	case !s.RevokedAt.IsZero():
		return fmt.Sprintf("Token %s was revoked at %s.", s.ID, s.RevokedAt.Format(time.RFC3339))
	case !now.Before(s.ExpiresAt):
		return fmt.Sprintf("Token %s expired at %s.", s.ID, s.ExpiresAt.Format(time.RFC3339))
	case s.Standing.Status != Active:
		return fmt.Sprintf("Account %s of token %s is %s.", s.Standing.AccountID, s.ID, s.Standing.Status)
	case s.App.Blocked:
		return fmt.Sprintf("The app %s of token %s is blocked on this site.", s.ClientID, s.ID)
	}
	return ""
}

// TokenBySecret returns the token with this secret and its account's standing, or false where there is none.
// It costs one look-up by hash, whatever is wrong; whether the token is still good is for the caller to say.
func (d *Directory) TokenBySecret(ctx context.Context, site int64, secret string) (Shown, bool, error) {
	hash := HashSecret(secret)
	return cache.Read(ctx, site, "token", hash, Shown.bytes, func() (Shown, bool, error) {
		if unknown, err := d.unknownToken(ctx, site, hash); err != nil || unknown {
			return Shown{}, false, err
		}
		return d.shown(ctx, site, `t.secret_hash = $2`, hash)
	})
}

// bytes is about how much memory it takes.
func (s Shown) bytes() int { return 600 + len(s.Label) + 40*len(s.Scopes) }

const shownWhere = `SELECT ` + tokenColumns + `, a.account_id, a.account_type, a.status, a.email_key, a.email_approved, a.guest, a.external, p.kind, p.account_id, p.blocked
	FROM tokens t JOIN accounts a ON a.site_id = t.site_id AND a.account_id = t.account_id
	LEFT JOIN apps p ON p.site_id = t.site_id AND p.client_id = t.client_id
	WHERE t.site_id = $1 AND `

// shown reads the token for which where holds.
func (d *Directory) shown(ctx context.Context, site int64, where, key string) (Shown, bool, error) {
	shown, found, err := db.One(ctx, d.db(), func(rows *sql.Rows) (s Shown, err error) {
		st := &s.Standing
		var key, app, appAccount sql.NullString
		var blocked sql.NullBool
		var guest, external bool
		err = scanTokenInto(rows, &s.Token, &st.AccountID, &st.Type, &st.Status, &key, &st.EmailApproved, &guest, &external, &app, &appAccount, &blocked)
		st.EmailKey, st.Outsider = key.String, guest || external
		s.App = Through{s.ClientID, AppKind(app.String), appAccount.String, blocked.Bool}
		return s, err
	}, shownWhere+where, site, key)
	if err != nil || !found || shown.Standing.Status != Active {
		return shown, found, err
	}
	return shown, true, d.fillStanding(ctx, site, &shown.Standing)
}

// StandingOf returns what an account may do, or false where there is no such account.
func (d *Directory) StandingOf(ctx context.Context, site int64, accountID string) (Standing, bool, error) {
	st, found, err := db.One(ctx, d.db(), func(rows *sql.Rows) (st Standing, err error) {
		var key sql.NullString
		var guest, external bool
		err = rows.Scan(&st.AccountID, &st.Type, &st.Status, &key, &st.EmailApproved, &guest, &external)
		st.EmailKey, st.Outsider = key.String, guest || external
		return st, err
	}, `SELECT account_id, account_type, status, email_key, email_approved, guest, external FROM accounts WHERE site_id = $1 AND account_id = $2`, site, accountID)
	if err != nil || !found || st.Status != Active {
		return st, found, err
	}
	return st, true, d.fillStanding(ctx, site, &st)
}

// fillStanding adds what an account may do by its groups.
func (d *Directory) fillStanding(ctx context.Context, site int64, st *Standing) error {
	held, err := d.held(ctx, d.db(), site, st.AccountID)
	st.CanUse, st.ViewProfiles = held[Use], held[ViewProfiles]
	st.SiteAdmin = held[SiteAdmin]
	st.Administrator = held[Administer] || held[SiteAdmin]
	return err
}
