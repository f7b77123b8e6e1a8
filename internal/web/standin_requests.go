package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/explain"
)

const mostRequestsShown = 100

// requestsPage lists the last requests of a site's API.
type requestsPage struct {
	Frame
	Show string // refused, all, or empty for what is none of the server's own pictures and descriptions
	Rows []requestRow
	Look string // what the page shows, as one word
}

type requestRow struct {
	explain.Request
	Took            string
	Caller          string // the name as the visitor may see it
	Class           string // good, or bad
	Check           explain.Check
	Reason, Remedy  string
	HasExplanations bool
}

// requests shows what was asked of the site's API, the newest first, with why it was refused.
func (v *visit) requests() error {
	page := requestsPage{Frame: v.frame()}
	if show := v.r.URL.Query().Get("show"); show == "refused" || show == "all" {
		page.Show = show
	}
	found := v.Requests.Latest(v.site.ID, mostRequestsShown, func(r *explain.Request) bool {
		return page.Show == "all" || r.Status >= 400 || page.Show == "" && r.Operation != ""
	})
	names, err := v.callers(found)
	if err != nil {
		return err
	}
	for _, r := range found {
		row := requestRow{Request: r, Took: r.Took.Round(10 * time.Microsecond).String(), Class: "good", Caller: names[r.AccountID]}
		if r.Status >= 400 {
			row.Class = "bad"
		}
		if r.Refusal != "" {
			if why, err := v.Refusals.Find(v.site.ID, r.Refusal); err == nil { // else it is forgotten
				row.Check, row.Reason, row.Remedy, row.HasExplanations = why.Check, why.Reason, why.Remedy, true
			}
		}
		page.Rows = append(page.Rows, row)
	}
	if page.Look, err = lookOf(page.Rows); err != nil || v.seen(page.Look) {
		return err
	}
	if v.partial() {
		return v.showPart("requests", "log", page)
	}
	return v.show(http.StatusOK, "requests", page)
}

// callers are the names of who called, as the visitor may see them, by ID.
func (v *visit) callers(all []explain.Request) (map[string]string, error) {
	var ids []string
	for _, r := range all {
		if r.AccountID != "" && !slices.Contains(ids, r.AccountID) {
			ids = append(ids, r.AccountID)
		}
	}
	profiles, err := v.Directory.Profiles(v.ctx(), v.site.ID, v.who.Standing.Viewer(), ids...)
	names := make(map[string]string, len(profiles))
	for _, p := range profiles {
		names[p.ID] = p.DisplayName
	}
	return names, err
}
