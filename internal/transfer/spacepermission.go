package transfer

import (
	"cmp"
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// spacePermission is what a line says of one permission of a space.
type spacePermission struct {
	operation, target     string
	user, group           string // account ID; name or ID
	former                string // ID of a group that is gone
	anonymous, unlicensed bool
}

func (s *Space) sayPermissions(m member) error {
	s.said[m.name] = string(m.value)
	if m.isNull() {
		s.said[m.name] = ""
		return nil
	}
	all, err := m.objects()
	if err != nil {
		return err
	}
	for _, one := range all {
		p, err := one.permission()
		if err != nil {
			return err
		}
		s.permissions = append(s.permissions, p)
	}
	return nil
}

// permission reads one permission.
func (m member) permission() (p spacePermission, err error) {
	texts := map[string]*string{"operation": &p.operation, "target": &p.target, "user": &p.user, "group": &p.group, "formerGroup": &p.former}
	flags := map[string]*bool{"anonymous": &p.anonymous, "unlicensed": &p.unlicensed}
	all, err := m.members()
	for _, part := range all {
		switch {
		case err != nil:
		case texts[part.name] != nil:
			*texts[part.name], err = part.text()
		case flags[part.name] != nil:
			var value string
			value, err = part.flag()
			*flags[part.name] = value == "true"
		default:
			err = failure.Invalid.Errorf("A permission has no member %.100q.", part.name)
		}
	}
	if err == nil && several(p.user, p.group, p.former) {
		err = failure.Invalid.Errorf("A permission has a user and a group; make two of it.")
	}
	if err == nil {
		err = checkFormer(p.former)
	}
	return p, err
}

// spacePermissions returns the permissions that a line asks for, with the groups it names. What it returns can be set.
func (e *engine) spacePermissions(ctx context.Context, tx *change.Tx, s *Space) ([]content.Permission, error) {
	all := make([]content.Permission, len(s.permissions))
	for i, p := range s.permissions {
		all[i] = content.Permission{
			Operation: content.Operation{Name: p.operation, Target: cmp.Or(p.target, "space")},
			Anonymous: p.anonymous, Unlicensed: p.unlicensed,
		}
		switch {
		case p.former != "":
			all[i].Subject = former(p.former)
		case p.user != "":
			all[i].Subject = content.Subject{Kind: content.User, ID: p.user}
		case p.group != "":
			g, err := e.dir.GroupNamedIn(ctx, tx, e.Site, p.group)
			if err != nil {
				return nil, err
			}
			all[i].Subject = content.Subject{Kind: content.Group, ID: g.ID, Name: g.Name}
		}
	}
	return all, e.spaces.CheckPermissionsIn(ctx, tx, all)
}

// permissionText is a permission in words.
func permissionText(p content.Permission) string {
	text := p.Name + " " + p.Target + ":"
	if p.Subject.Kind != "" {
		text += " " + string(p.Subject.Kind) + " " + cmp.Or(p.Subject.Name, p.Subject.ID)
	}
	if p.Anonymous {
		text += " anonymous"
	}
	if p.Unlicensed {
		text += " unlicensed"
	}
	return text
}
