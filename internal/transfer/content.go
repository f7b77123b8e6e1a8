package transfer

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// Content is what a line says of one piece of content. What it does not mention stays as it is.
type Content struct {
	said         map[string]string // member → its text; only what the line mentions
	id           int64             // 0: known by its title
	parent       int64             // instead of said["parent"], a title
	labels       []string          // sorted
	restrictions []restriction
	watchers     []string // account IDs
	nobodys      bool     // new content has no creator, whoever owns the space
	unwatched    bool     // new content is not watched by its creator
}

// restriction is what a line says of one restriction of content.
type restriction struct {
	operation   string
	user, group string // account ID; name or ID
	former      string // ID of a group that is gone
}

// mostWatchers is how many watchers a line can name. There are lines for single watches, too.
const mostWatchers = 1000

func decodeContent(all []member) (*Content, error) {
	c := &Content{said: make(map[string]string, len(all))}
	for _, m := range all {
		if err := c.say(m); err != nil {
			return nil, err
		}
	}
	switch {
	case c.said["space"] == "":
		return nil, failure.Invalid.Errorf("There is no space, so nobody can tell where this content is.")
	case c.id == 0 && strings.TrimSpace(c.said["title"]) == "":
		return nil, failure.Invalid.Errorf("There is neither an id nor a title, so nobody can tell which content this is.")
	}
	return c, nil
}

// say notes one member.
func (c *Content) say(m member) (err error) {
	switch m.name {
	case "kind":
	case "space", "title", "body":
		c.said[m.name], err = m.text()
	case "type", "status", "creator":
		var text string
		if text, err = m.text(); text != "" {
			c.said[m.name] = text
		}
		c.nobodys = c.nobodys || m.name == "creator" && m.isNull()
	case "homepage":
		c.said[m.name], err = m.flag()
	case "watchedByCreator":
		c.said[m.name], err = m.flag()
		c.unwatched = c.said[m.name] == "false"
	case "id":
		c.id, err = m.number()
		c.said[m.name] = strconv.FormatInt(c.id, 10)
	case "parent":
		err = c.sayParent(m)
	case "labels":
		c.labels, err = m.labels()
		c.said[m.name] = strings.Join(c.labels, " ")
	case "restrictions":
		err = c.sayRestrictions(m)
	case "watchers":
		c.watchers, err = m.watchers()
		c.said[m.name] = strings.Join(c.watchers, " ")
	default:
		err = failure.Invalid.Errorf("Content has no member %.100q.", m.name)
	}
	return err
}

// sayParent notes what the content is below: an ID, or a title of the same space. null is the top of the space.
func (c *Content) sayParent(m member) (err error) {
	if m.value[0] >= '0' && m.value[0] <= '9' {
		c.parent, err = m.number()
		c.said[m.name] = strconv.FormatInt(c.parent, 10)
		return err
	}
	if c.said[m.name], err = m.text(); err != nil {
		err = failure.Invalid.Errorf("parent is neither a title nor an ID.")
	}
	return err
}

func (c *Content) sayRestrictions(m member) error {
	c.said[m.name] = ""
	all, err := m.objects()
	if err != nil {
		return err
	}
	for _, one := range all {
		r, err := one.restriction()
		if err != nil {
			return err
		}
		c.restrictions = append(c.restrictions, r)
		c.said[m.name] += r.operation + " user " + r.user + " group " + r.group + r.former + "; "
	}
	return nil
}

func (m member) restriction() (r restriction, err error) {
	texts := map[string]*string{"operation": &r.operation, "user": &r.user, "group": &r.group, "formerGroup": &r.former}
	all, err := m.members()
	for _, part := range all {
		switch {
		case err != nil:
		case texts[part.name] != nil:
			*texts[part.name], err = part.text()
		default:
			err = failure.Invalid.Errorf("A restriction has no member %.100q.", part.name)
		}
	}
	switch {
	case err != nil:
	case several(r.user, r.group, r.former):
		err = failure.Invalid.Errorf("A restriction has a user and a group; make two of it.")
	case r.former != "":
		err = checkFormer(r.former)
	case r.user == "" && r.group == "":
		err = failure.Invalid.Errorf("The restriction of %.60q is for nobody: it needs a user or a group.", r.operation)
	}
	return r, err
}

// edit changes a piece of content, or makes it, as the line says; whatever it is below is for the caller to have found.
func (c *Content) edit(to *content.Page) {
	for name, at := range map[string]*string{"type": &to.Type, "status": &to.Status, "title": &to.Title, "body": &to.Body} {
		if value, said := c.said[name]; said {
			*at = value
		}
	}
}

// objects splits an array of objects; null is the empty one.
func (m member) objects() ([]member, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(m.value, &list); err != nil {
		return nil, failure.Invalid.Errorf("%s is not an array of objects.", m.name)
	}
	all := make([]member, len(list))
	for i, value := range list {
		all[i] = member{m.name, value}
	}
	return all, nil
}

// number reads the ID of content.
func (m member) number() (int64, error) {
	n, err := strconv.ParseInt(string(m.value), 10, 64)
	if err != nil || n < 1 || n > content.MaxID {
		return 0, failure.Invalid.Errorf("%s is not a whole number from 1 to %d.", m.name, int64(content.MaxID))
	}
	return n, nil
}

// watchers reads an array of account IDs, and returns each once.
func (m member) watchers() ([]string, error) {
	ids, err := m.list()
	slices.Sort(ids)
	if ids = slices.Compact(ids); err == nil && len(ids) > mostWatchers {
		err = failure.Invalid.Errorf("A line names at most %d watchers; let the others have lines of kind watch.", mostWatchers)
	}
	return ids, err
}

// labels reads an array of labels, and returns each once, sorted.
func (m member) labels() ([]string, error) {
	names, err := m.list()
	if err != nil {
		return nil, err
	}
	labels, err := content.ParseLabels(names)
	return labelTexts(labels), err
}
