package directory

import (
	"context"
	"database/sql"

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

// TokenBySecret returns the token with this secret and its account's standing, or false where there is none.
// It costs one look-up by hash, whatever is wrong; whether the token is still good is for the caller to say.
func (d *Directory) TokenBySecret(ctx context.Context, site int64, secret string) (Token, Standing, bool, error) {
	var st Standing
	t, found, err := db.One(ctx, d.db(), func(rows *sql.Rows) (t Token, err error) {
		var key sql.NullString
		var guest, external bool
		err = scanTokenInto(rows, &t, &st.AccountID, &st.Type, &st.Status, &key, &st.EmailApproved, &guest, &external)
		st.EmailKey, st.Outsider = key.String, guest || external
		return t, err
	}, `SELECT `+tokenColumns+`, a.account_id, a.account_type, a.status, a.email_key, a.email_approved, a.guest, a.external
		FROM tokens t JOIN accounts a ON a.site_id = t.site_id AND a.account_id = t.account_id
		WHERE t.site_id = $1 AND t.secret_hash = $2`, site, hashSecret(secret))
	if err != nil || !found || st.Status != Active {
		return t, st, found, err
	}
	held, err := d.held(ctx, d.db(), site, st.AccountID)
	st.CanUse, st.ViewProfiles = held[Use], held[ViewProfiles]
	st.SiteAdmin = held[SiteAdmin]
	st.Administrator = held[Administer] || held[SiteAdmin]
	return t, st, true, err
}
