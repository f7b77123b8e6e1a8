package api

import (
	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
)

// bodyForms are the forms in which the reference knows a body. Two of them are made here.
var bodyForms = []string{
	"editor", "view", "export_view", "styled_view", "storage", "editor2", "anonymous_export_view", "atlas_doc_format", "wiki", "dynamic", "raw",
}

// pageBody shows a page's body as stored and as shown. A form that is longer than longestBody, or for which
// the answer has no room, stays to be expanded.
func (sh *shelf) pageBody(at place, out *confluence.Content, e expansion) (bool, error) {
	b := &confluence.ContentBodies{Expandable: confluence.Expandable{}}
	for _, form := range bodyForms {
		b.Expandable[form] = ""
	}
	storage, loaded := sh.bodies[at.page.ID]
	form := func(representation string, value func() string) *confluence.ContentBody {
		if !loaded || !e.has(representation) {
			return nil
		}
		text := value()
		if len(text) > longestBody {
			return nil
		}
		delete(b.Expandable, representation)
		return &confluence.ContentBody{
			Value: text, Representation: representation,
			Expandable: confluence.Expandable{"content": pagePath(at.page.ID), "embeddedContent": "", "webresource": "", "mediaToken": ""},
		}
	}
	b.Storage = form("storage", func() string { return storage })
	b.View = form("view", func() string { return content.View(storage) })
	out.Body = b
	return true, nil
}
