package confluence

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// noted is a site that notes what it is asked for and answers the same to everything.
func noted(t *testing.T, status int, body string) (*Client, *[]string) {
	t.Helper()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, strings.TrimSpace(r.Method+" "+r.RequestURI+" "+r.Header.Get("X-Atlassian-Token")))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	c, err := NewClient(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return c, &asked
}

func TestAWatchIsAskedForByItsEscapedName(t *testing.T) {
	t.Parallel()
	c, asked := noted(t, 200, `{"watching":true}`)
	for _, w := range []Watch{c.Watches.Content("65539"), c.Watches.Label("c/c++ ключ"), c.Watches.Space("~712020:a").Of("557058:b")} {
		if watching, err := w.Get(t.Context()); !watching || err != nil {
			t.Error(watching, err)
		}
		if err := errors.Join(w.Add(t.Context()), w.Remove(t.Context())); err != nil {
			t.Error(err)
		}
	}
	const label, space = "label/c%2Fc++%20%D0%BA%D0%BB%D1%8E%D1%87", "space/~712020:a?accountId=557058%3Ab"
	var want []string
	for _, path := range []string{"content/65539", label, space} {
		path = "/wiki/rest/api/user/watch/" + path
		want = append(want, "GET "+path, "POST "+path+" no-check", "DELETE "+path+" no-check")
	}
	if !slices.Equal(*asked, want) {
		t.Errorf("asked for %q\nwant %q", *asked, want)
	}
	for _, name := range []string{"", ".", ".."} {
		if err := c.Watches.Label(name).Add(t.Context()); err == nil {
			t.Errorf("the name %q is taken", name)
		}
	}
}

func TestContentAndSpacesAreAskedForByTheirPaths(t *testing.T) {
	t.Parallel()
	c, asked := noted(t, 200, `{"results":[],"_links":{}}`)
	ctx := t.Context()
	c.Content.Get(ctx, "1", "space", "version")
	c.Content.Purge(ctx, "1")
	c.Content.AddLabels(ctx, "1", LabelCreate{Name: "a"})
	c.Content.RemoveLabel(ctx, "1", "c/c++")
	c.Content.ListPage(ctx, ContentListOptions{SpaceKey: "ENG", Title: "A b", PageOptions: PageOptions{Limit: 2}})
	c.Spaces.ListPage(ctx, SpaceListOptions{Keys: []string{"A", "B"}, Type: "global"})
	c.Spaces.Delete(ctx, "~ada")
	c.Watches.OfContentPage(ctx, "1", PageOptions{Start: 3})
	c.Watches.OfSpaceOfPage(ctx, "1", PageOptions{})
	c.Watches.OfSpacePage(ctx, "ENG", PageOptions{})
	want := []string{
		"GET /wiki/rest/api/content/1?expand=space%2Cversion",
		"DELETE /wiki/rest/api/content/1?status=trashed no-check",
		"POST /wiki/rest/api/content/1/label no-check",
		"DELETE /wiki/rest/api/content/1/label?name=c%2Fc%2B%2B no-check",
		"GET /wiki/rest/api/content?limit=2&spaceKey=ENG&title=A+b",
		"GET /wiki/rest/api/space?spaceKey=A&spaceKey=B&type=global",
		"DELETE /wiki/rest/api/space/~ada no-check",
		"GET /wiki/rest/api/content/1/notification/child-created?start=3",
		"GET /wiki/rest/api/content/1/notification/created",
		"GET /wiki/rest/api/space/ENG/watch",
	}
	if !slices.Equal(*asked, want) {
		t.Errorf("asked for %q\nwant %q", *asked, want)
	}
}

func TestAFailedLookUpReturnsNothing(t *testing.T) {
	t.Parallel()
	c, _ := noted(t, 404, `{"statusCode":404,"message":"No."}`)
	page, err := c.Content.Get(t.Context(), "1")
	if page != nil || !errors.Is(err, ErrNotFound) {
		t.Error(page, err)
	}
	for w, err := range c.Watches.OfContent(t.Context(), "1", PageOptions{}) {
		if !errors.Is(err, ErrNotFound) {
			t.Error(w, err)
		}
	}
}

func TestOneLabelAloneIsReadAsAList(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{`{"name":"a"}`: 1, `[]`: 0, `[{"name":"a"},{"prefix":"my","name":"b"}]`: 2} {
		var labels LabelCreates
		if err := labels.UnmarshalJSON([]byte(text)); err != nil || len(labels) != want {
			t.Errorf("%s: %v (%v)", text, labels, err)
		}
	}
}
