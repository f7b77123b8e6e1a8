package confluence

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Contents are the few operations on content that Roster serves so that there is something to watch.
type Contents struct{ c *Client }

// ContentListOptions choose a page of content. For an iterator they choose the first page. What is empty does not
// narrow the list.
type ContentListOptions struct {
	PageOptions
	SpaceKey string
	Type     string // such as page or blogpost
	Title    string // in full
	Status   string // such as current or draft
}

// List goes through the content that the caller may view.
func (s *Contents) List(ctx context.Context, first ContentListOptions) iter.Seq2[Content, error] {
	return entries(first.PageOptions, func(o PageOptions) (page[Content], error) {
		ask := first
		ask.PageOptions = o
		out, err := s.ListPage(ctx, ask)
		if err != nil {
			return page[Content]{}, err
		}
		return page[Content]{out.Results, out.Start, out.Limit, out.Links}, nil
	})
}

// ListPage returns one page of the content that the caller may view.
func (s *Contents) ListPage(ctx context.Context, o ContentListOptions) (*ContentArray, error) {
	q := o.query()
	given(q, "spaceKey", o.SpaceKey)
	given(q, "type", o.Type)
	given(q, "title", o.Title)
	given(q, "status", o.Status)
	out := new(ContentArray)
	if err := s.c.get(ctx, "/wiki/rest/api/content", q, out); err != nil {
		return nil, err
	}
	return out, nil
}

// given sets a query parameter that is not empty.
func given(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

// Get returns one piece of content. What the caller may not view is [ErrNotFound], too.
func (s *Contents) Get(ctx context.Context, id string, expand ...string) (*Content, error) {
	out := new(Content)
	return orNil(out, s.on(ctx, http.MethodGet, id, "", expanding(expand), nil, out))
}

// Create makes content, which the caller then watches. A page whose title another page of the space has, whatever its
// case, is [ErrBadRequest]. A comment needs only its container.
func (s *Contents) Create(ctx context.Context, content ContentCreate) (*Content, error) {
	out := new(Content)
	if err := s.c.do(ctx, call{method: http.MethodPost, path: "/wiki/rest/api/content", in: content, out: out}); err != nil {
		return nil, err
	}
	return out, nil
}

// Delete puts content into the trash.
func (s *Contents) Delete(ctx context.Context, id string) error {
	return s.on(ctx, http.MethodDelete, id, "", nil, nil, nil)
}

// Purge deletes trashed content for good.
func (s *Contents) Purge(ctx context.Context, id string) error {
	return s.on(ctx, http.MethodDelete, id, "", url.Values{"status": {"trashed"}}, nil, nil)
}

// Labels returns the labels of content.
func (s *Contents) Labels(ctx context.Context, id string) ([]Label, error) {
	out := new(LabelArray)
	err := s.on(ctx, http.MethodGet, id, "/label", nil, nil, out)
	return out.Results, err
}

// AddLabels gives content these labels, besides those it has, and returns all.
func (s *Contents) AddLabels(ctx context.Context, id string, labels ...LabelCreate) ([]Label, error) {
	out := new(LabelArray)
	err := s.on(ctx, http.MethodPost, id, "/label", nil, labels, out)
	return out.Results, err
}

// RemoveLabel takes a label from content. One that it does not have is [ErrNotFound].
func (s *Contents) RemoveLabel(ctx context.Context, id, name string) error {
	return s.on(ctx, http.MethodDelete, id, "/label", url.Values{"name": {name}}, nil, nil)
}

func (s *Contents) on(ctx context.Context, method, id, below string, q url.Values, in, out any) error {
	id, err := pathSegment(id)
	if err != nil {
		return err
	}
	return s.c.do(ctx, call{method: method, path: "/wiki/rest/api/content/" + id + below, query: q, in: in, out: out})
}
