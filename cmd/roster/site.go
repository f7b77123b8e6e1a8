package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/site"
)

func newSiteCommand(e *env) *cobra.Command {
	return withJSON(family("site", "Make and change the sites of the database",
		newSiteAdd(e), newSiteList(e), newSiteShow(e), newSiteSet(e), newSiteDelete(e)))
}

func newSiteAdd(e *env) *cobra.Command {
	var s site.Site
	var settings []string
	var bare bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a site with the groups that people expect, and the database if there is none yet",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s.Name, s.Settings = args[0], site.DefaultSettings()
			if err := setAll(&s.Settings, settings); err != nil {
				return err
			}
			b, err := e.create(cmd)
			if err != nil {
				return err
			}
			defer b.closing(&err)
			added, err := b.addSite(cmd.Context(), s, bare)
			if err != nil {
				return err
			}
			return e.report(cmd, showSite(added), "Site %s has cloud ID %s.", added.Name, added.CloudID)
		},
	}
	cmd.Flags().StringVar(&s.CloudID, "cloud-id", "", "lower-case UUID; a new one unless given")
	cmd.Flags().StringVar(&s.PublicURL, "public-url", "", "URL by which people reach the site, without /wiki")
	cmd.Flags().StringArrayVar(&s.Hosts, "host", nil, "host name whose requests are for the site (may be repeated)")
	cmd.Flags().StringArrayVar(&settings, "set", nil, "site setting as NAME=VALUE; roster settings lists them (may be repeated)")
	cmd.Flags().BoolVar(&bare, "bare", false, "make no groups")
	return cmd
}

// addSite makes a site, and its groups unless it is to be bare.
func (b *backend) addSite(ctx context.Context, s site.Site, bare bool) (added site.Site, err error) {
	err = b.Changes.Write(ctx, 0, b.By, func(tx *change.Tx) error {
		if added, err = b.Sites.AddIn(ctx, tx, s); err != nil || bare {
			return err
		}
		_, err := b.Directory.AddStandardGroupsIn(ctx, tx)
		return err
	})
	return added, err
}

func newSiteList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the sites in the order of their making",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			b, err := e.open(cmd)
			if err != nil {
				return err
			}
			defer b.closing(&err)
			sites, err := b.Sites.List(cmd.Context())
			if err != nil {
				return err
			}
			out := newListing(e, cmd, func(s siteView) []string {
				return []string{s.Name, s.CloudID, yes(s.Default), s.PublicURL, strings.Join(s.Hosts, " ")}
			}, "name", "cloud ID", "default", "public URL", "hosts")
			for _, s := range sites {
				if err := out.add(showSite(s)); err != nil {
					return err
				}
			}
			return out.flush()
		},
	}
}

func newSiteShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "show [NAME]",
		Short: "Show a site with its settings",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			b, err := e.open(cmd)
			if err != nil {
				return err
			}
			defer b.closing(&err)
			s, err := b.Sites.Named(cmd.Context(), append(args, b.config.Site)[0])
			if err != nil {
				return err
			}
			facts := []fact{
				{"name", s.Name},
				{"cloud ID", s.CloudID},
				{"default", yes(s.Default)},
				{"public URL", s.PublicURL},
				{"hosts", strings.Join(s.Hosts, " ")},
				{"created", moment(s.CreatedAt)},
			}
			for _, row := range site.SettingsTable {
				facts = append(facts, fact{row.Name, row.Get(&s.Settings)})
			}
			return e.describe(cmd, showSite(s), facts)
		},
	}
}

func newSiteSet(e *env) *cobra.Command {
	var publicURL string
	var add, remove []string
	cmd := &cobra.Command{
		Use:   "set [NAME] [SETTING=VALUE]…",
		Short: "Change a site's settings and addresses",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			name := ""
			if len(args) > 0 && !strings.Contains(args[0], "=") {
				name, args = args[0], args[1:]
			}
			if len(args) == 0 && !cmd.Flags().Changed("public-url") && len(add)+len(remove) == 0 {
				return misuse("there is nothing to set")
			}
			b, err := e.open(cmd)
			if err != nil {
				return err
			}
			defer b.closing(&err)
			s, err := b.Sites.Change(cmd.Context(), b.By, cmp.Or(name, b.config.Site), func(s *site.Site) error {
				if cmd.Flags().Changed("public-url") {
					s.PublicURL = publicURL
				}
				s.Hosts = slices.DeleteFunc(s.Hosts, func(h string) bool { return slices.Contains(remove, h) || slices.Contains(add, h) })
				s.Hosts = append(s.Hosts, add...)
				return setAll(&s.Settings, args)
			})
			if err != nil {
				return err
			}
			return e.report(cmd, showSite(s), "Site %s is changed.", s.Name)
		},
	}
	cmd.Flags().StringVar(&publicURL, "public-url", "", "URL by which people reach the site, without /wiki; empty to let it follow from the server's address")
	cmd.Flags().StringArrayVar(&add, "add-host", nil, "host name whose requests are for the site (may be repeated)")
	cmd.Flags().StringArrayVar(&remove, "remove-host", nil, "host name to give up (may be repeated)")
	return cmd
}

// setAll applies settings of the form NAME=VALUE.
func setAll(settings *site.Settings, pairs []string) error {
	for _, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		if !found {
			return misuse("%q is not of the form SETTING=VALUE", pair)
		}
		if err := settings.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// siteView is a site as it is printed.
type siteView struct {
	Name      string        `json:"name"`
	CloudID   string        `json:"cloudId"`
	Default   bool          `json:"default"`
	PublicURL string        `json:"publicUrl,omitempty"`
	Hosts     []string      `json:"hosts"`
	Settings  site.Settings `json:"settings"`
	CreatedAt string        `json:"createdAt"`
}

func showSite(s site.Site) siteView {
	return siteView{s.Name, s.CloudID, s.Default, s.PublicURL, append([]string{}, s.Hosts...), s.Settings, moment(s.CreatedAt)}
}
