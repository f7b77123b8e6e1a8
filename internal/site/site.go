// Package site keeps the sites of one server, and tells which site a request is for.
package site

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Site is one Confluence site: a directory, with everything in it, that no other site can see.
type Site struct {
	ID        int64 // internal; leads every key
	CloudID   string
	Name      string
	PublicURL string // without /wiki; empty where it follows from the server's address
	Default   bool
	Hosts     []string // only from [Store.List] and [Store.Named]
	Settings  Settings
	CreatedAt time.Time
}

// URL is where people and links reach the site, without /wiki: its public URL, else the server's for the default
// site, and for the others their path in a stand-in or the gateway's.
func (s Site) URL(server string, standIn bool) string {
	switch {
	case s.PublicURL != "":
		return s.PublicURL
	case s.Default:
		return server
	case standIn:
		return server + "/_site/" + s.Name
	}
	return s.GatewayURL(server)
}

// GatewayURL is where the site is reached through the gateway, without /wiki.
func (s Site) GatewayURL(server string) string { return server + "/ex/confluence/" + s.CloudID }

// Store is the sites in a database.
type Store struct {
	Changes *change.Log
}

const columns = `site_id, cloud_id, name, public_url, is_default, settings, created_at`

func scan(rows *sql.Rows) (s Site, err error) {
	var settings string
	var created int64
	if err := rows.Scan(&s.ID, &s.CloudID, &s.Name, &s.PublicURL, &s.Default, &settings, &created); err != nil {
		return s, err
	}
	s.CreatedAt = time.UnixMicro(created).UTC()
	s.Settings = DefaultSettings()
	return s, json.Unmarshal([]byte(settings), &s.Settings)
}

// validName is what stands in /_site/{name}/ and on the command line.
var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// Add creates a site. Where s has no cloud ID it gets one; the first site is the default one.
func (st *Store) Add(ctx context.Context, by change.Actor, s Site) (Site, error) {
	// The new site's own number is only known inside, so the transaction is begun for site 0 and moved.
	err := st.Changes.Write(ctx, 0, by, func(tx *change.Tx) error {
		added, err := st.AddIn(ctx, tx, s)
		if err == nil {
			s = added
		}
		return err
	})
	return s, err
}

// AddIn is [Store.Add] inside a transaction, which from then on is one of the new site.
func (st *Store) AddIn(ctx context.Context, tx *change.Tx, s Site) (Site, error) {
	s.CreatedAt = tx.Now
	return st.addIn(ctx, tx, s)
}

func (st *Store) addIn(ctx context.Context, tx *change.Tx, s Site) (Site, error) {
	if err := s.prepare(); err != nil {
		return s, err
	}
	first, _, err := db.One(ctx, tx, db.Scalar[bool], `SELECT NOT EXISTS (SELECT 1 FROM sites)`)
	if err != nil {
		return s, err
	}
	s.Default = first
	if s, err = insert(ctx, tx, s); err != nil {
		return s, err
	}
	tx.Record(change.Record{Operation: "site.create", Target: "site:" + s.CloudID, Fields: change.Fields{"name": {nil, s.Name}}})
	return s, addHosts(ctx, tx, s.ID, s.allHosts())
}

// insert stores a new site under a number that no site has ever had, and makes the transaction one of it.
func insert(ctx context.Context, tx *change.Tx, s Site) (Site, error) {
	settings, err := json.Marshal(s.Settings)
	if err != nil {
		return s, err
	}
	last, _, err := db.One(ctx, tx, db.Scalar[int64], `SELECT COALESCE(MAX(site_id), 0) FROM (
		SELECT MAX(site_id) AS site_id FROM sites UNION ALL SELECT MAX(site_id) FROM unlisted_sites) AS numbered`)
	if err != nil {
		return s, err
	}
	s.ID = last + 1
	tx.Site = s.ID
	n, err := tx.ExecContext(ctx, `INSERT INTO sites (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		s.ID, s.CloudID, s.Name, s.PublicURL, s.Default, string(settings), s.CreatedAt.UnixMicro())
	if err != nil {
		return s, err
	}
	if n == 0 {
		return s, failure.Conflict.Errorf("A site with this name or cloud ID exists already.")
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO site_epochs (site_id, epoch) VALUES ($1, 1)`, s.ID)
	return s, err
}

// prepare checks a new site and fills in what it does not give.
func (s *Site) prepare() error {
	if !validName.MatchString(s.Name) {
		return failure.Invalid.Errorf("The site name %q is not 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit.", s.Name)
	}
	if s.CloudID == "" {
		s.CloudID = uuid.NewString()
	} else if id, err := uuid.Parse(s.CloudID); err != nil || id.String() != s.CloudID {
		return failure.Invalid.Errorf("The cloud ID %q is not a lower-case UUID.", s.CloudID)
	}
	if s.Settings == (Settings{}) {
		s.Settings = DefaultSettings()
	}
	return checkPublicURL(s.PublicURL)
}

// allHosts are the site's host names, with that of its public URL: a site is found where it says that it is. A
// public URL with a path of its own is behind a proxy that sorts by path.
func (s Site) allHosts() []string {
	u, err := url.Parse(s.PublicURL)
	if err != nil || u.Path != "" || u.Hostname() == "" {
		return s.Hosts
	}
	if host := strings.ToLower(u.Hostname()); validHost.MatchString(host) && !slices.Contains(s.Hosts, host) {
		return append(slices.Clone(s.Hosts), host)
	}
	return s.Hosts
}

