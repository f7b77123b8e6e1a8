package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// tongue is a language that the pages are in.
type tongue struct {
	tag   language.Tag
	pages map[string]*template.Template // by name
	say   func(english string) string   // in this language, what the program says in English
}

// direction is how lines run, as HTML names it; empty for from left to right.
func (t *tongue) direction() string {
	switch script, _ := t.tag.Script(); script.String() {
	case "Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa":
		return "rtl"
	}
	return ""
}

// tongues are all languages that the pages are in, English first.
type tongues struct {
	all     []*tongue
	matcher language.Matcher
}

var ownTongues = sync.OnceValue(func() *tongues { return readTongues(templates) })

// defaultLanguage is that of the texts in the program. What it has, each other language must have.
const defaultLanguage = "en"

// readTongues reads the folders of templates.
func readTongues(from fs.FS) *tongues {
	folders, err := fs.ReadDir(from, "templates")
	if err != nil {
		panic(err)
	}
	english := readTongue(from, defaultLanguage)
	read := &tongues{all: []*tongue{english}}
	tags := []language.Tag{english.tag}
	for _, folder := range folders {
		if folder.Name() == defaultLanguage {
			continue
		}
		other := readTongue(from, folder.Name())
		for name, page := range english.pages {
			for _, part := range page.Templates() {
				if other.pages[name] == nil || other.pages[name].Lookup(part.Name()) == nil {
					panic("templates/" + folder.Name() + "/" + name + ".html has no " + part.Name())
				}
			}
		}
		read.all, tags = append(read.all, other), append(tags, other.tag)
	}
	read.matcher = language.NewMatcher(tags)
	return read
}

// readTongue reads the folder of one language. Its templates say in it what the program says in English, with the
// function say.
func readTongue(from fs.FS, name string) *tongue {
	folder := "templates/" + name + "/"
	t := &tongue{language.MustParse(name), map[string]*template.Template{}, readWords(from, folder+"words.yaml").say}
	shared := template.New("layout.html").Funcs(template.FuncMap{"say": func(english any) string {
		if text, ok := english.(string); ok {
			return t.say(text)
		}
		return t.say(fmt.Sprint(english)) // a state, or a check
	}})
	template.Must(shared.ParseFS(from, folder+"layout.html", folder+"parts.html"))
	files, err := fs.Glob(from, folder+"*.html")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(path.Base(file), ".html"); name != "layout" && name != "parts" {
			page := template.Must(shared.Clone())
			t.pages[name] = template.Must(page.ParseFS(from, file))
		}
	}
	return t
}

// of returns the language that somebody reads: that of the locale, else one that the browser asks for, else English.
func (t *tongues) of(locale, accepted string) *tongue {
	if len(t.all) == 1 {
		return t.all[0]
	}
	_, at := language.MatchStrings(t.matcher, locale, accepted)
	return t.all[at]
}

// lang names the language for HTML, with the region of who reads it: dates are written as they are there.
func (t *tongue) lang(locale, accepted string) string {
	base, _ := t.tag.Base()
	asked, _, _ := language.ParseAcceptLanguage(accepted) // what cannot be read asks for nothing
	if own, err := language.Parse(locale); err == nil {
		asked = append([]language.Tag{own}, asked...)
	}
	for _, tag := range append([]language.Tag{t.tag}, asked...) {
		spoken, _ := tag.Base()
		if region, given := tag.Region(); given == language.Exact && spoken == base {
			return base.String() + "-" + region.String()
		}
	}
	return t.tag.String()
}

// unchosenLocale is what the directory gives an account that comes with none.
const unchosenLocale = "en_US"

// reads returns the locale of the visitor, empty for none, and what their browser asks for.
func (v *visit) reads() (locale, accepted string) {
	locale = v.who.account.Locale
	if locale == unchosenLocale {
		locale = "" // the browser knows better
	}
	return locale, v.r.Header.Get("Accept-Language")
}

// tongue is the language of the visitor.
func (v *visit) tongue() *tongue { return v.tongues().of(v.reads()) }
