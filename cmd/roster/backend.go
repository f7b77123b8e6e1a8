package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// backend is the open database of a command that works straight on it.
type backend struct {
	DB        *db.DB
	Changes   *change.Log
	Sites     *site.Store
	Directory *directory.Directory
	Content   *content.Store
	By        change.Actor // the operator
	config    config.Manage
}

// open opens the database that --db names. One that does not exist is an error. Close it after use.
func (e *env) open(cmd *cobra.Command) (*backend, error) { return e.openAs(cmd, db.Options{}) }

func (e *env) openAs(cmd *cobra.Command, o db.Options) (*backend, error) {
	c, err := e.manage(cmd)
	if err != nil {
		return nil, err
	}
	if !exists(cmd.Context(), c.DB) {
		shown, _ := config.Value(cmd.Flags(), e.Environ(), c.Settings()[0])
		return nil, fmt.Errorf("there is no database %s yet; run roster serve first, or roster site add NAME", shown)
	}
	return e.connectAs(cmd.Context(), c, o)
}

// create opens the database that --db names, and makes it where it does not exist.
func (e *env) create(cmd *cobra.Command) (*backend, error) {
	c, err := e.manage(cmd)
	if err != nil {
		return nil, err
	}
	return e.connect(cmd.Context(), c)
}

func (e *env) manage(cmd *cobra.Command) (config.Manage, error) {
	var c config.Manage
	err := config.Load(cmd.Flags(), e.Environ(), c.Settings())
	return c, err
}

func (e *env) connect(ctx context.Context, c config.Manage) (*backend, error) {
	return e.connectAs(ctx, c, db.Options{})
}

func (e *env) connectAs(ctx context.Context, c config.Manage, o db.Options) (*backend, error) {
	d, err := db.Open(ctx, c.DB, o)
	if err != nil {
		return nil, err
	}
	log := change.New(d)
	log.Now = e.Now
	return &backend{d, log, &site.Store{Changes: log}, &directory.Directory{Changes: log}, &content.Store{Changes: log}, change.Actor{Via: change.CLI}, c}, nil
}

// Close closes the database.
func (b *backend) Close() error { return b.DB.Close() }

// closing closes the database, for good or for *err.
func (b *backend) closing(err *error) {
	if closed := b.Close(); *err == nil {
		*err = closed
	}
}

// site returns the site that --site names.
func (b *backend) site(ctx context.Context) (site.Site, error) {
	return b.Sites.Named(ctx, b.config.Site)
}

// exists reports whether a database has been made. Where that cannot be told it says yes: opening it then
// says what is wrong.
func exists(ctx context.Context, name string) bool {
	if !strings.Contains(name, "://") {
		_, err := os.Stat(name)
		return !os.IsNotExist(err)
	}
	pool, err := sql.Open("pgx", name)
	if err != nil {
		return true
	}
	defer pool.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var made bool
	err = pool.QueryRowContext(ctx, `SELECT to_regclass('sites') IS NOT NULL`).Scan(&made)
	return err != nil || made
}

// onSite is a command on one site: it opens the database and finds the site that --site names.
func (e *env) onSite(do func(cmd *cobra.Command, args []string, b *backend, s site.Site) error) func(*cobra.Command, []string) error {
	return e.onSiteAs(db.Options{}, do)
}

// onSiteAs is onSite with the database opened in a way of its own.
func (e *env) onSiteAs(o db.Options, do func(cmd *cobra.Command, args []string, b *backend, s site.Site) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		b, err := e.openAs(cmd, o)
		if err != nil {
			return err
		}
		defer b.closing(&err)
		s, err := b.site(cmd.Context())
		if err != nil {
			return err
		}
		return do(cmd, args, b, s)
	}
}