func addHosts(ctx context.Context, tx *change.Tx, id int64, hosts []string) error {
	for _, h := range hosts {
		if !validHost.MatchString(h) {
			return failure.Invalid.Errorf("The host name %q is not a lower-case host name.", h)
		}
		n, err := tx.ExecContext(ctx, `INSERT INTO site_hosts (host, site_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, h, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return failure.Conflict.Errorf("The host name %s belongs to a site already.", h)
		}
	}
	return nil
}

var validHost = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)

func checkPublicURL(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil ||
		strings.HasSuffix(raw, "/") || strings.HasSuffix(raw, "/wiki") {
		return failure.Invalid.Errorf("The public URL %q is not http(s)://host[:port][/path], without /wiki and a trailing slash.", raw)
	}
	return nil
}

// List returns all sites in the order of their making.
func (st *Store) List(ctx context.Context) ([]Site, error) {
	sites, err := db.All(ctx, st.Changes.DB, scan, `SELECT `+columns+` FROM sites
		WHERE site_id NOT IN (SELECT site_id FROM unlisted_sites) ORDER BY site_id`)
	if err != nil {
		return nil, err
	}
	type host struct {
		site int64
		name string
	}
	hosts, err := db.All(ctx, st.Changes.DB, func(rows *sql.Rows) (h host, err error) { return h, rows.Scan(&h.site, &h.name) },
		`SELECT site_id, host FROM site_hosts ORDER BY site_id, host`)
	byID := make(map[int64][]string, len(hosts))
	for _, h := range hosts {
		byID[h.site] = append(byID[h.site], h.name)
	}
	for i := range sites {
		sites[i].Hosts = byID[sites[i].ID]
	}
	return sites, err
}

// Count returns how many sites there are.
func (st *Store) Count(ctx context.Context) (int64, error) {
	n, _, err := db.One(ctx, st.Changes.DB, db.Scalar[int64], `SELECT count(*) FROM sites`)
	return n, err
}

// Named returns the site with this name or cloud ID; "" is the default site.
func (st *Store) Named(ctx context.Context, name string) (Site, error) {
	s, found, err := st.find(ctx, `name = $1 OR cloud_id = $1 OR ($1 = '' AND is_default)`, name)
	if err == nil && !found {
		if name == "" {
			return s, failure.NotFound.Errorf("There is no site yet; roster site add makes one.")
		}
		return s, failure.NotFound.Errorf("There is no site %q.", name)
	}
	if err == nil {
		s.Hosts, err = st.hosts(ctx, st.Changes.DB, s.ID)
	}
	return s, err
}

// HasHost reports whether a host name is some site's.
func (st *Store) HasHost(ctx context.Context, host string) (bool, error) {
	_, found, err := db.One(ctx, st.Changes.DB, db.Scalar[int64], `SELECT site_id FROM site_hosts WHERE host = $1`, host)
	return found, err
}

// ByID returns the site with this internal ID.
func (st *Store) ByID(ctx context.Context, id int64) (Site, error) {
	s, found, err := st.find(ctx, `site_id = $1`, id)
	if err == nil && !found {
		err = failure.NotFound.Errorf("There is no such site.")
	}
	return s, err
}

func (st *Store) find(ctx context.Context, where string, args ...any) (Site, bool, error) {
	return db.One(ctx, st.Changes.DB, scan, `SELECT `+columns+` FROM sites WHERE `+where, args...)
}

func (st *Store) hosts(ctx context.Context, q db.Querier, id int64) ([]string, error) {
	return db.All(ctx, q, db.Scalar[string], `SELECT host FROM site_hosts WHERE site_id = $1 ORDER BY host`, id)
}

// Change applies edit to the site of this name or cloud ID and stores the result, or nothing if edit fails.
// Only PublicURL, Hosts and Settings can be edited.
func (st *Store) Change(ctx context.Context, by change.Actor, name string, edit func(*Site) error) (Site, error) {
	old, err := st.Named(ctx, name)
	if err != nil {
		return old, err
	}
	var now Site
	err = st.Changes.Write(ctx, old.ID, by, func(tx *change.Tx) error {
		before, found, err := db.One(ctx, tx, scan, `SELECT `+columns+` FROM sites WHERE site_id = $1`, old.ID)
		if err != nil {
			return err
		}
		if !found {
			return failure.NotFound.Errorf("There is no site %q any more.", name)
		}
		if before.Hosts, err = st.hosts(ctx, tx, old.ID); err != nil {
			return err
		}
		now = before
		now.Hosts = slices.Clone(before.Hosts)
		if err := edit(&now); err != nil {
			return err
		}
		if err := checkPublicURL(now.PublicURL); err != nil {
			return err
		}
		settings, err := json.Marshal(now.Settings)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE sites SET public_url = $1, settings = $2 WHERE site_id = $3`, now.PublicURL, string(settings), old.ID); err != nil {
			return err
		}
		if now.PublicURL != before.PublicURL {
			now.Hosts = now.allHosts()
		}
		if !slices.Equal(before.Hosts, now.Hosts) {
			if _, err := tx.ExecContext(ctx, `DELETE FROM site_hosts WHERE site_id = $1`, old.ID); err != nil {
				return err
			}
			if err := addHosts(ctx, tx, old.ID, now.Hosts); err != nil {
				return err
			}
		}
		tx.Record(change.Record{Operation: "site.update", Target: "site:" + old.CloudID, Access: true, Fields: change.Fields{
			"publicUrl": {before.PublicURL, now.PublicURL}, "hosts": {before.Hosts, now.Hosts}, "settings": {before.Settings, now.Settings},
		}})
		return nil
	})
	return now, err
}
