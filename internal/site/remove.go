package site

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	// lingering is longer than a request to a site lasts that was found before the site was removed, and than the uses
	// of its tokens wait to be written. Until then its rows stay as they are, so that no such request finds half of them.
	lingering = 3 * time.Minute
	// rowsAtATime bounds how many rows one transaction deletes.
	rowsAtATime = 1000
)

// Remove takes the site of this name or cloud ID away from the next request on. What was in it is deleted later: see
// [Store.Sweep]. The default site is a Conflict. That it was removed is recorded with the default site, as its own
// record goes with it.
func (st *Store) Remove(ctx context.Context, by change.Actor, name string) (removed Site, err error) {
	err = st.Changes.Write(ctx, 0, by, func(tx *change.Tx) error {
		if removed, err = st.unlist(ctx, tx, name); err != nil {
			return err
		}
		if removed.Default {
			return failure.Conflict.Errorf("Site %s is the default site, which cannot be deleted.", removed.Name)
		}
		return recordAside(ctx, tx, change.Record{
			Operation: "site.delete", Target: "site:" + removed.CloudID, Fields: change.Fields{"name": {removed.Name, nil}},
		})
	})
	return removed, err
}

// recordAside records what happened to sites as a whole with the default site.
func recordAside(ctx context.Context, tx *change.Tx, r change.Record) error {
	site, _, err := db.One(ctx, tx, db.Scalar[int64], `SELECT site_id FROM sites WHERE is_default`)
	tx.Site = site
	tx.Record(r)
	return err
}

// unlist removes the row by which a site is found, and all that goes with that row, and notes that the others are left.
func (st *Store) unlist(ctx context.Context, tx *change.Tx, name string) (Site, error) {
	s, found, err := db.One(ctx, tx, scan, `SELECT `+columns+` FROM sites WHERE (name = $1 OR cloud_id = $1)
		AND site_id NOT IN (SELECT site_id FROM unlisted_sites)`, name)
	if err == nil && !found {
		err = failure.NotFound.Errorf("There is no site %.100q.", name)
	}
	if err != nil {
		return s, err
	}
	if s.Hosts, err = st.hosts(ctx, tx, s.ID); err != nil {
		return s, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM sites WHERE site_id = $1`, s.ID); err != nil {
		return s, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO unlisted_sites (site_id, template, since) VALUES ($1, FALSE, $2)`, s.ID, tx.Now.UnixMicro())
	return s, err
}

// Sweep deletes, few rows at a time, what is left of sites that were removed some minutes ago, and returns of how many
// nothing is left. Any number of nodes may do so at once.
func (st *Store) Sweep(ctx context.Context) (swept int, err error) {
	ids, err := db.All(ctx, st.Changes.DB, db.Scalar[int64], `SELECT site_id FROM unlisted_sites WHERE NOT template AND since <= $1 ORDER BY site_id`,
		st.Changes.Now().Add(-lingering).UnixMicro())
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := st.empty(ctx, id); err != nil {
			return swept, fmt.Errorf("delete what was in site %d: %w", id, err)
		}
		swept++
	}
	return swept, nil
}

// empty deletes every row of a site, children before their parents.
func (st *Store) empty(ctx context.Context, id int64) error {
	for _, table := range slices.Backward(db.SiteTables) {
		if table.Name == "unlisted_sites" {
			continue
		}
		if err := st.emptyTable(ctx, table, id); err != nil {
			return fmt.Errorf("%s: %w", table.Name, err)
		}
	}
	// The highest number is remembered by its row, so that it is never given again.
	return st.Changes.DB.Aside(ctx, `DELETE FROM unlisted_sites WHERE site_id = $1 AND site_id < (
		SELECT MAX(site_id) FROM (SELECT MAX(site_id) AS site_id FROM sites UNION ALL SELECT MAX(site_id) FROM unlisted_sites) AS numbered)`, id)
}

func (st *Store) emptyTable(ctx context.Context, table db.SiteTable, id int64) error {
	d := st.Changes.DB
	statement := `DELETE FROM ` + table.Name + ` WHERE site_id = $1`
	args := []any{id}
	if table.Key != "" {
		statement += ` AND (` + table.Key + `) IN (SELECT ` + table.Key + ` FROM ` + table.Name + ` WHERE site_id = $1 ORDER BY site_id DESC, ` + backwards(table.Key) + ` LIMIT $2)`
		args = append(args, rowsAtATime)
	}
	for {
		_, left, err := db.One(ctx, d, db.Scalar[int64], `SELECT site_id FROM `+table.Name+` WHERE site_id = $1 LIMIT 1`, id)
		if err != nil || !left {
			return err
		}
		if err := d.Aside(ctx, statement, args...); err != nil {
			return err
		}
	}
}

// backwards is the order in which the highest comes first: content comes after what it stands below.
func backwards(key string) string { return strings.ReplaceAll(key, ",", " DESC,") + " DESC" }
