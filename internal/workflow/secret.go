package workflow

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Secret is what is known of a secret once it is stored.
type Secret struct {
	Name      string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// PutSecret stores a secret, in the place of one of its name. Runs use the new one from their next step on.
func (s *Store) PutSecret(ctx context.Context, site int64, by change.Actor, name, value string) error {
	if err := checkName("secret", name); err != nil {
		return err
	}
	if err := checkSecret(value); err != nil {
		return err
	}
	return s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO workflow_secrets (site_id, name, value, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
			ON CONFLICT (site_id, name) DO UPDATE SET value = $3, updated_at = $4`, site, name, value, tx.Now.UnixMicro())
		if err != nil {
			return fmt.Errorf("store secret %s: %w", name, err)
		}
		tx.Record(change.Record{Operation: "secret.set", Target: "secret:" + name})
		return nil
	})
}

// RemoveSecret deletes a secret. Runs that need it fail.
func (s *Store) RemoveSecret(ctx context.Context, site int64, by change.Actor, name string) error {
	return s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		n, err := tx.ExecContext(ctx, `DELETE FROM workflow_secrets WHERE site_id = $1 AND name = $2`, site, name)
		if err != nil {
			return fmt.Errorf("remove secret %s: %w", name, err)
		}
		if n == 0 {
			return failure.NotFound.Errorf("There is no secret %q.", name)
		}
		tx.Record(change.Record{Operation: "secret.remove", Target: "secret:" + name})
		return nil
	})
}

// Secrets returns which secrets a site has, by name.
func (s *Store) Secrets(ctx context.Context, site int64) ([]Secret, error) {
	all, err := db.All(ctx, s.Changes.DB, func(rows *sql.Rows) (one Secret, err error) {
		var created, updated int64
		err = rows.Scan(&one.Name, &created, &updated)
		one.CreatedAt, one.UpdatedAt = moment(created), moment(updated)
		return one, err
	}, `SELECT name, created_at, updated_at FROM workflow_secrets WHERE site_id = $1 ORDER BY name`, site)
	if err != nil {
		return nil, fmt.Errorf("list secrets: %w", err)
	}
	return all, nil
}

// secret returns the value of a secret, or false.
func (s *Store) secret(ctx context.Context, site int64, name string) (string, bool, error) {
	value, found, err := db.One(ctx, s.Changes.DB, db.Scalar[string], `SELECT value FROM workflow_secrets WHERE site_id = $1 AND name = $2`, site, name)
	if err != nil {
		err = fmt.Errorf("read secret %s: %w", name, err)
	}
	return value, found, err
}

func checkSecret(value string) error {
	switch {
	case len(value) < leastSecret || len(value) > mostSecret:
		return failure.Invalid.Errorf("A secret has %d to %d bytes.", leastSecret, mostSecret)
	case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
		return failure.Invalid.Errorf("A secret is UTF-8, without a null character.")
	}
	return nil
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// checkName refuses a name that would not stand in a file or an address as it is.
func checkName(what, name string) error {
	if !nameForm.MatchString(name) {
		return failure.Invalid.Errorf("A %s's name has 1 to 63 letters, digits, dots, dashes and underscores, and begins with a letter or digit.", what)
	}
	return nil
}
