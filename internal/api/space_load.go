package api

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
)

// What is expanded of spaces is bounded. What would go beyond stays among that which could be expanded.
const (
	mostExpanded    = 5000     // entries of each kind in one answer
	mostBodies      = 4 << 20  // bytes of all bodies in one answer, in storage form
	longestBody     = 64 << 10 // bytes of one body, in each form
	profilesAtATime = 1000
)

// shelf holds what the spaces of one answer need, loaded a kind at a time: never more than a few queries,
// however many spaces there are.
type shelf struct {
	c            *call
	viewer       content.Viewer
	labels       map[int64][]content.Label // of spaces, by space
	permissions  map[int64][]content.Permission
	pages        map[int64]content.SeenPage // homepages
	pageLabels   map[int64][]content.Label
	restrictions map[int64][]content.Restriction
	children     map[int64][]content.Page
	bodies       map[int64]string
	users        map[string]*confluence.User
	room         int // how many more pages may be listed above and below others
}

// fillShelf loads what is to be expanded of these spaces, and nothing else.
func (s *Server) fillShelf(ctx context.Context, c *call, spaces []content.Seen, e expansion) (*shelf, error) {
	// Who administers Confluence sees every space, and of the content in it what others in their place would.
	viewer := c.spaceViewer()
	viewer.Administrator = false
	sh := &shelf{c: c, viewer: viewer, room: mostExpanded}
	page := e.under("homepage")
	trees := []expansion{e, page.under("space"), page.under("container")}
	if err := s.fillSpaces(ctx, sh, spaces, trees); err != nil {
		return nil, err
	}
	if e.has("homepage") {
		if err := s.fillHomepages(ctx, sh, spaces, page); err != nil {
			return nil, err
		}
	}
	var err error
	sh.users, err = s.embeddedUsers(ctx, c, sh.people(spaces, trees, page))
	return sh, err
}

// fillSpaces loads what is to be expanded of the spaces alone.
func (s *Server) fillSpaces(ctx context.Context, sh *shelf, spaces []content.Seen, trees []expansion) (err error) {
	var ids []int64
	for _, sp := range spaces {
		ids = append(ids, sp.ID)
	}
	slices.Sort(ids)
	if wants(trees, "metadata", "labels") {
		if sh.labels, err = s.Content.Labels(ctx, sh.c.site.ID, content.OnSpace, ids, mostExpanded); err != nil {
			return err
		}
	}
	if wants(trees, "permissions") {
		sh.permissions, err = s.Content.Permissions(ctx, sh.c.site.ID, ids, mostExpanded)
	}
	return err
}

// fillHomepages loads what is to be expanded of the spaces' homepages.
func (s *Server) fillHomepages(ctx context.Context, sh *shelf, spaces []content.Seen, e expansion) (err error) {
	var asked []int64
	for _, sp := range spaces {
		if sp.Homepage != 0 {
			asked = append(asked, sp.Homepage)
		}
	}
	if sh.pages, err = s.Content.Pages(ctx, sh.c.site.ID, sh.viewer, asked); err != nil {
		return err
	}
	return s.fillPages(ctx, sh, asked, e)
}

// fillPages loads what is to be expanded of those of the pages asked for that are on the shelf.
func (s *Server) fillPages(ctx context.Context, sh *shelf, asked []int64, e expansion) (err error) {
	site, viewer, store := sh.c.site.ID, sh.viewer, s.Content
	var ids, short []int64
	room := mostBodies
	for _, id := range asked {
		p, ok := sh.pages[id]
		if !ok {
			continue
		}
		ids = append(ids, id)
		if p.BodyBytes <= longestBody && p.BodyBytes <= room {
			short, room = append(short, id), room-p.BodyBytes
		}
	}
	if body := e.under("body"); body.has("storage") || body.has("view") {
		if sh.bodies, err = store.Bodies(ctx, site, short); err != nil {
			return err
		}
	}
	if e.under("metadata").has("labels") {
		if sh.pageLabels, err = store.Labels(ctx, site, content.OnContent, ids, mostExpanded); err != nil {
			return err
		}
	}
	if r := e.under("restrictions"); r.has("read") || r.has("update") {
		if sh.restrictions, err = store.Restrictions(ctx, site, ids, mostExpanded); err != nil {
			return err
		}
	}
	if e.has("children") || e.has("childTypes") {
		sh.children, err = store.Children(ctx, site, viewer, ids)
	}
	return err
}

