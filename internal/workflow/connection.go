package workflow

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Kinds of connections.
const (
	Local  = "local"  // this server, without a network between
	Remote = "remote" // any site of Confluence, or another server of ours
)

// Connection is the account as which steps call a site. Its secret is stored and never shown again.
type Connection struct {
	Name      string
	Kind      string // Local or Remote
	BaseURL   string // of a remote one, such as https://acme.example
	Email     string // shown with the secret; where it is empty the secret is a bearer's
	AccountID string // whose the secret is, where that is known
	// Fingerprint is the SHA-256 of a local connection's secret, in hex: as which this server keeps its own tokens.
	Fingerprint string
	CreatedAt   time.Time
	UpdatedAt   time.Time

	secret hidden
}

// hidden is text that is neither printed nor encoded.
type hidden string

func (hidden) String() string               { return "(hidden)" }
func (hidden) GoString() string             { return "(hidden)" }
func (hidden) MarshalText() ([]byte, error) { return []byte("(hidden)"), nil }

// TokenLabel is the label of a token that is made for a connection of this name, and for nothing else.
func TokenLabel(name string) string { return "Workflows: connection " + name }

// mostSecret bounds a secret, in bytes. One that is shorter than leastSecret would be found, and hidden, in everything.
const (
	leastSecret = 4
	mostSecret  = 16 << 10
)

func (c *Connection) check() error {
	if err := checkName("connection", c.Name); err != nil {
		return err
	}
	for _, text := range []string{c.Email, c.AccountID} {
		if len(text) > mostSecret || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return failure.Invalid.Errorf("The e-mail address or account ID of a connection cannot be one.")
		}
	}
	switch c.Kind {
	case Local:
		if c.BaseURL != "" {
			return failure.Invalid.Errorf("A local connection has no base URL.")
		}
	case Remote:
		u, err := url.Parse(c.BaseURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return failure.Invalid.Errorf("The base URL is not of the form https://host, without credentials and query.")
		}
	default:
		return failure.Invalid.Errorf("There is no kind of connection %q: there are %s and %s.", c.Kind, Local, Remote)
	}
	return nil
}

// PutConnection stores a connection, in the place of one of its name. An empty secret leaves the one that it has.
func (s *Store) PutConnection(ctx context.Context, site int64, by change.Actor, c Connection, secret string) error {
	return s.Changes.Write(ctx, site, by, func(tx *change.Tx) error { return s.PutConnectionIn(ctx, tx, c, secret) })
}

// PutConnectionIn is [Store.PutConnection] inside a transaction.
func (s *Store) PutConnectionIn(ctx context.Context, tx *change.Tx, c Connection, secret string) error {
	if err := c.check(); err != nil {
		return err
	}
	if secret != "" {
		if err := checkSecret(secret); err != nil {
			return err
		}
	}
	old, found, err := connection(ctx, tx, tx.Site, c.Name)
	if err != nil {
		return err
	}
	operation := "connection.update"
	if !found {
		operation, old.CreatedAt = "connection.add", tx.Now
	}
	kept := string(old.secret)
	if secret != "" {
		kept = secret
	}
	if kept == "" {
		return failure.Invalid.Errorf("A connection needs a secret.")
	}
	if found && secret == "" && (old.BaseURL != c.BaseURL || old.Kind != c.Kind) {
		return failure.Invalid.Errorf("A connection that leads elsewhere needs its secret anew.")
	}
	tx.Record(change.Record{Operation: operation, Target: "connection:" + c.Name, Fields: change.Fields{
		"kind": {nilIfEmpty(old.Kind), c.Kind}, "baseUrl": {nilIfEmpty(old.BaseURL), c.BaseURL}, "accountId": {nilIfEmpty(old.AccountID), c.AccountID},
		"secret": {nil, map[bool]string{true: "kept", false: "set"}[secret == ""]},
	}})
	_, err = tx.ExecContext(ctx, `
		INSERT INTO workflow_connections (site_id, name, kind, base_url, email, secret, account_id, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (site_id, name) DO UPDATE SET kind = $3, base_url = $4, email = $5, secret = $6, account_id = $7, updated_at = $9`,
		tx.Site, c.Name, c.Kind, c.BaseURL, c.Email, kept, c.AccountID, old.CreatedAt.UnixMicro(), tx.Now.UnixMicro())
	if err != nil {
		return fmt.Errorf("store connection %s: %w", c.Name, err)
	}
	if found && kept != string(old.secret) {
		return s.released(ctx, tx, old)
	}
	return nil
}

