package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/rosterhq/roster/internal/web"
)

// explore follows the links of the pages. It returns one page of each route, and of each set of parameters that a link
// gives it, by route; those that are not shown to the visitor and those to be saved are left out.
func (v *visitor) explore(ctx context.Context, more []string) ([]*page, error) {
	routes := http.NewServeMux()
	for _, path := range web.Paths() {
		routes.Handle("GET "+path, http.NotFoundHandler())
	}
	known := map[string]bool{}
	var found []*page
	queue := []string{v.site.JoinPath("profile").String(), v.site.JoinPath("login").String()}
	for _, path := range more {
		queue = append(queue, strings.TrimSuffix(v.site.String(), "/")+path)
	}
	for len(queue) > 0 {
		address := queue[0]
		queue = queue[1:]
		name := v.nameOf(routes, address)
		if name == "" || known[name] {
			continue
		}
		known[name] = true
		a, err := v.fetch(ctx, address)
		if err != nil {
			return nil, err
		}
		if a.status >= http.StatusInternalServerError {
			return nil, fmt.Errorf("%s answered %d", address, a.status)
		}
		if a.status != http.StatusOK || a.kind == "" {
			continue
		}
		found = append(found, &page{name: name, address: address})
		for _, link := range links(a.body) {
			if to, err := url.Parse(address); err == nil {
				if to, err = to.Parse(link); err == nil {
					to.Fragment = ""
					queue = append(queue, to.String())
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b *page) int { return strings.Compare(a.name, b.name) })
	return found, nil
}

// nameOf names the pages that are alike: by their route and the names of their parameters. It is empty for what is no page
// of the site.
func (v *visitor) nameOf(routes *http.ServeMux, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host != v.site.Host || !strings.HasPrefix(u.Path, v.site.Path) {
		return ""
	}
	below := &url.URL{Path: "/" + strings.TrimPrefix(u.Path, v.site.Path)}
	_, pattern := routes.Handler(&http.Request{Method: http.MethodGet, URL: below})
	_, name, _ := strings.Cut(pattern, " ")
	var set []string
	for parameter, values := range u.Query() {
		if values[0] != "" && parameter != "done" && parameter != "of" {
			set = append(set, parameter)
		}
	}
	if name == "" || len(set) == 0 {
		return name
	}
	slices.Sort(set)
	return name + "?" + strings.Join(set, "&")
}

// links returns where a page's links lead.
func links(text []byte) (all []string) {
	for z := html.NewTokenizer(bytes.NewReader(text)); z.Next() != html.ErrorToken; {
		if t := z.Token(); t.Type == html.StartTagToken && t.Data == "a" {
			for _, attribute := range t.Attr {
				if attribute.Key == "href" {
					all = append(all, attribute.Val)
				}
			}
		}
	}
	return all
}
