package rosteradmin

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// pages goes through all entries of a list, a page at a time. read takes the entries out of a page, and where the next
// one begins. A page without entries is not the last where there is a next.
func pages[P, T any](ctx context.Context, c *Client, path string, query url.Values, read func(P) ([]T, string)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for after := ""; ; {
			q := url.Values{}
			for name, values := range query {
				q[name] = values
			}
			set(q, "after", after)
			var page P
			if err := c.Do(ctx, http.MethodGet, path, q, nil, &page); err != nil {
				var none T
				yield(none, err)
				return
			}
			entries, next := read(page)
			for _, one := range entries {
				if !yield(one, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			after = next
		}
	}
}

// set adds a parameter that has a value.
func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}
