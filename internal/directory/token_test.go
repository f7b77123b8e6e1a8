package directory_test

import (
	"database/sql"
	"fmt"
	"hash/crc32"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

func TestASecretNamesItsSiteAndEndsInAChecksum(t *testing.T) {
	t.Parallel()
	cloudID := uuid.NewString()
	form := regexp.MustCompile(`^roster_[0-9a-f]{32}_[0-9A-Za-z]{49}$`)
	seen := map[string]bool{}
	full := [32]byte{}
	for i := range full {
		full[i] = 0xff
	}
	for _, secret := range []string{directory.NewSecret(cloudID), directory.NewSecret(cloudID), directory.SecretFrom(cloudID, [32]byte{}), directory.SecretFrom(cloudID, full)} {
		if !form.MatchString(secret) || !strings.Contains(secret, strings.ReplaceAll(cloudID, "-", "")) || seen[secret] {
			t.Errorf("the secret is %s", secret)
		}
		seen[secret] = true
		body, sum := secret[:len(secret)-6], secret[len(secret)-6:]
		var n uint64
		for _, digit := range sum {
			n = n*62 + uint64(strings.IndexRune("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", digit))
		}
		if uint32(n) != crc32.ChecksumIEEE([]byte(body)) {
			t.Errorf("the checksum of %s is %d", secret, n)
		}
	}
	if first, again := directory.SecretFrom(cloudID, full), directory.SecretFrom(cloudID, full); first != again {
		t.Errorf("given bits give %s and %s", first, again)
	}
}

func TestASecretIsStoredNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada"})
		secret := directory.NewSecret(uuid.NewString())
		made, err := dir.AddToken(t.Context(), site, operator, ada.ID, directory.Token{Label: "laptop"}, secret)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dir.RevokeToken(t.Context(), site, operator, made.ID); err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{`SELECT * FROM tokens WHERE site_id = $1`, `SELECT * FROM changes WHERE site_id = $1`, `SELECT * FROM token_uses WHERE site_id = $1`} {
			rows, err := db.All(t.Context(), d, wholeRow, query, site)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				if strings.Contains(row, secret) || strings.Contains(row, secret[len(secret)-20:]) {
					t.Errorf("the secret stands in %s", row)
				}
			}
		}
	})
}

func wholeRow(rows *sql.Rows) (string, error) {
	names, err := rows.Columns()
	if err != nil {
		return "", err
	}
	values, targets := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		targets[i] = &values[i]
	}
	err = rows.Scan(targets...)
	return fmt.Sprintf("%s", values), err
}

func TestATokenIsWhatWasAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		now := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
		dir.Changes.Now = func() time.Time { return now }
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada", Email: "ada@example.com"})
		suspended := add(t, dir, site, directory.Account{DisplayName: "Bob", Status: directory.Inactive})
		mint := func(account string, tk directory.Token) (directory.Token, error) {
			return dir.AddToken(t.Context(), site, operator, account, tk, directory.NewSecret(uuid.NewString()))
		}
		classic, err := mint("ADA@example.com", directory.Token{Label: "laptop"})
		if err != nil || classic.Kind != directory.Classic || !classic.ExpiresAt.Equal(now.Add(directory.MaxTokenLife)) || classic.AccountID != ada.ID {
			t.Errorf("%+v (%v)", classic, err)
		}
		scoped, err := mint(ada.ID, directory.Token{Scopes: []string{"b", "a"}, ExpiresAt: now.Add(time.Hour)})
		if err != nil || scoped.Kind != directory.Scoped || strings.Join(scoped.Scopes, " ") != "a b" {
			t.Errorf("%+v (%v)", scoped, err)
		}
		listed, err := dir.Tokens(t.Context(), site, ada.ID)
		if err != nil || len(listed) != 2 || listed[0].Label+listed[1].Label != "laptop" || !listed[0].RevokedAt.IsZero() || !listed[0].LastUsed.IsZero() {
			t.Errorf("%+v (%v)", listed, err)
		}
		for name, tt := range map[string]struct {
			account string
			token   directory.Token
			want    failure.Kind
		}{
			"nobody":          {"nobody", directory.Token{}, failure.NotFound},
			"suspended":       {suspended.ID, directory.Token{}, failure.Invalid},
			"expired":         {ada.ID, directory.Token{ExpiresAt: now}, failure.Invalid},
			"everlasting":     {ada.ID, directory.Token{ExpiresAt: now.Add(directory.MaxTokenLife + time.Second)}, failure.Invalid},
			"scoped by name":  {ada.ID, directory.Token{Kind: directory.Scoped}, failure.Invalid},
			"classic by name": {ada.ID, directory.Token{Kind: directory.Classic, Scopes: []string{"a"}}, failure.Invalid},
			"a bad label":     {ada.ID, directory.Token{Label: "a\nb"}, failure.Invalid},
			"an ID there is":  {ada.ID, directory.Token{ID: classic.ID}, failure.Conflict},
		} {
			if _, err := mint(tt.account, tt.token); kind(err) != tt.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		for i, want := range []bool{true, false} {
			if revoked, err := dir.RevokeToken(t.Context(), site, operator, classic.ID); revoked != want || err != nil {
				t.Errorf("revocation %d: %v (%v)", i, revoked, err)
			}
		}
		if _, err := dir.RevokeToken(t.Context(), site, operator, "nothing"); kind(err) != failure.NotFound {
			t.Error(err)
		}
		if listed, err := dir.Tokens(t.Context(), site, ""); err != nil || len(listed) != 2 || listed[0].RevokedAt.IsZero() == listed[1].RevokedAt.IsZero() {
			t.Errorf("%+v (%v)", listed, err)
		}
	})
}

func TestASecretBelongsToOneSiteAndOneToken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, ours := newSite(t, d)
		_, other := newSite(t, d)
		ada := add(t, dir, ours, directory.Account{DisplayName: "Ada"})
		secret := directory.NewSecret(uuid.NewString())
		if _, err := dir.AddToken(t.Context(), ours, operator, ada.ID, directory.Token{}, secret); err != nil {
			t.Fatal(err)
		}
		if _, err := dir.AddToken(t.Context(), ours, operator, ada.ID, directory.Token{}, secret); kind(err) != failure.Conflict {
			t.Errorf("a secret was given twice: %v", err)
		}
		if st, found, err := dir.TokenBySecret(t.Context(), ours, secret); err != nil || !found || st.AccountID != ada.ID {
			t.Errorf("%+v %v (%v)", st, found, err)
		}
		for _, no := range []string{"", secret + " ", strings.ToUpper(secret), "' OR 1=1", "\x00", "\xff", strings.Repeat("a", 10_000)} {
			if _, found, err := dir.TokenBySecret(t.Context(), ours, no); found || err != nil {
				t.Errorf("%.20q: %v (%v)", no, found, err)
			}
		}
		if _, found, err := dir.TokenBySecret(t.Context(), other, secret); found || err != nil {
			t.Errorf("another site knows the secret (%v)", err)
		}
	})
}

func TestTheLastUseOfATokenNeverGoesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada"})
		tk, err := dir.AddToken(t.Context(), site, operator, ada.ID, directory.Token{}, directory.NewSecret(uuid.NewString()))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
		uses, late := &directory.Uses{Directory: dir}, &directory.Uses{Directory: dir}
		for _, step := range []struct {
			by         *directory.Uses
			note, want time.Duration
		}{{uses, time.Minute, time.Minute}, {late, time.Second, time.Minute}, {uses, time.Hour, time.Hour}} {
			step.by.Note(site, tk.ID, start.Add(step.note))
			if err := step.by.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if listed, err := dir.Tokens(t.Context(), site, ada.ID); err != nil || !listed[0].LastUsed.Equal(start.Add(step.want)) {
				t.Errorf("last used %v (%v), want %v", listed[0].LastUsed, err, start.Add(step.want))
			}
		}
		if err := uses.Flush(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
