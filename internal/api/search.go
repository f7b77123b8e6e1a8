package api

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// mostResults is the largest page of search results.
const mostResults = 100

type searchIn struct {
	CQL   string `query:"cql" required:"true" doc:"The query, on user, user.fullname, user.accountid, user.userkey and type."`
	Start int    `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit int    `query:"limit" default:"25" min:"0" doc:"The most to answer, at most 100."`
	expandUserIn
	SitePermissionTypeFilter string `query:"sitePermissionTypeFilter" default:"none" enum:"all externalCollaborator none" doc:"Which people to look among."`
}

func (s *Server) searchUsers(ctx context.Context, c *call, in searchIn) (*confluence.SearchPage, error) {
	began := time.Now()
	query, err := cql.Parse(in.CQL)
	if err != nil {
		return nil, unparsable(in.CQL, err)
	}
	limit := min(in.Limit, mostResults, c.site.Settings.PageCap)
	profiles, total, err := s.Directory.Search(ctx, c.site.ID, c.viewer, query, in.licence(c), in.Start, limit)
	if err != nil {
		return nil, err
	}
	users, err := s.users(ctx, c, profiles, in.Expand)
	if err != nil {
		return nil, err
	}
	page := &confluence.SearchPage{
		Results: make([]confluence.SearchResult, len(users)), Start: in.Start, Limit: limit, Size: len(users),
		TotalSize: total, CQLQuery: in.CQL, SearchDuration: int(time.Since(began).Milliseconds()),
		Links: c.pageLinks(in.Start, limit, in.Start+limit < total),
	}
	for i, u := range users {
		page.Results[i] = searchResult(u)
	}
	if c.observed() {
		// The limit is echoed as asked, only this page is counted, and nothing leads on.
		page.Limit, page.TotalSize = in.Limit, len(users)
		page.Links = confluence.Links{"base": page.Links["base"], "context": page.Links["context"]}
	}
	return page, nil
}

// licence reads the filter. Real sites were seen to find the same people by none and by all.
func (in searchIn) licence(c *call) directory.Licence {
	switch {
	case in.SitePermissionTypeFilter == "externalCollaborator":
		return directory.OutsidersOnly
	case in.SitePermissionTypeFilter == "none" && !c.observed():
		return directory.LicensedOnly
	}
	return directory.AnyLicence
}

func searchResult(u confluence.User) confluence.SearchResult {
	score := 0.0
	return confluence.SearchResult{
		User: &u, Title: u.DisplayName, URL: "/people/" + u.AccountID, Breadcrumbs: []confluence.Breadcrumb{},
		EntityType: "user", IconCSSClass: "aui-icon content-type-profile", LastModified: "1970-01-01T00:00:00.000Z", Score: &score,
	}
}

func unparsable(text string, err error) error {
	why := failure.Invalid.Errorf("The CQL query cannot be read.")
	if at, ok := errors.AsType[*cql.SyntaxError](err); ok {
		why = failure.Invalid.Errorf("The CQL query cannot be read at byte %d: %s", at.Offset, at.Message)
	}
	return &verbatim{why, "Could not parse cql : " + text}
}
