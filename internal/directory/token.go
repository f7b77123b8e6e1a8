package directory

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// TokenKind is what a token stands for.
type TokenKind string

const (
	Classic   TokenKind = "classic" // an account's API token: all that the account may do
	Scoped    TokenKind = "scoped"  // an API token limited to its scopes
	Delegated TokenKind = "access"  // an app's access token: as itself, or as the person who allowed it, within its scopes
	Session   TokenKind = "session" // a browser in which somebody signed in
)

// Token is a credential of an account. Its secret is shown once and stored hashed.
type Token struct {
	ID        string
	AccountID string
	Label     string
	Kind      TokenKind
	Scopes    []string
	ClientID  string // of an access token: the app that has it
	Family    string // of an access token: the grant that it came from; empty for an app as itself
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt time.Time // zero while it is good
	LastUsed  time.Time // zero if never; at most a minute behind
}

// MaxTokenLife is how long a token can be good, outside a stand-in.
const MaxTokenLife = 365 * 24 * time.Hour

// NewSecret makes the text of a token of a site: roster_<site>_<256 random bits><checksum>.
func NewSecret(cloudID string) string {
	var random [32]byte
	rand.Read(random[:])
	return SecretFrom(cloudID, random)
}

// SecretFrom is [NewSecret] with given bits, for a stand-in whose tokens are the same every time.
func SecretFrom(cloudID string, bits [32]byte) string {
	body := "roster_" + strings.ReplaceAll(cloudID, "-", "") + "_" + base62(bits[:], 43)
	sum := crc32.ChecksumIEEE([]byte(body))
	return body + base62([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}, 6)
}

// CloudIDOf returns the cloud ID of the site that a secret was made for, or "" for a text that names none.
func CloudIDOf(secret string) string {
	_, rest, ok := strings.Cut(secret, "_")
	digits, _, more := strings.Cut(rest, "_")
	if !ok || !more || len(digits) != 32 {
		return ""
	}
	id, err := uuid.Parse(digits)
	if err != nil {
		return ""
	}
	return id.String()
}

func base62(b []byte, width int) string {
	text := new(big.Int).SetBytes(b).Text(62)
	return strings.Repeat("0", width-len(text)) + text
}

// HashSecret is under what a secret of ours is stored. It needs no salt and no slowness: a secret has 256 random bits.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// AddToken stores a token of an account under the hash of its secret. A zero expiry is a year from now.
func (d *Directory) AddToken(ctx context.Context, site int64, by change.Actor, account string, t Token, secret string) (Token, error) {
	err := d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		a, err := d.account(ctx, tx, site, account)
		if err == nil {
			t, err = d.AddTokenIn(ctx, tx, a, t, secret)
		}
		return err
	})
	return t, err
}

// AddTokenIn is [Directory.AddToken] inside a transaction. How long the token is good counts by the
// directory's own clock: a transaction that writes at another time, such as a seed's, still makes good tokens.
func (d *Directory) AddTokenIn(ctx context.Context, tx *change.Tx, a Account, t Token, secret string) (Token, error) {
	if a.Status != Active {
		return t, failure.Invalid.Errorf("Account %s is %s; only an active account can have a token.", a.ID, a.Status)
	}
	now := d.Changes.Now().UTC().Truncate(time.Microsecond)
	last := now.Add(cmp.Or(d.TokenLife, MaxTokenLife))
	if t.ExpiresAt.IsZero() {
		t.ExpiresAt = last
	}
	if t.Kind == "" {
		t.Kind = Classic
		if len(t.Scopes) > 0 {
			t.Kind = Scoped
		}
	}
	switch {
	case !t.ExpiresAt.After(now) || t.ExpiresAt.After(last):
		return t, failure.Invalid.Errorf("A token expires in the future, at most a year from now.")
	case (t.Kind == Scoped) != (len(t.Scopes) > 0) && t.Kind != Delegated:
		return t, failure.Invalid.Errorf("A scoped token has scopes, and a classic one has none.")
	case (t.Kind == Delegated) != (t.ClientID != ""):
		return t, failure.Invalid.Errorf("An access token is an app's, and no other token is.")
	}
	if err := checkText("label", t.Label); err != nil {
		return t, err
	}
	if t.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return t, err
		}
		t.ID = id.String()
	}
	t.AccountID, t.CreatedAt = a.ID, tx.Now
	t.Scopes = slices.Sorted(slices.Values(t.Scopes)) // a copy: the transaction may run again
	n, err := tx.ExecContext(ctx, `INSERT INTO tokens (site_id, token_id, account_id, secret_hash, label, kind, scopes, client_id, family, epoch, created_at, expires_at, revoked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, 0) ON CONFLICT DO NOTHING`,
		tx.Site, t.ID, t.AccountID, HashSecret(secret), t.Label, string(t.Kind), strings.Join(t.Scopes, " "), t.ClientID, t.Family, t.CreatedAt.UnixMicro(), t.ExpiresAt.UnixMicro())
	if err != nil {
		return t, fmt.Errorf("store token: %w", err)
	}
	if n == 0 {
		return t, failure.Conflict.Errorf("This token exists already.")
	}
	tx.Record(change.Record{Operation: "token.create", Target: "token:" + t.ID, Fields: change.Fields{
		"Account": {nil, a.ID}, "Kind": {nil, string(t.Kind)}, "Scopes": {nil, t.Scopes}, "ExpiresAt": {nil, t.ExpiresAt},
	}})
	return t, nil
}

