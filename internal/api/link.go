package api

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/confluence"
)

// wikiContext is the path below which a site's Confluence stands.
const wikiContext = "/wiki"

// siteLinks are the links of every answer about one thing: base, context and the thing itself.
func (c *call) siteLinks(self string) confluence.Links {
	return confluence.Links{"base": c.base + wikiContext, "context": wikiContext, "self": c.base + wikiContext + self}
}

// userPath is where a user stands, below /wiki. The colon of account IDs stays as it is.
func userPath(accountID string) string {
	const path = "/rest/api/user?accountId="
	if strings.IndexFunc(accountID, needsEscape) < 0 { // as most do not
		return path + accountID
	}
	return path + strings.ReplaceAll(url.QueryEscape(accountID), "%3A", ":")
}

func needsEscape(r rune) bool {
	return (r < 'a' || 'z' < r) && (r < '0' || ':' < r) && r != '-' && (r < 'A' || 'Z' < r)
}

// pageLinks are the links of a page: of the site, the request without its place, and its neighbours, which are
// relative to the context and absent where there is none.
func (c *call) pageLinks(start, limit int, more bool) confluence.Links {
	kept := c.keptQuery()
	self := c.self
	if kept != "" {
		self += "?" + kept
		kept += "&"
	}
	links := c.siteLinks(self)
	place := func(direction string, start int) string {
		return c.self + "?" + direction + "=true&" + kept + "limit=" + strconv.Itoa(limit) + "&start=" + strconv.Itoa(start)
	}
	if more && limit > 0 {
		links["next"] = place("next", start+limit)
	}
	if start > 0 && limit > 0 {
		links["prev"] = place("prev", max(0, start-limit))
	}
	return links
}

// keptQuery is the request's query without the place on the list, encoded.
func (c *call) keptQuery() string {
	kept := url.Values{}
	for name, values := range c.query {
		switch name {
		case "start", "limit", "next", "prev":
		default:
			kept[name] = values
		}
	}
	return strings.ReplaceAll(kept.Encode(), "%3A", ":")
}
