package web

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// Every folder of templates is a language, with one file a page and layout.html, which all of them fill.
//
//go:embed templates
var templates embed.FS

const defaultLanguage = "en"

// pages are the templates by language and page.
var pages = readPages(templates)

func readPages(from fs.FS) map[string]map[string]*template.Template {
	all := map[string]map[string]*template.Template{}
	files, err := fs.Glob(from, "templates/*/*.html")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		folder, name := path.Split(file)
		language := path.Base(folder)
		if all[language] == nil {
			all[language] = map[string]*template.Template{}
		}
		if name != "layout.html" {
			all[language][strings.TrimSuffix(name, ".html")] = template.Must(template.ParseFS(from, folder+"layout.html", file))
		}
	}
	return all
}

// Frame is what the layout shows around every page.
type Frame struct {
	Lang  string
	Root  string // leads to the beginning of the site's pages, relatively; empty or ends in a slash
	Style string // file name of the stylesheet
	Site  string // the site's name
}

func (v *visit) frame() Frame {
	return Frame{Lang: defaultLanguage, Root: v.root, Style: styleName, Site: v.site.Name}
}

// policy lets in our stylesheet and nothing else. Forms go nowhere but back to us: as Chrome holds that against where
// such a form's answer redirects to as well, who is to go elsewhere after one is sent by [visit.leave].
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard sets what every answer says to the browser.
func (v *visit) guard() {
	for name, value := range map[string]string{
		"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		// Other origins get no referrer. With no-referrer our own forms would come from the origin null, as another
		// site's can.
		"Referrer-Policy": "same-origin",
	} {
		v.w.Header().Set(name, value)
	}
}

// show answers with a page.
func (v *visit) show(status int, page string, data any) error {
	var out bytes.Buffer
	if err := pages[defaultLanguage][page].ExecuteTemplate(&out, "layout", data); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	v.w.Write(out.Bytes())
	return nil
}

// problem says what is wrong: the template has the words for what, and detail is more to say where there is more.
func (v *visit) problem(status int, what, detail string) error {
	return v.show(status, "problem", struct {
		Frame
		Problem, Detail, Request string
	}{v.frame(), what, detail, v.by.RequestID})
}

// leave sends the browser to another address by a page of its own: the browser's journey that began with a form ends
// here, so the policy of that form's page does not count for the rest of it. It is also the place for a link, which an
// address of an app on the same device may need.
func (v *visit) leave(to, name string) error {
	v.w.Header().Set("Referrer-Policy", "no-referrer")
	v.w.Header().Set("Refresh", "0;url="+ascii(to))
	return v.show(http.StatusOK, "leave", struct {
		Frame
		Name string
		To   template.URL // is registered, or a link of ours
	}{v.frame(), name, template.URL(to)})
}

// ascii is a URL as it may stand in a header.
func ascii(address string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(address) {
		switch c := address[i]; {
		case c <= ' ' || c >= 0x7f:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
