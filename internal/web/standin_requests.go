package web

import (
	"net/http"
	"time"

	"github.com/rosterhq/roster/internal/explain"
)

const mostRequestsShown = 100

// requestsPage lists the last requests of a site's API.
type requestsPage struct {
	Frame
	Show string // refused, or empty for all
	Rows []requestRow
}

type requestRow struct {
	explain.Request
	Took            string
	Class           string // good, or bad
	Check           explain.Check
	Reason, Remedy  string
	HasExplanations bool
}

// requests shows what was asked of the site's API, the newest first, with why it was refused.
func (v *visit) requests() error {
	page := requestsPage{Frame: v.frame()}
	if v.r.URL.Query().Get("show") == "refused" {
		page.Show = "refused"
	}
	for _, r := range v.Requests.Latest(v.site.ID, mostRequestsShown, func(r *explain.Request) bool { return page.Show == "" || r.Status >= 400 }) {
		row := requestRow{Request: r, Took: r.Took.Round(10 * time.Microsecond).String(), Class: "good"}
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
	if v.partial() {
		return v.showPart("requests", "log", page)
	}
	return v.show(http.StatusOK, "requests", page)
}