// wants reports whether any of these trees goes down this path.
func wants(trees []expansion, path ...string) bool {
	return slices.ContainsFunc(trees, func(e expansion) bool {
		for _, name := range path {
			if !e.has(name) {
				return false
			}
			e = e.under(name)
		}
		return true
	})
}

// people lists the accounts that are to be shown with the spaces, trees being what is to be expanded of these
// and pages what is of their homepages.
func (sh *shelf) people(spaces []content.Seen, trees []expansion, pages expansion) []string {
	var ids []string
	authors := pages.has("history") || pages.has("version") || pages.has("ancestors") || pages.has("children")
	for _, sp := range spaces {
		if wants(trees, "icon") && sp.Icon == "" {
			ids = append(ids, sp.Owner)
		}
		if wants(trees, "history") {
			ids = append(ids, sp.CreatedBy)
		}
		for _, p := range sh.permissions[sp.ID] {
			if p.Subject.Kind == content.User {
				ids = append(ids, p.Subject.ID)
			}
		}
	}
	for _, page := range sh.pages {
		for _, p := range slices.Concat([]content.Page{page.Page}, page.Ancestors, sh.children[page.ID]) {
			if authors {
				ids = append(ids, p.CreatedBy, p.Version.By)
			}
		}
		for _, r := range sh.restrictions[page.ID] {
			if r.Subject.Kind == content.User {
				ids = append(ids, r.Subject.ID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// embeddedUsers renders the users with these IDs as the caller may see them. A caller who may not view user
// profiles sees only their own.
func (s *Server) embeddedUsers(ctx context.Context, c *call, ids []string) (map[string]*confluence.User, error) {
	if !c.caller.CanViewProfiles(c.site.Settings) {
		ids = slices.DeleteFunc(ids, func(id string) bool { return id != c.viewer.AccountID })
	}
	users, unexpanded := make(map[string]*confluence.User, len(ids)), c.unexpanded(nil)
	for chunk := range slices.Chunk(ids, profilesAtATime) {
		profiles, err := s.Directory.Profiles(ctx, c.site.ID, c.viewer, chunk...)
		if err != nil {
			return nil, err
		}
		for _, p := range profiles {
			u := c.user(p, unexpanded)
			users[p.ID] = &u
		}
	}
	return users, nil
}

// spaceViewer is the caller as one who looks at spaces.
func (c *call) spaceViewer() content.Viewer {
	standing := c.caller.Standing
	return content.Viewer{AccountID: standing.AccountID, Licensed: standing.CanUse, Administrator: standing.Administrator}
}

// personalSpaces renders the personal spaces that the caller may see of these people, by owner. e is what is
// to be expanded below personalSpace. Who has none, and whose is hidden, are both left out.
func (s *Server) personalSpaces(ctx context.Context, c *call, owners []string, e expansion) (map[string]confluence.Space, error) {
	seen, err := s.Content.PersonalSpaces(ctx, c.site.ID, c.spaceViewer(), owners)
	if err != nil {
		return nil, err
	}
	var spaces []content.Seen
	for _, owner := range owners {
		if sp, ok := seen[owner]; ok {
			spaces = append(spaces, sp)
		}
	}
	sh, err := s.fillShelf(ctx, c, spaces, e)
	if err != nil {
		return nil, err
	}
	rendered := make(map[string]confluence.Space, len(spaces))
	for _, sp := range spaces {
		if rendered[sp.Owner], err = sh.space(sp, e); err != nil {
			return nil, err
		}
	}
	return rendered, nil
}

// personalSpaceIDs returns the IDs of the personal spaces that the caller may see of these people, by owner.
func (s *Server) personalSpaceIDs(ctx context.Context, c *call, profiles []directory.Profile) (map[string]int64, error) {
	owners := make([]string, len(profiles))
	for i, p := range profiles {
		owners[i] = p.ID
	}
	seen, err := s.Content.PersonalSpaces(ctx, c.site.ID, c.spaceViewer(), owners)
	ids := make(map[string]int64, len(seen))
	for owner, sp := range seen {
		ids[owner] = sp.ID
	}
	return ids, err
}
