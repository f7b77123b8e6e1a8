package confluence

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Spaces are the few operations on spaces that Roster serves so that there is something to watch.
type Spaces struct{ c *Client }

// SpaceListOptions choose a page of spaces. For an iterator they choose the first page. What is empty does not
// narrow the list.
type SpaceListOptions struct {
	PageOptions
	Keys   []string
	Type   string // personal or global
	Status string // current or archived
}

// List goes through the spaces that the caller may view, by key.
func (s *Spaces) List(ctx context.Context, first SpaceListOptions) iter.Seq2[Space, error] {
	return entries(first.PageOptions, func(o PageOptions) (page[Space], error) {
		ask := first
		ask.PageOptions = o
		out, err := s.ListPage(ctx, ask)
		if err != nil {
			return page[Space]{}, err
		}
		return page[Space]{out.Results, out.Start, out.Limit, out.Links}, nil
	})
}

// ListPage returns one page of the spaces that the caller may view, by key.
func (s *Spaces) ListPage(ctx context.Context, o SpaceListOptions) (*SpaceArray, error) {
	q := o.query()
	if len(o.Keys) > 0 {
		q["spaceKey"] = o.Keys
	}
	given(q, "type", o.Type)
	given(q, "status", o.Status)
	out := new(SpaceArray)
	if err := s.c.get(ctx, "/wiki/rest/api/space", q, out); err != nil {
		return nil, err
	}
	return out, nil
}

// Get returns the space with this key. What the caller may not view is [ErrNotFound], too.
func (s *Spaces) Get(ctx context.Context, key string, expand ...string) (*Space, error) {
	out := new(Space)
	return orNil(out, s.on(ctx, http.MethodGet, key, expanding(expand), out))
}

// Create makes a space, which is then the caller's to administer. A key that is taken is [ErrBadRequest].
func (s *Spaces) Create(ctx context.Context, space SpaceCreate) (*Space, error) {
	out := new(Space)
	if err := s.c.do(ctx, call{method: http.MethodPost, path: "/wiki/rest/api/space", in: space, out: out}); err != nil {
		return nil, err
	}
	return out, nil
}

// Delete deletes the space with this key and everything in it. It is gone when Delete returns.
func (s *Spaces) Delete(ctx context.Context, key string) (*LongTask, error) {
	out := new(LongTask)
	return orNil(out, s.on(ctx, http.MethodDelete, key, nil, out))
}

func (s *Spaces) on(ctx context.Context, method, key string, q url.Values, out any) error {
	key, err := pathSegment(key)
	if err != nil {
		return err
	}
	return s.c.do(ctx, call{method: method, path: "/wiki/rest/api/space/" + key, query: q, out: out})
}
