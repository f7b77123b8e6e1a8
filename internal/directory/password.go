package directory

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// The cost of a password: the second recommendation of RFC 9106, section 4, with half its memory and a pass more, so
// that a small machine can check several at once.
const (
	argonTime    = 4
	argonMemory  = 32 << 10 // KiB
	argonThreads = 2
	argonKey     = 32
	argonSalt    = 16
)

const (
	shortestPassword = 12
	longestPassword  = 1024
)

// checking bounds how many passwords are checked at once: each takes argonMemory.
var checking = make(chan struct{}, 4)

// PasswordHash is what is stored of a password. It is made before a transaction, as it takes long.
type PasswordHash struct{ text string }

// SetPassword gives an active person a password to sign in with, and signs them out everywhere.
func (d *Directory) SetPassword(ctx context.Context, site int64, by change.Actor, account, password string) (Account, error) {
	hash, err := HashPassword(ctx, password)
	if err != nil {
		return Account{}, err
	}
	var a Account
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) (err error) {
		if a, err = d.account(ctx, tx, site, account); err == nil {
			err = d.SetPasswordIn(ctx, tx, a, hash)
		}
		return err
	})
	return a, err
}

// SetPasswordIn is [Directory.SetPassword] inside a transaction.
func (d *Directory) SetPasswordIn(ctx context.Context, tx *change.Tx, a Account, hash PasswordHash) error {
	switch {
	case a.Type == App:
		return failure.Invalid.Errorf("An app has no password; it has tokens.")
	case a.Status != Active:
		return failure.Invalid.Errorf("Account %s is %s; only an active account can have a password.", a.ID, a.Status)
	case a.Email == "":
		return failure.Invalid.Errorf("Account %s has no e-mail address to sign in with.", a.ID)
	}
	tx.Record(change.Record{Operation: "password.set", Target: "account:" + a.ID, Access: true})
	if _, err := tx.ExecContext(ctx, `INSERT INTO passwords (site_id, account_id, hash, set_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (site_id, account_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at`, tx.Site, a.ID, hash.text, tx.Now.UnixMicro()); err != nil {
		return err
	}
	_, err := endSessionsIn(ctx, tx, a.ID)
	return err
}

// noPassword is checked where there is no password, so that it takes as long to refuse who does not exist. Nothing
// has this key.
const noPassword = "$argon2id$v=19$m=32768,t=4,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// CheckPassword returns the active account with this e-mail address and password, or false. Whatever is wrong, it
// costs one slow hash.
func (d *Directory) CheckPassword(ctx context.Context, site int64, email, password string) (accountID string, ok bool, err error) {
	stored := noPassword
	if key, err := EmailKey(email); err == nil && len(password) <= longestPassword {
		row, found, err := db.One(ctx, d.db(), func(rows *sql.Rows) (r [2]string, err error) { return r, rows.Scan(&r[0], &r[1]) },
			`SELECT a.account_id, p.hash FROM accounts a JOIN passwords p ON p.site_id = a.site_id AND p.account_id = a.account_id
			WHERE a.site_id = $1 AND a.email_key = $2 AND a.status = 'active'`, site, key)
		if err != nil {
			return "", false, err
		}
		if found {
			accountID, stored = row[0], row[1]
		}
	}
	same, err := samePassword(ctx, stored, password)
	if err != nil || !same || accountID == "" {
		return "", false, err
	}
	return accountID, true, nil
}

// HashPassword returns what is stored of a password. One that is too short or too long is Invalid.
func HashPassword(ctx context.Context, password string) (PasswordHash, error) {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || n < shortestPassword:
		return PasswordHash{}, failure.Invalid.Errorf("A password has at least %d characters.", shortestPassword)
	case len(password) > longestPassword:
		return PasswordHash{}, failure.Invalid.Errorf("A password has at most %d bytes.", longestPassword)
	}
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	key, err := argonOf(ctx, password, salt, argonTime, argonMemory, argonThreads)
	text := base64.RawStdEncoding.EncodeToString
	return PasswordHash{fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, text(salt), text(key))}, err
}

// samePassword reports whether a stored hash is that of a password.
func samePassword(ctx context.Context, stored, password string) (bool, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 {
		return false, fmt.Errorf("a stored password has %d parts", len(parts))
	}
	var memory, passes uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil {
		return false, fmt.Errorf("read a stored password: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("read a stored password: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("read a stored password: %w", err)
	}
	key, err := argonOf(ctx, password, salt, passes, memory, threads)
	return subtle.ConstantTimeCompare(key, want) == 1, err
}

// argonOf waits for its turn: a flood of sign-ins must not take all memory.
func argonOf(ctx context.Context, password string, salt []byte, passes, memory uint32, threads uint8) ([]byte, error) {
	select {
	case checking <- struct{}{}:
		defer func() { <-checking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, passes, memory, threads, argonKey), nil
}

// SessionLife is how long somebody stays signed in.
const SessionLife = 14 * 24 * time.Hour

// AddSession signs an account in, and returns what its browser shows from then on.
func (d *Directory) AddSession(ctx context.Context, site int64, cloudID string, by change.Actor, accountID, label string) (secret string, err error) {
	secret = NewSecret(cloudID)
	_, err = d.AddToken(ctx, site, by, accountID, Token{Kind: Session, Label: label, ExpiresAt: d.Changes.Now().Add(SessionLife)}, secret)
	return secret, err
}

// EndSessions signs an account out everywhere, and returns how many sessions that ended.
func (d *Directory) EndSessions(ctx context.Context, site int64, by change.Actor, account string) (n int64, err error) {
	err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		a, err := d.account(ctx, tx, site, account)
		if err != nil {
			return err
		}
		if n, err = endSessionsIn(ctx, tx, a.ID); err == nil && n > 0 {
			tx.Record(change.Record{Operation: "session.end", Target: "account:" + a.ID, Access: true})
		}
		return err
	})
	return n, err
}

// sessionOfOne follows the kind of an account's token. By the bare column both engines would walk through the sessions
// of everybody, which are indexed by kind.
const sessionOfOne = ` || '' = 'session'`

func endSessionsIn(ctx context.Context, tx *change.Tx, accountID string) (int64, error) {
	return tx.ExecContext(ctx, `UPDATE tokens SET revoked_at = $3 WHERE site_id = $1 AND account_id = $2 AND kind`+sessionOfOne+` AND revoked_at = 0`,
		tx.Site, accountID, tx.Now.UnixMicro())
}

// Sessions returns the sessions of an account that are good, the oldest first.
func (d *Directory) Sessions(ctx context.Context, site int64, accountID string) ([]Token, error) {
	return d.tokens(ctx, `t.site_id = $1 AND t.token_id IN (`+ownSessions+`)`,
		site, accountID, d.Changes.Now().UnixMicro())
}
