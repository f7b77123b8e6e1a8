package confluence

import (
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"strings"
)

// PageOptions choose a page of a list. For an iterator they choose the first page;
// it goes on from there to the end of the list, Limit at a time.
type PageOptions struct {
	Start     int      // how many entries to skip
	Limit     int      // how many entries a page may hold; 0 leaves it to the site
	Expand    []string // what to inline in each entry, where the operation offers it
	TotalSize bool     // whether pages count all entries, where the operation offers it
}

// query returns the options as query parameters.
func (o PageOptions) query() url.Values {
	q := url.Values{}
	if o.Start != 0 {
		q.Set("start", strconv.Itoa(o.Start))
	}
	if o.Limit != 0 {
		q.Set("limit", strconv.Itoa(o.Limit))
	}
	if len(o.Expand) > 0 {
		q.Set("expand", strings.Join(o.Expand, ","))
	}
	if o.TotalSize {
		q.Set("shouldReturnTotalSize", "true")
	}
	return q
}

// page is one page of a list, however the list is called.
type page[T any] struct {
	results      []T
	start, limit int // as the site echoes them
	links        Links
}

// entries goes through a list page by page. The pages are fetched as they are needed, and an error ends it.
func entries[T any](first PageOptions, fetch func(PageOptions) (page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for ask := first; ; {
			p, err := fetch(ask)
			if err == nil && p.start < ask.Start {
				err = fmt.Errorf("asked for entries from %d on, the site answered from %d on", ask.Start, p.start)
			}
			if err != nil {
				yield(none, err)
				return
			}
			for _, entry := range p.results {
				if !yield(entry, nil) {
					return
				}
			}
			if p.last(ask) {
				return
			}
			ask.Start = p.next(ask)
		}
	}
}

// last reports whether the list ends with p. Sites have been known to forget the link to the next page,
// so a page without one is the last only when it is not full.
func (p page[T]) last(ask PageOptions) bool {
	if len(p.results) == 0 {
		return true
	}
	full := ask.Limit
	if p.limit > 0 && (full <= 0 || p.limit < full) {
		full = p.limit
	}
	return p.links["next"] == "" && (full <= 0 || len(p.results) < full)
}

// next returns where the next page starts: where the link to it says, as entries may have been left out of p.
func (p page[T]) next(ask PageOptions) int {
	counted := ask.Start + len(p.results)
	link, err := url.Parse(p.links["next"])
	if err != nil {
		return counted
	}
	start, err := strconv.Atoi(link.Query().Get("start"))
	if err != nil || start <= ask.Start {
		return counted
	}
	return start
}
