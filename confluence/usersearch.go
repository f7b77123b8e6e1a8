package confluence

import (
	"context"
	"iter"
)

// maxSearchRows is how many rows a page of a search holds at most, whatever limit the site echoes.
const maxSearchRows = 100

// SearchOptions choose a page of a search. For an iterator they choose the first page.
type SearchOptions struct {
	Start                    int      // how many results to skip
	Limit                    int      // how many results a page may hold, up to 100; 0 leaves it to the site
	Expand                   []string // what to inline in each user: "operations", "personalSpace"
	SitePermissionTypeFilter string   // "all", "externalCollaborator" or "none"; empty leaves it to the site
}

// Search goes through the users that match a query such as `user.fullname ~ "ada"`.
// A query that cannot be understood is [ErrBadRequest].
func (u *Users) Search(ctx context.Context, cql string, first SearchOptions) iter.Seq2[SearchResult, error] {
	// Sites send no link to the next page here, and a limit above what they honour would make
	// every page look like the last one.
	limit := first.Limit
	if limit == 0 || limit > maxSearchRows {
		limit = maxSearchRows
	}
	return entries(PageOptions{Start: first.Start, Limit: limit}, func(o PageOptions) (page[SearchResult], error) {
		ask := first
		ask.Start, ask.Limit = o.Start, o.Limit
		out, err := u.SearchPage(ctx, cql, ask)
		if err != nil {
			return page[SearchResult]{}, err
		}
		return page[SearchResult]{out.Results, out.Start, out.Limit, out.Links}, nil
	})
}

// SearchPage returns one page of the users that match a query.
// Some sites count only the results on the page as TotalSize.
func (u *Users) SearchPage(ctx context.Context, cql string, o SearchOptions) (*SearchPage, error) {
	q := PageOptions{Start: o.Start, Limit: o.Limit, Expand: o.Expand}.query()
	q.Set("cql", cql)
	if o.SitePermissionTypeFilter != "" {
		q.Set("sitePermissionTypeFilter", o.SitePermissionTypeFilter)
	}
	out := new(SearchPage)
	if err := u.c.get(ctx, "/wiki/rest/api/search/user", q, out); err != nil {
		return nil, err
	}
	return out, nil
}
