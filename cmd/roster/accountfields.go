package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/directory"
)

// accountFields are the flags by which an account's fields are given.
type accountFields struct {
	given      directory.Account
	visibility []string
}

// textFlag is the flag of one field that is text.
type textFlag struct {
	name, help string
	at         func(*directory.Account) *string
}

func textFlags() []textFlag {
	return []textFlag{
		{"email", "e-mail address", func(a *directory.Account) *string { return &a.Email }},
		{"display-name", "full name", func(a *directory.Account) *string { return &a.DisplayName }},
		{"public-name", "name that everyone may see", func(a *directory.Account) *string { return &a.PublicName }},
		{"type", "atlassian (a person), app or customer", func(a *directory.Account) *string { return (*string)(&a.Type) }},
		{"time-zone", "IANA time zone, such as Europe/London", func(a *directory.Account) *string { return &a.TimeZone }},
		{"locale", "language and region, such as en_US", func(a *directory.Account) *string { return &a.Locale }},
		{"position", "job title", func(a *directory.Account) *string { return &a.Position }},
		{"department", "department", func(a *directory.Account) *string { return &a.Department }},
		{"location", "place of work", func(a *directory.Account) *string { return &a.Location }},
		{"phone", "phone number", func(a *directory.Account) *string { return &a.Phone }},
		{"im", "instant messaging name", func(a *directory.Account) *string { return &a.IM }},
		{"website", "website", func(a *directory.Account) *string { return &a.Website }},
		{"manager", "the manager's account ID or e-mail address", func(a *directory.Account) *string { return &a.Manager }},
	}
}

// switchFlag is the flag of one field that is true or false.
type switchFlag struct {
	name, help string
	at         func(*directory.Account) *bool
}

func switchFlags() []switchFlag {
	return []switchFlag{
		{"guest", "a guest on this site", func(a *directory.Account) *bool { return &a.Guest }},
		{"external-collaborator", "an external collaborator", func(a *directory.Account) *bool { return &a.External }},
		{"email-approved", "an app that may read e-mail addresses", func(a *directory.Account) *bool { return &a.EmailApproved }},
	}
}

// bind makes the flags of cmd.
func (f *accountFields) bind(cmd *cobra.Command) {
	for _, t := range textFlags() {
		cmd.Flags().StringVar(t.at(&f.given), t.name, "", t.help)
	}
	for _, s := range switchFlags() {
		cmd.Flags().BoolVar(s.at(&f.given), s.name, false, s.help)
	}
	cmd.Flags().StringArrayVar(&f.visibility, "visibility", nil,
		"who may see a field, as FIELD=anyone, FIELD=organization or FIELD=me; the fields are "+strings.Join(hideable(), ", ")+" (may be repeated)")
}

func hideable() []string {
	var names []string
	for _, f := range directory.Fields {
		names = append(names, f.Name)
	}
	return names
}

// any reports whether one of the flags was given to cmd.
func (f *accountFields) any(cmd *cobra.Command) bool {
	given := len(f.visibility) > 0
	for _, t := range textFlags() {
		given = given || cmd.Flags().Changed(t.name)
	}
	for _, s := range switchFlags() {
		given = given || cmd.Flags().Changed(s.name)
	}
	return given
}

// resolve looks up a manager who was given by e-mail address.
func (f *accountFields) resolve(ctx context.Context, b *backend, site int64) error {
	if !strings.Contains(f.given.Manager, "@") {
		return nil
	}
	manager, err := b.Directory.Account(ctx, site, f.given.Manager)
	f.given.Manager = manager.ID
	return err
}

// apply changes those fields of a that were given to cmd, and no other.
func (f *accountFields) apply(cmd *cobra.Command, a *directory.Account) error {
	for _, t := range textFlags() {
		if cmd.Flags().Changed(t.name) {
			*t.at(a) = *t.at(&f.given)
		}
	}
	for _, s := range switchFlags() {
		if cmd.Flags().Changed(s.name) {
			*s.at(a) = *s.at(&f.given)
		}
	}
	for _, pair := range f.visibility {
		field, audience, found := strings.Cut(pair, "=")
		if !found {
			return misuse("--visibility takes FIELD=AUDIENCE, not %q", pair)
		}
		if err := a.Visibility.Set(field, audience); err != nil {
			return err
		}
	}
	return nil
}
