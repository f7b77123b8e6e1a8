package content

import (
	"context"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// SeeSpace returns the space with this key as v sees it. What v may not see is NotFound like what is missing.
func (st *Store) SeeSpace(ctx context.Context, site int64, v Viewer, key string) (Seen, error) {
	seen, why, err := st.seeSpace(ctx, st.db(), site, v, key)
	if err == nil && why != "" {
		err = why.refusing(failure.NotFound.Errorf("There is no space %.300q, or the caller may not view it.", key))
	}
	return seen, err
}

// SeePage returns content with its space as v sees them. What v may not see is NotFound like what is missing, and
// like a text that is no ID.
func (st *Store) SeePage(ctx context.Context, site int64, v Viewer, id string) (Seen, SeenPage, error) {
	space, page, why, err := st.seePage(ctx, st.db(), site, v, contentID(id))
	if err == nil && why != "" {
		err = why.refusing(failure.NotFound.Errorf("There is no content %.60q, or the caller may not view it.", id))
	}
	return space, page, err
}

// seeSpace returns the space with this key, or why not, after the same queries where it is missing or hidden.
func (st *Store) seeSpace(ctx context.Context, q db.Querier, site int64, v Viewer, key string) (Seen, unseen, error) {
	if !validPersonalKey.MatchString(key) && !validGlobalKey.MatchString(key) {
		return Seen{}, noSpace, nil
	}
	s, found, err := db.One(ctx, q, scanSpace, `SELECT `+spaceColumns+` FROM spaces s WHERE s.site_id = $1 AND s.space_key = $2`, site, key)
	if err != nil {
		return Seen{}, "", err
	}
	return st.seeOne(ctx, q, site, v, s, found)
}

// seeOne returns a space as v sees it, or why not. It asks for a space that is missing, too.
func (st *Store) seeOne(ctx context.Context, q db.Querier, site int64, v Viewer, s Space, exists bool) (Seen, unseen, error) {
	grants, err := st.grants(ctx, q, site, v, []Space{s})
	if err != nil || !exists {
		return Seen{}, noSpace, err
	}
	seen, may := see(v, s, grants[s.ID])
	if !may {
		return Seen{}, hides(v, grants[s.ID]), nil
	}
	return seen, "", nil
}

// seePage returns content with its space, or why not, after the same queries where either is missing or hidden.
func (st *Store) seePage(ctx context.Context, q db.Querier, site int64, v Viewer, id int64) (Seen, SeenPage, unseen, error) {
	line, err := st.line(ctx, q, site, v, []int64{id})
	if err != nil {
		return Seen{}, SeenPage{}, "", err
	}
	page, found := seePage(line, id)
	s, inSpace, err := db.One(ctx, q, scanSpace, `SELECT `+spaceColumns+` FROM spaces s
		WHERE s.site_id = $1 AND s.space_id = (SELECT c.space_id FROM content c WHERE c.site_id = $1 AND c.content_id = $2)`, site, id)
	if err != nil {
		return Seen{}, SeenPage{}, "", err
	}
	space, why, err := st.seeOne(ctx, q, site, v, s, inSpace)
	switch {
	case err != nil:
		return Seen{}, SeenPage{}, "", err
	case !found:
		return Seen{}, SeenPage{}, unseenPage(line, id, inSpace), nil
	case why != "":
		return Seen{}, SeenPage{}, why.inSpace(), nil
	}
	return space, page, "", nil
}

// spacesByID returns those of the spaces that v may see.
func (st *Store) spacesByID(ctx context.Context, q db.Querier, site int64, v Viewer, ids []int64) (map[int64]Seen, error) {
	list, args := db.In(ids, any(site))
	spaces, err := db.All(ctx, q, scanSpace, `SELECT `+spaceColumns+` FROM spaces s WHERE s.site_id = $1 AND s.space_id IN (`+list+`)`, args...)
	if err != nil {
		return nil, err
	}
	return st.seeAll(ctx, q, site, v, spaces)
}

// seeAll returns those of the spaces that v may see, by ID.
func (st *Store) seeAll(ctx context.Context, q db.Querier, site int64, v Viewer, spaces []Space) (map[int64]Seen, error) {
	grants, err := st.grants(ctx, q, site, v, spaces)
	if err != nil {
		return nil, err
	}
	seen := make(map[int64]Seen, len(spaces))
	for _, s := range spaces {
		if view, may := see(v, s, grants[s.ID]); may {
			seen[s.ID] = view
		}
	}
	return seen, nil
}

// SeeTrashed returns content in the trash with its space, where v may see the space; else it is NotFound. Its own
// restrictions do not count any more.
func (st *Store) SeeTrashed(ctx context.Context, site int64, v Viewer, id string) (Seen, SeenPage, error) {
	number := contentID(id)
	p, err := st.Page(ctx, site, number)
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
		err = noContent.refusing(err)
	}
	if err != nil {
		return Seen{}, SeenPage{}, err
	}
	spaces, err := st.spacesByID(ctx, st.db(), site, v, []int64{p.Space})
	if err != nil {
		return Seen{}, SeenPage{}, err
	}
	space, may := spaces[p.Space]
	switch {
	case p.Status != trashed:
		return Seen{}, SeenPage{}, notInTrash.refusing(noPage(number))
	case !may:
		return Seen{}, SeenPage{}, hiddenSpace.refusing(noPage(number))
	}
	return space, SeenPage{Page: p, MayUpdate: true}, nil
}
