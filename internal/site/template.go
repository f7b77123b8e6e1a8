package site

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Template is what copies of a site are made from: rows that belong to no site.
type Template struct {
	ID        int64 // the number that its rows have
	Settings  Settings
	CreatedAt time.Time

	statements []string // each copies the rows of one table
}

// ErrNoTemplate is returned where a template is gone, as another stand-in has begun to use the database.
var ErrNoTemplate = failure.Unavailable.Errorf("The template of this site is gone.")

// NewTemplate makes a template of what fill puts into a new site, which nobody reaches or finds in a list, before as
// after. Copies have these settings and this
// age.
func (st *Store) NewTemplate(ctx context.Context, by change.Actor, settings Settings, created time.Time, fill func(Site) error) (*Template, error) {
	name := "template/" + uuid.NewString() // which no path and no valid name can be
	s := Site{Name: name, CloudID: name, Settings: settings, CreatedAt: created}
	err := st.Changes.Write(ctx, 0, by, func(tx *change.Tx) (err error) {
		if s, err = insert(ctx, tx, s); err != nil {
			return err
		}
		tx.Record(change.Record{Operation: "site.template", Target: "site:" + s.Name})
		_, err = tx.ExecContext(ctx, `INSERT INTO unlisted_sites (site_id, template, since) VALUES ($1, TRUE, $2)`, s.ID, tx.Now.UnixMicro())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make a template: %w", err)
	}
	if err := fill(s); err != nil {
		return nil, err
	}
	err = st.Changes.Write(ctx, s.ID, by, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "site.template", Target: "site:" + s.Name})
		_, err := tx.ExecContext(ctx, `DELETE FROM sites WHERE site_id = $1`, s.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make a template: %w", err)
	}
	t := &Template{ID: s.ID, Settings: settings, CreatedAt: created}
	return t, t.prepare(ctx, st.Changes.DB)
}

// prepare writes the statements by which the template is copied: none for a table of which it has no rows.
func (t *Template) prepare(ctx context.Context, d *db.DB) error {
	for _, table := range db.SiteTables {
		if table.Fresh != "" {
			continue
		}
		rows, err := d.QueryContext(ctx, `SELECT * FROM `+table.Name+` WHERE site_id = $1 LIMIT 1`, t.ID)
		if err != nil {
			return fmt.Errorf("look at the template's %s: %w", table.Name, err)
		}
		names, err := rows.Columns()
		filled := rows.Next()
		rows.Close()
		if err == nil {
			err = rows.Err()
		}
		if err != nil {
			return fmt.Errorf("look at the template's %s: %w", table.Name, err)
		}
		if !filled {
			continue
		}
		list := strings.Join(slices.DeleteFunc(names, func(name string) bool { return name == "site_id" }), ", ")
		t.statements = append(t.statements, `INSERT INTO `+table.Name+` (site_id, `+list+`) SELECT CAST($1 AS bigint), `+list+` FROM `+table.Name+` WHERE site_id = $2`)
	}
	return nil
}

// CopyIn adds a site with what is in the template, apart from apps and tokens, which name their site.
func (st *Store) CopyIn(ctx context.Context, tx *change.Tx, t *Template, s Site) (Site, error) {
	s.Settings, s.CreatedAt = t.Settings, t.CreatedAt
	s, err := st.addIn(ctx, tx, s)
	if err != nil {
		return s, err
	}
	return s, t.fill(ctx, tx)
}

// RenewIn gives the site of this cloud ID what is in the template instead of what it has, apart from apps and tokens. Its name
// and its addresses stay, and its settings are the template's. It is another site from then on: nothing that was read
// of the one before is of any use.
func (st *Store) RenewIn(ctx context.Context, tx *change.Tx, t *Template, cloudID string) (Site, error) {
	s, err := st.unlist(ctx, tx, cloudID)
	if err != nil {
		return s, err
	}
	s.Settings, s.CreatedAt = t.Settings, t.CreatedAt
	if s, err = insert(ctx, tx, s); err != nil {
		return s, err
	}
	tx.Record(change.Record{Operation: "site.reset", Target: "site:" + s.CloudID, Access: true, Fields: change.Fields{"name": {nil, s.Name}}})
	if err := addHosts(ctx, tx, s.ID, s.Hosts); err != nil {
		return s, err
	}
	return s, t.fill(ctx, tx)
}

func (t *Template) fill(ctx context.Context, tx *change.Tx) error {
	_, stands, err := db.One(ctx, tx, db.Scalar[int64], `SELECT site_id FROM unlisted_sites WHERE site_id = $1 AND template`, t.ID)
	if err == nil && !stands {
		err = ErrNoTemplate
	}
	if err != nil {
		return err
	}
	for _, statement := range t.statements {
		if _, err := tx.ExecContext(ctx, statement, tx.Site, t.ID); err != nil {
			return fmt.Errorf("copy a template: %w", err)
		}
	}
	return nil
}

// DropTemplates removes every template there is, and returns how many there were.
func (st *Store) DropTemplates(ctx context.Context, by change.Actor) (dropped int64, err error) {
	standing, _, err := db.One(ctx, st.Changes.DB, db.Scalar[int64], `SELECT count(*) FROM unlisted_sites WHERE template`)
	if err != nil || standing == 0 {
		return 0, err
	}
	err = st.Changes.Write(ctx, 0, by, func(tx *change.Tx) error {
		// One that was being filled when its stand-in was killed still looks like a site.
		if _, err := tx.ExecContext(ctx, `DELETE FROM sites WHERE site_id IN (SELECT site_id FROM unlisted_sites WHERE template)`); err != nil {
			return err
		}
		if dropped, err = tx.ExecContext(ctx, `UPDATE unlisted_sites SET template = FALSE, since = $1 WHERE template`, tx.Now.UnixMicro()); err != nil || dropped == 0 {
			return err
		}
		return recordAside(ctx, tx, change.Record{Operation: "site.template.drop", Target: "sites", Fields: change.Fields{"templates": {dropped, 0}}})
	})
	return dropped, err
}
