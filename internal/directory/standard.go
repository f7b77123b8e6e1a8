package directory

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
)

// standardGuests is the name of the standard group for guests.
const standardGuests = "confluence-guests"

// standardGroups are the groups of a new site and what they hold. The first is where administrators go.
var standardGroups = []struct {
	name        string
	permissions []Permission
}{
	{"site-admins", Permissions},
	{"confluence-users", []Permission{Use, ViewProfiles}},
	{standardGuests, []Permission{Use}},
}

// AddStandardGroupsIn makes the groups that people expect on a site, and returns the ID of the administrators'.
func (d *Directory) AddStandardGroupsIn(ctx context.Context, tx *change.Tx) (admins string, err error) {
	for _, standard := range standardGroups {
		g, err := d.AddGroupIn(ctx, tx, Group{Name: standard.name})
		if err != nil {
			return "", err
		}
		if admins == "" {
			admins = g.ID
		}
		for _, p := range standard.permissions {
			if _, err := d.GrantIn(ctx, tx, g.ID, p, true); err != nil {
				return "", err
			}
		}
	}
	return admins, nil
}
