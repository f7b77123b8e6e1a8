package api

import (
	"context"
	"maps"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// reader is the caller as one who reads content. An administrator reads what others may not only with an admin key
// in force, by asking for it.
func (s *Server) reader(ctx context.Context, c *call) (content.Viewer, error) {
	v := c.spaceViewer()
	v.Administrator = false
	if !c.withAdminKey {
		return v, nil
	}
	why := "An admin key is for site administrators, and no group of the account holds the permission site-admin."
	if c.caller.Standing.SiteAdmin {
		why = "The account is a site administrator, and has enabled no admin key, or its key has expired."
		valid, err := s.Directory.AdminKeyValid(ctx, c.site.ID, c.viewer.AccountID)
		if err != nil {
			return v, err
		}
		v.Administrator = valid
	}
	if !v.Administrator {
		return v, failure.Because(failure.Forbidden.Errorf("The caller has no admin key in force."), "%s", why)
	}
	return v, nil
}

// mostNoted is how many IDs of a listing a record names. It says of how many.
const mostNoted = 250

// noteListing is noteAdminKey for content that was found by a filter: it records both.
func (s *Server) noteListing(ctx context.Context, c *call, f content.PageFilter, start int, found []content.Place) error {
	ids := make([]int64, min(len(found), mostNoted))
	for i := range ids {
		ids[i] = found[i].Page.ID
	}
	fields := change.Fields{"Start": {nil, start}, "Count": {nil, len(found)}, "IDs": {nil, ids}}
	for name, value := range map[string]string{"Space": f.Space, "Type": f.Type, "Status": f.Status, "Title": f.Title} {
		if value != "" {
			text := []rune(value)
			fields[name] = [2]any{nil, string(text[:min(len(text), mostNoted)])}
		}
	}
	return s.noteAdminKey(ctx, c, "content", fields)
}

// noteAdminKey records that the caller reads something with an admin key, where they do, and what else there is to say of it.
func (s *Server) noteAdminKey(ctx context.Context, c *call, target string, more change.Fields) error {
	if !c.withAdminKey {
		return nil
	}
	return s.Content.Changes.Write(ctx, c.site.ID, c.actor, func(tx *change.Tx) error {
		fields := change.Fields{"Operation": {nil, c.op.id}}
		maps.Copy(fields, more)
		tx.Record(change.Record{Operation: "admin-key.read", Target: target, Fields: fields})
		return nil
	})
}

// seeToChange finds content that the caller reads, with what the caller may do to it. An administrator may change
// what others wrote, but nothing that is hidden from them.
func (s *Server) seeToChange(ctx context.Context, c *call, see seePage, id string) (content.Seen, content.SeenPage, error) {
	v, err := s.reader(ctx, c)
	if err == nil {
		_, _, err = see(ctx, c.site.ID, v, id)
	}
	if err != nil {
		return content.Seen{}, content.SeenPage{}, err
	}
	return see(ctx, c.site.ID, c.spaceViewer(), id)
}

// seePage finds content as a viewer sees it.
type seePage func(ctx context.Context, site int64, v content.Viewer, id string) (content.Seen, content.SeenPage, error)

// seeToRead finds content that the caller reads, and records it where that takes an admin key. The viewer is who reads it.
func (s *Server) seeToRead(ctx context.Context, c *call, id string) (v content.Viewer, at place, err error) {
	if v, err = s.reader(ctx, c); err != nil {
		return v, at, err
	}
	if at.space, at.page, err = s.Content.SeePage(ctx, c.site.ID, v, id); err != nil {
		return v, at, err
	}
	return v, at, s.noteAdminKey(ctx, c, "content:"+id, nil)
}
