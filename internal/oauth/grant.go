package oauth

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// Grant is what a person allowed an app on a site.
type Grant struct {
	ID        string
	ClientID  string
	AppName   string
	AccountID string
	Scopes    []string
	CreatedAt time.Time
	RevokedAt time.Time // zero while it stands
}

const grantColumns = `g.grant_id, g.client_id, p.name, g.account_id, g.scopes, g.created_at, g.revoked_at`

func scanGrant(rows *sql.Rows) (g Grant, err error) {
	var scopes string
	var created, revoked int64
	err = rows.Scan(&g.ID, &g.ClientID, &g.AppName, &g.AccountID, &scopes, &created, &revoked)
	g.Scopes, g.CreatedAt = strings.Fields(scopes), time.UnixMicro(created).UTC()
	if revoked != 0 {
		g.RevokedAt = time.UnixMicro(revoked).UTC()
	}
	return g, err
}

// Grants returns what people allowed apps and have not taken back, the oldest first: of one account, or of all where
// accountID is "".
func (s *Server) Grants(ctx context.Context, siteID int64, accountID string) ([]Grant, error) {
	return db.All(ctx, s.Changes.DB, scanGrant, `SELECT `+grantColumns+` FROM grants g
		JOIN apps p ON p.site_id = g.site_id AND p.client_id = g.client_id
		WHERE g.site_id = $1 AND (g.account_id = $2 OR $2 = '') AND g.revoked_at = 0 ORDER BY g.grant_id`, siteID, accountID)
}

// GrantsTo returns up to limit of what people allow an app now, the newest first, from the one behind the ID after, and the
// ID behind which the next page begins; "" on the last.
func (s *Server) GrantsTo(ctx context.Context, siteID int64, clientID, after string, limit int) (page []Grant, next string, err error) {
	if after == "" {
		after = "g" // after every UUID
	}
	page, err = db.All(ctx, s.Changes.DB, scanGrant, `SELECT `+grantColumns+` FROM grants g
		JOIN apps p ON p.site_id = g.site_id AND p.client_id = g.client_id
		WHERE g.site_id = $1 AND g.client_id = $2 AND g.revoked_at = 0 AND g.grant_id < $3 ORDER BY g.grant_id DESC LIMIT $4`, siteID, clientID, after, limit+1)
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, err
}

// granted reports whether the account allowed the app all these scopes before.
func (s *Server) granted(ctx context.Context, siteID int64, accountID, clientID string, scopes []string) (bool, error) {
	grants, err := s.Grants(ctx, siteID, accountID)
	for _, g := range grants {
		if g.ClientID == clientID {
			if _, ok := within(strings.Join(scopes, " "), g.Scopes); ok {
				return true, err
			}
		}
	}
	return false, err
}

// RevokeGrant takes back what a person allowed an app: every token of the grant is useless from the next request on.
func (s *Server) RevokeGrant(ctx context.Context, siteID int64, by change.Actor, grantID string) error {
	if _, err := uuid.Parse(grantID); err != nil {
		return failure.NotFound.Errorf("There is no grant %.100q.", grantID)
	}
	return s.Changes.Write(ctx, siteID, by, func(tx *change.Tx) error {
		_, found, err := db.One(ctx, tx, db.Scalar[string], `SELECT grant_id FROM grants WHERE site_id = $1 AND grant_id = $2`, siteID, grantID)
		if err == nil && !found {
			err = failure.NotFound.Errorf("There is no grant %.100q.", grantID)
		}
		if err != nil {
			return err
		}
		return revokeGrantIn(ctx, tx, grantID)
	})
}

func revokeGrantIn(ctx context.Context, tx *change.Tx, grantID string) error {
	n, err := tx.ExecContext(ctx, `UPDATE grants SET revoked_at = $3 WHERE site_id = $1 AND grant_id = $2 AND revoked_at = 0`, tx.Site, grantID, tx.Now.UnixMicro())
	if err != nil || n == 0 {
		return err
	}
	tx.Record(change.Record{Operation: "grant.revoke", Target: "grant:" + grantID, Access: true})
	_, err = tx.ExecContext(ctx, `UPDATE tokens SET revoked_at = $4 WHERE site_id = $1 AND client_id = (SELECT client_id FROM grants WHERE site_id = $1 AND grant_id = $2)
		AND family = $3 AND revoked_at = 0`, tx.Site, grantID, grantID, tx.Now.UnixMicro())
	return err
}

// addGrantIn stores that an account allows an app these scopes.
func addGrantIn(ctx context.Context, tx *change.Tx, clientID, accountID string, scopes []string) (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO grants (site_id, grant_id, client_id, account_id, scopes, created_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		tx.Site, id.String(), clientID, accountID, strings.Join(scopes, " "), tx.Now.UnixMicro())
	tx.Record(change.Record{Operation: "grant.create", Target: "grant:" + id.String(), Fields: change.Fields{
		"App": {nil, clientID}, "Account": {nil, accountID}, "Scopes": {nil, scopes},
	}})
	return id.String(), err
}

// Tokens is what the token endpoint answers (RFC 6749, section 5.1).
type Tokens struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"` // always Bearer
	ExpiresIn    int    `json:"expires_in"` // seconds
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"` // separated by spaces
}

// issueIn makes an access token for an app: for the person of a grant, or as itself where the grant is "".
func (s *Server) issueIn(ctx context.Context, tx *change.Tx, secret, clientID, accountID, grantID string, scopes []string, life time.Duration) (Tokens, error) {
	a, err := s.Directory.AccountIn(ctx, tx, accountID)
	if err != nil {
		return Tokens{}, err
	}
	if a.Status != directory.Active {
		return Tokens{}, failure.Because(invalidGrant("The account cannot be used."), "Account %s is %s.", a.ID, a.Status)
	}
	held := make([]string, 0, len(scopes))
	for _, scope := range scopes {
		if scope != OfflineAccess {
			held = append(held, scope)
		}
	}
	_, err = s.Directory.AddTokenIn(ctx, tx, a, directory.Token{
		Kind: directory.Delegated, Scopes: held, ClientID: clientID, Family: grantID, ExpiresAt: s.now().Add(life),
	}, secret)
	return Tokens{AccessToken: secret, TokenType: "Bearer", ExpiresIn: int(life.Seconds()), Scope: strings.Join(scopes, " ")}, err
}
