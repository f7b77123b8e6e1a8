package oauth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

func addRefreshIn(ctx context.Context, tx *change.Tx, grantID, secret string, expires time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO refresh_tokens (site_id, secret_hash, grant_id, salt, expires_at, rotated_at) VALUES ($1, $2, $3, '', $4, 0)
		ON CONFLICT DO NOTHING`, tx.Site, directory.HashSecret(secret), grantID, expires.UnixMicro())
	return err
}

// refreshToken is a stored refresh token with its grant.
type refreshToken struct {
	grantID, clientID, accountID, salt string
	scopes                             []string
	expires, rotated, revoked          int64
}

func scanRefresh(rows *sql.Rows) (r refreshToken, err error) {
	var scopes string
	err = rows.Scan(&r.grantID, &r.clientID, &r.accountID, &r.salt, &scopes, &r.expires, &r.rotated, &r.revoked)
	r.scopes = strings.Fields(scopes)
	return r, err
}

// refresh gives a client new tokens for a refresh token, which is rotated: its successor takes its place. Within the
// leeway a rotated one gets the same successor again, so that a lost answer or two tabs at once do no harm; after it,
// somebody has a copy, and the whole grant is taken back.
func (s *Server) refresh(ctx context.Context, by change.Actor, st site.Site, client directory.Registration, in tokenRequest) (Tokens, error) {
	var out Tokens
	var refused error
	access, salt := directory.NewSecret(st.CloudID), rand.Text()
	err := s.Changes.Write(ctx, st.ID, by, func(tx *change.Tx) error {
		out, refused = Tokens{}, nil
		r, found, err := db.One(ctx, tx, scanRefresh, `SELECT r.grant_id, g.client_id, g.account_id, r.salt, g.scopes, r.expires_at, r.rotated_at, g.revoked_at
			FROM refresh_tokens r JOIN grants g ON g.site_id = r.site_id AND g.grant_id = r.grant_id WHERE r.site_id = $1 AND r.secret_hash = $2`, st.ID, directory.HashSecret(in.RefreshToken))
		switch now := s.now(); {
		case err != nil:
			return err
		case !found:
			return failure.Because(errRefresh, "This site gave no such refresh token, or has forgotten it since it expired.")
		case r.clientID != client.ClientID:
			return failure.Because(errRefresh, "The refresh token was given to the app %s, and the app %s shows it.", r.clientID, client.ClientID)
		case r.revoked != 0:
			return failure.Because(errRefresh, "The grant %s of the refresh token was revoked at %s.", r.grantID, moment(r.revoked))
		case r.rotated != 0 && now.UnixMicro() >= r.rotated+refreshLeeway.Microseconds():
			refused = failure.Because(errRefresh, "The refresh token was rotated at %s and is shown again after the leeway of %s, so somebody has a copy: its grant %s is revoked.",
				moment(r.rotated), refreshLeeway, r.grantID)
			return revokeGrantIn(ctx, tx, r.grantID)
		case now.UnixMicro() >= r.expires:
			return failure.Because(errRefresh, "The refresh token expired at %s.", moment(r.expires))
		}
		may := both(r.scopes, mayAsk(client))
		scopes, ok := within(in.Scope, may)
		if strings.TrimSpace(in.Scope) == "" {
			scopes, ok = may, true
		}
		if !ok {
			return invalidScope("The scope is more than was granted.")
		}
		if out, err = s.issueIn(ctx, tx, access, client.ClientID, r.accountID, r.grantID, scopes, accessLife); err != nil {
			return err
		}
		out.RefreshToken, err = s.rotateIn(ctx, tx, st, r, in.RefreshToken, salt)
		return err
	})
	if err == nil {
		err = refused
	}
	return out, err
}

// rotateIn returns the successor of a refresh token. It follows from the token and from a salt that only the database
// has, so that it can be told again without being kept.
func (s *Server) rotateIn(ctx context.Context, tx *change.Tx, st site.Site, r refreshToken, secret, salt string) (string, error) {
	if r.rotated != 0 {
		return successor(st, secret, r.salt), nil
	}
	next := successor(st, secret, salt)
	if _, err := tx.ExecContext(ctx, `UPDATE refresh_tokens SET rotated_at = $3, salt = $4 WHERE site_id = $1 AND secret_hash = $2`,
		tx.Site, directory.HashSecret(secret), s.now().UnixMicro(), salt); err != nil {
		return "", err
	}
	return next, addRefreshIn(ctx, tx, r.grantID, next, s.now().Add(refreshLife))
}

func successor(st site.Site, secret, salt string) string {
	return directory.SecretFrom(st.CloudID, sha256.Sum256([]byte("refresh\x00"+secret+"\x00"+salt)))
}