// AddConnectionIn stores a new connection inside a transaction. One of its name is a Conflict.
func (s *Store) AddConnectionIn(ctx context.Context, tx *change.Tx, c Connection, secret string) error {
	_, found, err := connection(ctx, tx, tx.Site, c.Name)
	if err == nil && found {
		err = failure.Conflict.Errorf("There is a connection %q already.", c.Name)
	}
	if err != nil {
		return err
	}
	return s.PutConnectionIn(ctx, tx, c, secret)
}

// RemoveConnection deletes a connection. One that a workflow uses is a Conflict.
func (s *Store) RemoveConnection(ctx context.Context, site int64, by change.Actor, name string) error {
	return s.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		old, err := existingConnection(ctx, tx, site, name)
		if err != nil {
			return err
		}
		user, used, err := db.One(ctx, tx, db.Scalar[string], `SELECT name FROM workflows WHERE site_id = $1 AND connection = $2 ORDER BY name LIMIT 1`, site, name)
		if err != nil {
			return err
		}
		if used {
			return failure.Conflict.Errorf("Workflow %q uses connection %q.", user, name)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM workflow_connections WHERE site_id = $1 AND name = $2`, site, name); err != nil {
			return fmt.Errorf("remove connection %s: %w", name, err)
		}
		tx.Record(change.Record{Operation: "connection.remove", Target: "connection:" + name})
		return s.released(ctx, tx, old)
	})
}

// released tells that a connection has its secret no more.
func (s *Store) released(ctx context.Context, tx *change.Tx, old Connection) error {
	if s.Released == nil {
		return nil
	}
	if err := s.Released(ctx, tx, old); err != nil {
		return fmt.Errorf("give up the secret of connection %s: %w", old.Name, err)
	}
	return nil
}

// Connection returns a connection without its secret; NotFound where the site has none of this name.
func (s *Store) Connection(ctx context.Context, site int64, name string) (Connection, error) {
	c, err := existingConnection(ctx, s.Changes.DB, site, name)
	c.secret = ""
	return c, err
}

// Connections returns all connections of a site, by name, without their secrets.
func (s *Store) Connections(ctx context.Context, site int64) ([]Connection, error) {
	all, err := db.All(ctx, s.Changes.DB, scanConnection, selectConnection+` ORDER BY name`, site)
	if err != nil {
		return nil, fmt.Errorf("list connections: %w", err)
	}
	for i := range all {
		all[i].secret = ""
	}
	return all, nil
}

const selectConnection = `SELECT name, kind, base_url, email, secret, account_id, created_at, updated_at FROM workflow_connections WHERE site_id = $1`

func connection(ctx context.Context, q db.Querier, site int64, name string) (Connection, bool, error) {
	c, found, err := db.One(ctx, q, scanConnection, selectConnection+` AND name = $2`, site, name)
	if err != nil {
		err = fmt.Errorf("read connection %s: %w", name, err)
	}
	return c, found, err
}

// existingConnection is NotFound where there is no connection of this name.
func existingConnection(ctx context.Context, q db.Querier, site int64, name string) (c Connection, err error) {
	found := nameForm.MatchString(name)
	if found {
		c, found, err = connection(ctx, q, site, name)
	}
	if err == nil && !found {
		err = failure.NotFound.Errorf("There is no connection %.100q.", name)
	}
	return c, err
}

// needConnection fails where there is no connection of this name; an empty name is none, which may be.
func needConnection(ctx context.Context, tx *change.Tx, name string) error {
	if name == "" {
		return nil
	}
	_, found, err := connection(ctx, tx, tx.Site, name)
	if err == nil && !found {
		err = failure.Invalid.Errorf("There is no connection %q.", name)
	}
	return err
}

func scanConnection(rows *sql.Rows) (c Connection, err error) {
	var secret string
	var created, updated int64
	err = rows.Scan(&c.Name, &c.Kind, &c.BaseURL, &c.Email, &secret, &c.AccountID, &created, &updated)
	c.secret, c.CreatedAt, c.UpdatedAt = hidden(secret), moment(created), moment(updated)
	if c.Kind == Local {
		sum := sha256.Sum256([]byte(secret))
		c.Fingerprint = hex.EncodeToString(sum[:])
	}
	return c, err
}
