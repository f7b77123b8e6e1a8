package web_test

import (
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing/fstest"
	"unicode"

	"golang.org/x/net/html"

	"github.com/rosterhq/roster/internal/web"
)

// bracketed has the pages of a server in a made-up language: English, with everything that its templates say, and all
// of the program's own that they have said, in brackets.
var bracketed = sync.OnceValue(func() func(*web.Server) {
	return web.Speaking(inBrackets(os.DirFS(".")), func(english string) string {
		if english == "" {
			return ""
		}
		return "⟦" + english + "⟧"
	})
})

var withoutBrackets = strings.NewReplacer("⟦", "", "⟧", "")

// unbracketed returns an answer's text without brackets. Where it is a page, all English of the program's must have been
// in them; what the API reference says is English in every language, and a mail is its sender's.
func (b *bed) unbracketed(path string, header http.Header, body string) string {
	b.t.Helper()
	if header.Get("Content-Encoding") != "" || !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
		return body
	}
	if !b.spoken && !strings.Contains(path, "/docs/") && !strings.HasSuffix(path, "/docs") && !strings.HasSuffix(path, "/html") {
		for _, text := range outside(body) {
			if english(text) {
				b.t.Errorf("%s says %q in no language", path, text)
			}
		}
	}
	return withoutBrackets.Replace(body)
}

// state is the name of one, of a run, a step, mail or a delivery.
var state = regexp.MustCompile(`^(?:queued|running|waiting|uncertain|succeeded|failed|cancelled|sending|sent|refused|delivered|dead|done)$`)

// english reports whether a text, or a part of it, is the program's, and not the name of something.
func english(text string) bool {
	if judged, known := judgements.Load(text); known {
		return judged.(bool)
	}
	ours := state.MatchString(text) || !strings.HasPrefix(text, "Former user") && slices.ContainsFunc(sentences(), func(s said) bool {
		return s.says(text) || s.long && strings.Contains(text, s.text)
	})
	judgements.Store(text, ours)
	return ours
}

// said is a text of the program's with several words.
type said struct {
	text string
	long bool
	says func(sentence string) bool
}

var sentences = sync.OnceValue(func() (all []said) {
	for _, text := range programSays() {
		if words := len(strings.Fields(text)); words > 1 {
			all = append(all, said{strings.TrimSpace(text), words > 2, web.Says(text)})
		}
	}
	return all
})

var judgements sync.Map // of texts, as pages say the same ones over and over

// inBrackets are the English templates with brackets around all that they say.
func inBrackets(from fs.FS) fstest.MapFS {
	made := fstest.MapFS{}
	files, err := fs.Glob(from, "templates/en/*.html")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(from, file)
		if err != nil {
			panic(err)
		}
		made[file] = &fstest.MapFile{Data: []byte(bracketTemplate(string(text)))}
	}
	return made
}

// shown are the attributes whose values people read or hear.
var shown = map[string]bool{"aria-label": true, "title": true, "alt": true, "placeholder": true, "data-unreadable": true}

// code are the elements whose text is the same in every language.
var code = map[string]bool{"code": true, "pre": true, "script": true, "style": true}

var (
	templatePiece = regexp.MustCompile(`(?s)\{\{.*?\}\}|</?[a-z0-9]+|/?>|[a-z-]+="|"|[^{<>"a-z/]+|.`)
	spoken        = regexp.MustCompile(`(\{\{or [^}]*)"([^"]+)"(.*\}\})`)
)

// bracketTemplate puts brackets around each run of text in a template.
func bracketTemplate(source string) string {
	var out, run strings.Builder
	var tag, attribute bool
	var raw, element, name string
	flush := func() {
		text := run.String()
		run.Reset()
		said := !tag && raw == "" || attribute && shown[name]
		if !said || strings.IndexFunc(text, unicode.IsLetter) < 0 {
			out.WriteString(text)
			return
		}
		inner := strings.TrimSpace(text)
		before, after, _ := strings.Cut(text, inner)
		out.WriteString(before + "⟦" + inner + "⟧" + after)
	}
	for _, piece := range templatePiece.FindAllString(source, -1) {
		switch {
		case strings.HasPrefix(piece, "{{"):
			flush()
			out.WriteString(spoken.ReplaceAllString(piece, `$1"⟦$2⟧"$3`))
		case !tag && strings.HasPrefix(piece, "<") && len(piece) > 1:
			flush()
			tag, element = true, piece[1:]
			if element == "/"+raw {
				raw = ""
			} else if code[element] && raw == "" {
				raw = element
			}
			out.WriteString(piece)
		case tag && !attribute && strings.HasSuffix(piece, `="`):
			flush()
			attribute, name = true, strings.TrimSuffix(piece, `="`)
			out.WriteString(piece)
		case attribute && piece == `"`:
			flush()
			attribute = false
			out.WriteString(piece)
		case tag && !attribute && strings.HasSuffix(piece, ">"):
			flush()
			tag = false
			out.WriteString(piece)
		default:
			run.WriteString(piece)
		}
	}
	flush()
	return out.String()
}

var inside = regexp.MustCompile(`⟦[^⟧]*⟧`)

// data are the elements that hold what people or programs named.
var data = map[string]bool{"bdi": true, "time": true, "textarea": true}

// outside returns what a page has to be read outside brackets.
func outside(page string) []string {
	var found []string
	add := func(text string) {
		text = strings.TrimSpace(inside.ReplaceAllString(text, ""))
		if strings.IndexFunc(text, unicode.IsLetter) >= 0 {
			found = append(found, text)
		}
	}
	tokens := html.NewTokenizer(strings.NewReader(page))
	var within string
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			return found
		case html.TextToken:
			if within == "" {
				add(string(tokens.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t := tokens.Token()
			for _, a := range t.Attr {
				if shown[a.Key] {
					add(a.Val)
				}
			}
			switch {
			case kind == html.StartTagToken && within == "" && (code[t.Data] || data[t.Data]):
				within = t.Data
			case kind == html.EndTagToken && within == t.Data:
				within = ""
			}
		}
	}
}
