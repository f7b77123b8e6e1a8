package seed

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/fold"
)

// checkSpace finds what a space names and nobody has.
func (p *plan) checkSpace(s *Space) error {
	if _, err := p.space(s); err != nil {
		return err
	}
	if _, err := p.spacePermissions(s); err != nil {
		return err
	}
	if _, err := p.watchers(s.Watchers); err != nil {
		return err
	}
	numbers := make(map[int64]bool, len(s.Pages))
	titles, folded := make(map[string]int, len(s.Pages)), make(map[string]int, len(s.Pages))
	for i := range s.Pages {
		page := &s.Pages[i]
		err := p.checkPage(page, titles)
		if page.ParentID != 0 && !numbers[page.ParentID] {
			err = fmt.Errorf("there is no page with the number %d above", page.ParentID)
		}
		if page.ParentID != 0 && page.Parent != "" {
			err = errors.New("it has a parent and a parentId; one of them is enough")
		}
		if first, twice := folded[fold.Key(page.Title)]; err == nil && twice && page.isCurrentPage() {
			err = fmt.Errorf("%s has the title %q, which reads the same", entry("pages", first), s.Pages[first].Title)
		}
		if err != nil {
			return placed(page.Line, entry("pages", i), err)
		}
		numbers[page.ID] = true
		if titles[page.Title] = i; page.isCurrentPage() {
			folded[fold.Key(page.Title)] = i
		}
	}
	if _, known := titles[s.Homepage]; s.Homepage != "" && !known {
		return fmt.Errorf("there is no page %q that could be the homepage", s.Homepage)
	}
	if s.HomepageID != 0 && !numbers[s.HomepageID] {
		return fmt.Errorf("there is no page with the number %d that could be the homepage", s.HomepageID)
	}
	return nil
}

// isCurrentPage reports whether the title is to be the only one of its kind in the space.
func (page *Page) isCurrentPage() bool {
	return (page.Type == "" || page.Type == "page") && (page.Status == "" || page.Status == "current")
}

func (p *plan) checkPage(page *Page, titles map[string]int) error {
	if first, twice := titles[page.Title]; twice && page.ID == 0 {
		return fmt.Errorf("%s has the same title %q", entry("pages", first), page.Title)
	}
	if _, known := titles[page.Parent]; page.Parent != "" && !known {
		return fmt.Errorf("there is no page %q above", page.Parent)
	}
	if _, err := p.creator(page); err != nil {
		return err
	}
	if _, err := p.watchers(page.Watchers); err != nil {
		return err
	}
	_, err := p.restrictions(page)
	return err
}

// creator is the account ID of who made a page; empty where the page does not say.
func (p *plan) creator(page *Page) (string, error) {
	if page.Creator == "" {
		return "", nil
	}
	at, err := p.find(page.Creator)
	if err != nil {
		return "", err
	}
	return p.accountIDs[at], nil
}

// watchers are the account IDs of those whom a list names.
func (p *plan) watchers(refs []string) ([]string, error) {
	ids := make([]string, len(refs))
	for i, ref := range refs {
		at, err := p.find(ref)
		if err != nil {
			return nil, err
		}
		ids[i] = p.accountIDs[at]
	}
	return ids, nil
}

// space is a space as the store takes it.
func (p *plan) space(s *Space) (content.Space, error) {
	c := content.Space{
		ID: s.ID, Key: s.Key, Alias: s.Alias, Name: s.Name, Type: s.Type, Status: s.Status, Description: s.Description, AppsBlocked: s.AppsBlocked,
		Icon: s.Icon, LookAndFeel: string(s.LookAndFeel), Settings: content.Settings{
			RouteOverride: s.Settings.RouteOverride, ContentMode: s.Settings.ContentMode,
			Editor: content.Editor(s.Settings.Editor), Theme: content.Theme(s.Theme),
		},
	}
	if s.Owner == "" {
		return c, nil
	}
	owner, err := p.find(s.Owner)
	if err != nil {
		return c, err
	}
	c.Owner, c.Name = p.accountIDs[owner], cmp.Or(s.Name, openName(&p.Accounts[owner]))
	return c, nil
}

// openName is the name of an account that everybody may see.
func openName(a *Account) string {
	anybody, visibility := directory.Viewer{}, a.Visibility
	if visibility == (directory.Visibility{}) {
		visibility = directory.DefaultVisibility()
	}
	display, public := a.names()
	if anybody.MaySee(directory.Account{Visibility: visibility}, directory.NameField) {
		return display
	}
	return public
}

func (p *plan) spacePermissions(s *Space) ([]content.Permission, error) {
	permissions := make([]content.Permission, len(s.Permissions))
	for i, given := range s.Permissions {
		subject, err := p.subject(given.Group, given.FormerGroup, given.User)
		if err == nil && subject == (content.Subject{}) && !given.Anonymous && !given.Unlicensed {
			err = errors.New("it is for nobody: it needs group, user, anonymous or unlicensed")
		}
		if err != nil {
			return nil, placed(given.Line, entry("permissions", i), err)
		}
		permissions[i] = content.Permission{
			Operation: content.Operation{Name: given.Operation, Target: cmp.Or(given.Target, "space")},
			Subject:   subject, Anonymous: given.Anonymous, Unlicensed: given.Unlicensed,
		}
	}
	return permissions, nil
}

func (p *plan) restrictions(page *Page) ([]content.Restriction, error) {
	restrictions := make([]content.Restriction, len(page.Restrictions))
	for i, given := range page.Restrictions {
		subject, err := p.subject(given.Group, given.FormerGroup, given.User)
		if err == nil && subject == (content.Subject{}) {
			err = errors.New("it is for nobody: it needs group or user")
		}
		if err != nil {
			return nil, placed(given.Line, entry("restrictions", i), err)
		}
		restrictions[i] = content.Restriction{Operation: given.Operation, Subject: subject}
	}
	return restrictions, nil
}

// subject is a group or a user that a permission names, or none.
func (p *plan) subject(group, former, user string) (content.Subject, error) {
	switch {
	case group != "" && user != "":
		return content.Subject{}, errors.New("it has a group and a user; make two of it")
	case former != "" && group+user != "":
		return content.Subject{}, errors.New("it has a formerGroup and another subject; make two of it")
	case former != "":
		if id, err := uuid.Parse(former); err != nil || id.String() != former {
			return content.Subject{}, errors.New("formerGroup is not the ID of a group")
		}
		return content.Subject{Kind: content.Group, ID: former, Gone: true}, nil
	case group != "":
		i, known := p.groupAt[fold.Key(group)]
		if !known {
			return content.Subject{}, fmt.Errorf("there is no group %q", group)
		}
		return content.Subject{Kind: content.Group, ID: p.groupIDs[i]}, nil
	case user != "":
		i, err := p.find(user)
		if err != nil {
			return content.Subject{}, err
		}
		return content.Subject{Kind: content.User, ID: p.accountIDs[i]}, nil
	}
	return content.Subject{}, nil
}
