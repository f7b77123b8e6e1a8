package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/directory"
)

// accountView is an account as it is printed, by the names that roster import reads.
type accountView struct {
	ID            string            `json:"accountId"`
	Type          directory.Type    `json:"accountType"`
	Status        directory.Status  `json:"accountStatus"`
	Email         string            `json:"email,omitempty"`
	DisplayName   string            `json:"displayName"`
	PublicName    string            `json:"publicName"`
	TimeZone      string            `json:"timeZone,omitempty"`
	Locale        string            `json:"locale,omitempty"`
	Position      string            `json:"position,omitempty"`
	Department    string            `json:"department,omitempty"`
	Location      string            `json:"location,omitempty"`
	Phone         string            `json:"phone,omitempty"`
	IM            string            `json:"im,omitempty"`
	Website       string            `json:"website,omitempty"`
	Manager       string            `json:"manager,omitempty"`
	Guest         bool              `json:"isGuest"`
	External      bool              `json:"isExternalCollaborator"`
	EmailApproved bool              `json:"emailApproved"`
	Visibility    map[string]string `json:"visibility"`
	Groups        []string          `json:"groups,omitzero"` // names, only of an account that is shown alone
	CreatedAt     string            `json:"createdAt"`
	UpdatedAt     string            `json:"updatedAt"`
}

func showAccount(a directory.Account) accountView {
	visibility := map[string]string{}
	for f, row := range directory.Fields {
		visibility[row.Name] = a.Visibility[f].String()
	}
	return accountView{
		ID: a.ID, Type: a.Type, Status: a.Status, Email: a.Email, DisplayName: a.DisplayName, PublicName: a.PublicName,
		TimeZone: a.TimeZone, Locale: a.Locale, Position: a.Position, Department: a.Department, Location: a.Location,
		Phone: a.Phone, IM: a.IM, Website: a.Website, Manager: a.Manager, Guest: a.Guest, External: a.External,
		EmailApproved: a.EmailApproved, Visibility: visibility, CreatedAt: moment(a.CreatedAt), UpdatedAt: moment(a.UpdatedAt),
	}
}

// listAccounts prints the accounts of a site that f admits, as they are read.
func (e *env) listAccounts(cmd *cobra.Command, b *backend, site int64, f directory.Filter) error {
	out := newListing(e, cmd, func(a accountView) []string {
		return []string{a.ID, string(a.Type), string(a.Status), a.DisplayName, a.Email}
	}, "account ID", "type", "status", "name", "e-mail")
	err := b.Directory.Each(cmd.Context(), site, f, func(a directory.Account) error { return out.add(showAccount(a)) })
	if err != nil {
		return err
	}
	return out.flush()
}

// describeAccount prints one account with everything that is known about it.
func (e *env) describeAccount(cmd *cobra.Command, b *backend, site int64, a directory.Account) error {
	groups, err := b.groupsOf(cmd.Context(), site, a.ID)
	if err != nil {
		return err
	}
	v := showAccount(a)
	v.Groups = []string{}
	for _, g := range groups {
		v.Groups = append(v.Groups, g.Name)
	}
	hidden := func(f directory.Field, value string) string {
		if value == "" {
			return ""
		}
		return value + "  (" + a.Visibility[f].String() + ")"
	}
	facts := []fact{
		{"account ID", v.ID},
		{"type", string(v.Type)},
		{"status", string(v.Status)},
		{"e-mail", hidden(directory.EmailField, v.Email)},
		{"display name", hidden(directory.NameField, v.DisplayName)},
		{"public name", v.PublicName},
		{"time zone", hidden(directory.TimeZoneField, v.TimeZone)},
		{"locale", v.Locale},
		{"position", hidden(directory.PositionField, v.Position)},
		{"department", hidden(directory.DepartmentField, v.Department)},
		{"location", hidden(directory.LocationField, v.Location)},
		{"phone", hidden(directory.PhoneField, v.Phone)},
		{"im", hidden(directory.IMField, v.IM)},
		{"website", hidden(directory.WebsiteField, v.Website)},
		{"manager", hidden(directory.ManagerField, v.Manager)},
		{"picture", hidden(directory.PictureField, a.Picture)},
		{"guest", yes(v.Guest)},
		{"external collaborator", yes(v.External)},
		{"approved for e-mail", yes(v.EmailApproved)},
		{"licensed", yes(a.Licensed)},
	}
	for _, g := range groups {
		facts = append(facts, fact{"group", g.Name})
	}
	return e.describe(cmd, v, append(facts, fact{"created", v.CreatedAt}, fact{"updated", v.UpdatedAt}))
}

// groupsOf returns all groups of an account, by group ID.
func (b *backend) groupsOf(ctx context.Context, site int64, account string) (all []directory.Group, err error) {
	const page = 200
	for {
		groups, err := b.Directory.MemberOf(ctx, site, account, len(all), page)
		if all = append(all, groups...); err != nil || len(groups) < page {
			return all, err
		}
	}
}