// RevokeToken makes a token useless from the next request on. It reports whether it was good.
func (d *Directory) RevokeToken(ctx context.Context, site int64, by change.Actor, id string) (revoked bool, err error) {
	if !storable(id) {
		return false, failure.NotFound.Errorf("There is no token %.100q.", id)
	}
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		was, found, err := db.One(ctx, tx, db.Scalar[int64], `SELECT revoked_at FROM tokens WHERE site_id = $1 AND token_id = $2`, site, id)
		if err == nil && !found {
			err = failure.NotFound.Errorf("There is no token %.100q.", id)
		}
		if err != nil || was != 0 {
			return err
		}
		revoked = true
		tx.Record(change.Record{Operation: "token.revoke", Target: "token:" + id, Access: true})
		_, err = tx.ExecContext(ctx, `UPDATE tokens SET revoked_at = $3 WHERE site_id = $1 AND token_id = $2`, site, id, tx.Now.UnixMicro())
		return err
	})
	return revoked, err
}

// RevokeAccessIn makes the access token with this secret useless from the next request on, if it is the app's own.
func (d *Directory) RevokeAccessIn(ctx context.Context, tx *change.Tx, clientID, secret string) error {
	id, found, err := db.One(ctx, tx, db.Scalar[string], `UPDATE tokens SET revoked_at = $4
		WHERE site_id = $1 AND secret_hash = $2 AND client_id = $3 AND revoked_at = 0 RETURNING token_id`, tx.Site, HashSecret(secret), clientID, tx.Now.UnixMicro())
	if err == nil && found {
		tx.Record(change.Record{Operation: "token.revoke", Target: "token:" + id, Access: true})
	}
	return err
}

const tokenColumns = `t.token_id, t.account_id, t.label, t.kind, t.scopes, t.client_id, t.family, t.created_at, t.expires_at, t.revoked_at`

// scanTokenInto scans tokenColumns and then more.
func scanTokenInto(rows *sql.Rows, t *Token, more ...any) error {
	var scopes string
	var created, expires, revoked int64
	err := rows.Scan(append([]any{&t.ID, &t.AccountID, &t.Label, &t.Kind, &scopes, &t.ClientID, &t.Family, &created, &expires, &revoked}, more...)...)
	t.Scopes = strings.Fields(scopes)
	t.CreatedAt, t.ExpiresAt = time.UnixMicro(created).UTC(), time.UnixMicro(expires).UTC()
	if revoked != 0 {
		t.RevokedAt = time.UnixMicro(revoked).UTC()
	}
	return err
}

// Tokens returns an account's API tokens, or every one of the site where accountID is "", by ID.
func (d *Directory) Tokens(ctx context.Context, site int64, accountID string) ([]Token, error) {
	return d.tokens(ctx, `t.site_id = $1 AND (t.account_id = $2 OR $2 = '') AND t.kind IN ('classic', 'scoped')`, site, accountID)
}

// TokenByID is [Directory.TokenBySecret] for who has no secret but knows the token's ID.
func (d *Directory) TokenByID(ctx context.Context, site int64, id string) (Shown, bool, error) {
	if !storable(id) {
		return Shown{}, false, nil
	}
	return d.shown(ctx, site, `t.token_id = $2`, id)
}

func (d *Directory) tokens(ctx context.Context, where string, args ...any) ([]Token, error) {
	return db.All(ctx, d.db(), func(rows *sql.Rows) (t Token, err error) {
		var used sql.NullInt64
		err = scanTokenInto(rows, &t, &used)
		if used.Valid {
			t.LastUsed = time.UnixMicro(used.Int64).UTC()
		}
		return t, err
	}, `SELECT `+tokenColumns+`, u.last_used_at FROM tokens t
		LEFT JOIN token_uses u ON u.site_id = t.site_id AND u.token_id = t.token_id WHERE `+where+` ORDER BY t.token_id`, args...)
}
