package oauth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// addCodeIn makes a code for a grant, which the app exchanges for tokens.
func addCodeIn(ctx context.Context, tx *change.Tx, grantID, secret, redirectURI, challenge string, expires time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO authorization_codes (site_id, code_hash, grant_id, redirect_uri, challenge, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		tx.Site, directory.HashSecret(secret), grantID, redirectURI, challenge, expires.UnixMicro())
	return err
}

// code is a stored code with its grant.
type code struct {
	grantID, clientID, accountID, redirectURI, challenge string
	scopes                                               []string
	expires, used, revoked                               int64
}

func scanCode(rows *sql.Rows) (c code, err error) {
	var scopes string
	err = rows.Scan(&c.grantID, &c.clientID, &c.accountID, &c.redirectURI, &c.challenge, &scopes, &c.expires, &c.used, &c.revoked)
	c.scopes = strings.Fields(scopes)
	return c, err
}

// exchange gives a client the tokens of a code. A code that was exchanged before was overheard: its grant is taken back.
func (s *Server) exchange(ctx context.Context, by change.Actor, st site.Site, client directory.Registration, in tokenRequest) (Tokens, error) {
	var out Tokens
	var refused error
	access, refresh := directory.NewSecret(st.CloudID), directory.NewSecret(st.CloudID)
	err := s.Changes.Write(ctx, st.ID, by, func(tx *change.Tx) error {
		out, refused = Tokens{}, nil
		c, found, err := db.One(ctx, tx, scanCode, `SELECT c.grant_id, g.client_id, g.account_id, c.redirect_uri, c.challenge, g.scopes, c.expires_at, c.used_at, g.revoked_at
			FROM authorization_codes c JOIN grants g ON g.site_id = c.site_id AND g.grant_id = c.grant_id WHERE c.site_id = $1 AND c.code_hash = $2`, st.ID, directory.HashSecret(in.Code))
		if err != nil {
			return err
		}
		if !found {
			return failure.Because(errCode, "This site gave no such code, or has forgotten it since it expired.")
		}
		if c.clientID != client.ClientID {
			return failure.Because(errCode, "The code was given to the app %s, and the app %s shows it.", c.clientID, client.ClientID)
		}
		if c.used != 0 {
			refused = failure.Because(errCode, "The code was used before, at %s, so somebody has a copy: its grant %s is revoked.", moment(c.used), c.grantID)
			return revokeGrantIn(ctx, tx, c.grantID)
		}
		if err := c.check(s.now(), client, in); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE authorization_codes SET used_at = $3 WHERE site_id = $1 AND code_hash = $2`, st.ID, directory.HashSecret(in.Code), tx.Now.UnixMicro()); err != nil {
			return err
		}
		scopes := both(c.scopes, mayAsk(client))
		if out, err = s.issueIn(ctx, tx, access, client.ClientID, c.accountID, c.grantID, scopes, accessLife); err != nil {
			return err
		}
		if slices.Contains(scopes, OfflineAccess) {
			out.RefreshToken = refresh
			return addRefreshIn(ctx, tx, c.grantID, refresh, s.now().Add(refreshLife))
		}
		return nil
	})
	if err == nil {
		err = refused
	}
	return out, err
}

var validVerifier = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// check refuses a code that is not for whoever shows it.
func (c code) check(now time.Time, client directory.Registration, in tokenRequest) error {
	switch {
	case c.revoked != 0:
		return failure.Because(errCode, "The grant %s of the code was revoked at %s.", c.grantID, moment(c.revoked))
	case now.UnixMicro() >= c.expires:
		return failure.Because(errCode, "The code expired at %s.", moment(c.expires))
	case in.RedirectURI != c.redirectURI && (in.RedirectURI != "" || len(client.RedirectURIs) != 1):
		return invalidGrant("The redirect_uri is not the one that the code was asked for with.")
	case c.challenge == "" && client.Public: // it could keep a secret when it asked
		return failure.Because(errCode, "The app %s is public, and the code was asked for without a code_challenge.", client.ClientID)
	case c.challenge == "" && in.CodeVerifier != "":
		return invalidGrant("The code was asked for without a code_challenge, so it takes no code_verifier.")
	case c.challenge != "" && in.CodeVerifier == "":
		return invalidGrant("The code takes the code_verifier of its code_challenge.")
	case c.challenge != "" && !validVerifier.MatchString(in.CodeVerifier):
		return invalidRequest("The code_verifier is not 43 to 128 letters, digits, hyphens, dots, underscores and tildes.")
	case c.challenge != "" && subtle.ConstantTimeCompare([]byte(c.challenge), []byte(challengeOf(in.CodeVerifier))) != 1:
		return invalidGrant("The code_verifier is not that of the code_challenge.")
	}
	return nil
}

// moment is a stored time in words.
func moment(micro int64) string { return time.UnixMicro(micro).UTC().Format(time.RFC3339) }

// challengeOf is S256 of RFC 7636, section 4.2.
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
