package confluence

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Watches are the operations documented under "Content watches".
type Watches struct{ c *Client }

// Watch is one user's watch of one thing: the caller's, unless [Watch.Of] says whose.
type Watch struct {
	c         *Client
	kind, id  string
	accountID string
}

// Content is the caller's watch of the content with this ID.
func (w *Watches) Content(contentID string) Watch {
	return Watch{c: w.c, kind: "content", id: contentID}
}

// Label is the caller's watch of the label of this name.
func (w *Watches) Label(name string) Watch { return Watch{c: w.c, kind: "label", id: name} }

// Space is the caller's watch of the space with this key.
func (w *Watches) Space(key string) Watch { return Watch{c: w.c, kind: "space", id: key} }

// Of is somebody else's watch of the same thing, which takes an administrator. An empty accountID is the caller.
func (w Watch) Of(accountID string) Watch {
	w.accountID = accountID
	return w
}

// Get reports whether the user watches it. What does not exist, and what the caller may not view, are both
// [ErrForbidden].
func (w Watch) Get(ctx context.Context) (bool, error) {
	var out UserWatch
	err := w.do(ctx, http.MethodGet, &out)
	return out.Watching, err
}

// Add makes the user watch it. Watching it already is fine. Errors are those of [Watch.Get].
func (w Watch) Add(ctx context.Context) error { return w.do(ctx, http.MethodPost, nil) }

// Remove ends the watch. Not watching it is fine. Errors are those of [Watch.Get].
func (w Watch) Remove(ctx context.Context) error { return w.do(ctx, http.MethodDelete, nil) }

func (w Watch) do(ctx context.Context, method string, out any) error {
	id, err := pathSegment(w.id)
	if err != nil {
		return err
	}
	q := url.Values{}
	if w.accountID != "" {
		q.Set("accountId", w.accountID)
	}
	return w.c.do(ctx, call{method: method, path: "/wiki/rest/api/user/watch/" + w.kind + "/" + id, query: q, out: out, idempotent: true})
}

// OfContent goes through the watches of content.
func (w *Watches) OfContent(ctx context.Context, contentID string, first PageOptions) iter.Seq2[ContentWatch, error] {
	return entries(first, func(o PageOptions) (page[ContentWatch], error) {
		out, err := w.OfContentPage(ctx, contentID, o)
		if err != nil {
			return page[ContentWatch]{}, err
		}
		return page[ContentWatch]{out.Results, out.Start, out.Limit, out.Links}, nil
	})
}

// OfContentPage returns one page of the watches of content.
func (w *Watches) OfContentPage(ctx context.Context, contentID string, o PageOptions) (*WatchArray, error) {
	out := new(WatchArray)
	return orNil(out, w.page(ctx, "/wiki/rest/api/content/", contentID, "/notification/child-created", o, out))
}

// OfSpace goes through the watches of the space with this key.
func (w *Watches) OfSpace(ctx context.Context, key string, first PageOptions) iter.Seq2[SpaceWatch, error] {
	return entries(first, func(o PageOptions) (page[SpaceWatch], error) {
		return spaceWatchesOf(w.OfSpacePage(ctx, key, o))
	})
}

// OfSpacePage returns one page of the watches of the space with this key.
func (w *Watches) OfSpacePage(ctx context.Context, key string, o PageOptions) (*SpaceWatchArray, error) {
	out := new(SpaceWatchArray)
	return orNil(out, w.page(ctx, "/wiki/rest/api/space/", key, "/watch", o, out))
}

// OfSpaceOf goes through the watches of the space that content is in.
func (w *Watches) OfSpaceOf(ctx context.Context, contentID string, first PageOptions) iter.Seq2[SpaceWatch, error] {
	return entries(first, func(o PageOptions) (page[SpaceWatch], error) {
		return spaceWatchesOf(w.OfSpaceOfPage(ctx, contentID, o))
	})
}

// OfSpaceOfPage returns one page of the watches of the space that content is in.
func (w *Watches) OfSpaceOfPage(ctx context.Context, contentID string, o PageOptions) (*SpaceWatchArray, error) {
	out := new(SpaceWatchArray)
	return orNil(out, w.page(ctx, "/wiki/rest/api/content/", contentID, "/notification/created", o, out))
}

func (w *Watches) page(ctx context.Context, before, id, after string, o PageOptions, out any) error {
	id, err := pathSegment(id)
	if err != nil {
		return err
	}
	return w.c.get(ctx, before+id+after, o.query(), out)
}

// spaceWatchesOf turns an answer into a page for [entries].
func spaceWatchesOf(out *SpaceWatchArray, err error) (page[SpaceWatch], error) {
	if err != nil {
		return page[SpaceWatch]{}, err
	}
	return page[SpaceWatch]{out.Results, out.Start, out.Limit, out.Links}, nil
}
