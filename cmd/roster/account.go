package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

func newAccountCommand(e *env) *cobra.Command {
	return withJSON(family("account", "Add, show and change people and apps",
		newAccountAdd(e), newAccountList(e), newAccountShow(e), newAccountSet(e),
		newAccountStatus(e, "deactivate", directory.Inactive, "Keep an account from signing in; reactivate undoes it"),
		newAccountStatus(e, "reactivate", directory.Active, "Let a deactivated account sign in again"),
		newAccountClose(e), newAccountPicture(e), newAccountPassword(e)))
}

func newAccountAdd(e *env) *cobra.Command {
	var fields accountFields
	var id, status string
	var groups []string
	var unlicensed bool
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add an account",
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			ctx := cmd.Context()
			ids, err := b.groupIDs(ctx, s, groups, unlicensed, fields.given.Guest)
			if err != nil {
				return err
			}
			if err := fields.resolve(ctx, b, s.ID); err != nil {
				return err
			}
			a := directory.Account{ID: id, Status: directory.Status(status), Visibility: directory.DefaultVisibility()}
			if err := fields.apply(cmd, &a); err != nil {
				return err
			}
			if a, err = b.Directory.Add(ctx, s.ID, b.By, a, ids...); err != nil {
				return err
			}
			return e.report(cmd, showAccount(a), "%s has account ID %s.", a.PublicName, a.ID)
		}),
	}
	fields.bind(cmd)
	cmd.Flags().StringVar(&id, "id", "", "account ID; a new one unless given")
	cmd.Flags().StringVar(&status, "status", "active", "active, inactive or closed")
	cmd.Flags().StringArrayVar(&groups, "group", nil, "name or ID of a group to join (may be repeated); the one in which people use the site unless given")
	cmd.Flags().BoolVar(&unlicensed, "unlicensed", false, "join no group unless --group says so")
	return cmd
}

// groupIDs returns the IDs of the groups that a new account joins.
func (b *backend) groupIDs(ctx context.Context, s site.Site, refs []string, unlicensed, guest bool) ([]string, error) {
	if len(refs) == 0 && !unlicensed {
		id, err := b.homeGroup(ctx, s, guest)
		return []string{id}, err
	}
	ids := make([]string, len(refs))
	for i, ref := range refs {
		g, err := b.Directory.GroupNamed(ctx, s.ID, ref)
		if err != nil {
			return nil, err
		}
		ids[i] = g.ID
	}
	return ids, nil
}

// homeGroup returns the ID of the group that lets new people use the site.
func (b *backend) homeGroup(ctx context.Context, s site.Site, guest bool) (string, error) {
	home, err := b.Directory.HomeGroup(ctx, s.ID, guest)
	if err == nil && home == "" {
		err = fmt.Errorf("no group lets people use the site %s without administering it: give one the permission by roster group grant NAME use, or say --group or --unlicensed", s.Name)
	}
	return home, err
}

func newAccountList(e *env) *cobra.Command {
	var f directory.Filter
	var group string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List accounts by account ID",
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			if group != "" {
				g, err := b.Directory.GroupNamed(cmd.Context(), s.ID, group)
				if err != nil {
					return err
				}
				f.GroupID = g.ID
			}
			switch f.Status {
			case "", directory.Active, directory.Inactive, directory.Closed:
			default:
				return misuse("--status takes active, inactive or closed, not %q", f.Status)
			}
			switch f.Type {
			case "", directory.Person, directory.App, directory.Customer:
			default:
				return misuse("--type takes atlassian, app or customer, not %q", f.Type)
			}
			return e.listAccounts(cmd, b, s.ID, f)
		}),
	}
	cmd.Flags().StringVar((*string)(&f.Status), "status", "", "only accounts that are active, inactive or closed")
	cmd.Flags().StringVar((*string)(&f.Type), "type", "", "only accounts of the type atlassian, app or customer")
	cmd.Flags().StringVar(&group, "group", "", "only members of the group of this name or ID")
	cmd.Flags().BoolVar(&f.Guests, "guest", false, "only guests")
	cmd.Flags().StringVar(&f.Text, "text", "", "only accounts whose names have words that begin so, or whose e-mail address does")
	return cmd
}

func newAccountShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "show ACCOUNT",
		Short: "Show an account, given by its ID or e-mail address, with everything that is known about it",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			a, err := b.Directory.Account(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			return e.describeAccount(cmd, b, s.ID, a)
		}),
	}
}

func newAccountSet(e *env) *cobra.Command {
	var fields accountFields
	cmd := &cobra.Command{
		Use:   "set ACCOUNT",
		Short: "Change the fields of an account that are given; an empty value clears one",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			if !fields.any(cmd) {
				return misuse("there is nothing to set")
			}
			if err := fields.resolve(cmd.Context(), b, s.ID); err != nil {
				return err
			}
			a, err := b.Directory.Change(cmd.Context(), s.ID, b.By, args[0], func(a *directory.Account) error { return fields.apply(cmd, a) })
			if err != nil {
				return err
			}
			return e.report(cmd, showAccount(a), "Account %s is changed.", a.ID)
		}),
	}
	fields.bind(cmd)
	return cmd
}

// newAccountStatus is a command that only changes an account's status.
func newAccountStatus(e *env, name string, status directory.Status, short string) *cobra.Command {
	return &cobra.Command{
		Use:   name + " ACCOUNT",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			return e.setStatus(cmd, b, s.ID, args[0], status)
		}),
	}
}

func (e *env) setStatus(cmd *cobra.Command, b *backend, site int64, ref string, status directory.Status) error {
	a, err := b.Directory.Change(cmd.Context(), site, b.By, ref, func(a *directory.Account) error {
		a.Status = status
		return nil
	})
	if err != nil {
		return err
	}
	return e.report(cmd, showAccount(a), "Account %s is %s.", a.ID, a.Status)
}

func newAccountClose(e *env) *cobra.Command {
	var sure bool
	cmd := &cobra.Command{
		Use:   "close ACCOUNT",
		Short: "Close an account and erase what is personal in it, for good",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			a, err := b.Directory.Account(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			if !sure {
				question := fmt.Sprintf("Close %s of %s and erase what is personal, for good?", a.ID, a.PublicName)
				if err := e.confirm(cmd.Context(), question); err != nil {
					return err
				}
			}
			return e.setStatus(cmd, b, s.ID, a.ID, directory.Closed)
		}),
	}
	cmd.Flags().BoolVar(&sure, "yes", false, "do not ask")
	return cmd
}

// confirm asks a question, and fails unless the answer is yes.
func (e *env) confirm(ctx context.Context, question string) error {
	fmt.Fprint(e.Stderr, question+" [y/N] ")
	answers := make(chan string, 1)
	go func() {
		answer, _ := bufio.NewReader(e.Stdin).ReadString('\n')
		answers <- answer
	}()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case answer := <-answers:
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return nil
		}
		return errors.New("nothing is done, as that was no yes; --yes does not ask")
	}
}
