package site

import (
	"context"
	"database/sql"
	"net"
	"strings"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// ErrNone is what a request gets whose site does not exist.
var ErrNone = failure.NotFound.Errorf("There is no such site.")

// Way is how a request found its site.
type Way int

const (
	ByHost    Way = iota // by its host name, or as the default site
	ByGateway            // /ex/confluence/{cloudId}/…
	ByName               // /_site/{name}/…, in the stand-in only
)

// Found is the site that a request is for.
type Found struct {
	Site
	Way  Way
	Path string // what is left of the escaped path: always /wiki/… or a path of ours

	place cache.Place
	host  string // as the request says it, with its port; empty unless that found the site
}

// URL is [Site.URL], or the host name by which the site was found where it has no better address.
func (f Found) URL(server string, standIn bool) string {
	if f.host == "" || f.PublicURL != "" || f.Default {
		return f.Site.URL(server, standIn)
	}
	scheme, _, _ := strings.Cut(server, ":")
	return scheme + "://" + f.host
}

// Resolver tells which site a request is for.
type Resolver struct {
	Sites *Store
	Named bool         // serve /_site/{name}/…
	Cache *cache.Cache // nil for none
}

// Context returns a context for the rest of a request to a site: what it reads may come from the cache.
func (r *Resolver) Context(ctx context.Context, f Found) context.Context {
	if r.Cache == nil {
		return ctx
	}
	return r.Cache.With(ctx, f.place)
}

// Resolve finds the site for a request's host and escaped path. A site that does not exist is NotFound.
func (r *Resolver) Resolve(ctx context.Context, host, path string) (Found, error) {
	if rest, ok := strings.CutPrefix(path, "/ex/confluence/"); ok {
		cloudID, rest, _ := strings.Cut(rest, "/")
		rest = "/" + rest
		if rest != "/wiki" && !strings.HasPrefix(rest, "/wiki/") {
			rest = "/wiki" + rest
		}
		return r.found(ctx, ByGateway, rest, `cloud_id = $1`, cloudID)
	}
	if rest, ok := strings.CutPrefix(path, "/_site/"); ok && r.Named {
		name, rest, _ := strings.Cut(rest, "/")
		return r.found(ctx, ByName, "/"+rest, `name = $1`, name)
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	f, err := r.found(ctx, ByHost, path, `site_id = COALESCE((SELECT site_id FROM site_hosts WHERE host = $1),
		(SELECT site_id FROM sites WHERE is_default))`, name)
	f.host = host
	return f, err
}

func (r *Resolver) found(ctx context.Context, way Way, rest, where, key string) (Found, error) {
	if len(key) > 255 || strings.ContainsRune(key, 0) {
		return Found{}, ErrNone
	}
	f := Found{Way: way, Path: rest}
	ok, err := r.read(ctx, &f, where, key)
	if err == nil && !ok {
		err = ErrNone
	}
	return f, err
}

// read fills in the site for which where holds, if there is one.
func (r *Resolver) read(ctx context.Context, f *Found, where, key string) (ok bool, err error) {
	if r.Cache == nil {
		f.Site, ok, err = r.Sites.find(ctx, where, key)
		return ok, err
	}
	f.place, err = r.Cache.Find(ctx, where[:4]+key, func(ctx context.Context) (cache.Place, error) {
		p, _, err := db.One(ctx, r.Sites.Changes.DB, func(rows *sql.Rows) (p cache.Place, err error) { return p, rows.Scan(&p.Site, &p.Epoch) },
			`SELECT site_id, epoch FROM site_epochs WHERE site_id = (SELECT site_id FROM sites WHERE `+where+`)`, key)
		return p, err
	})
	if err != nil || f.place.Site == 0 {
		return false, err
	}
	f.Site, ok, err = cache.Read(r.Context(ctx, *f), f.place.Site, "site", "", func(Site) int { return 1 << 10 }, func() (Site, bool, error) {
		return r.Sites.find(ctx, `site_id = $1`, f.place.Site)
	})
	return ok, err
}
