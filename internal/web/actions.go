package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/failure"
)

const actionsPath = "/actions"

// catalogue is everything that there is to automate.
var catalogue = sync.OnceValue(func() action.Catalogue { return action.All(api.Actions()) })

// asksForPage reports whether a request for a path that is also the API's is for the page: a program that does not ask
// for HTML gets the API's answer.
func asksForPage(r *http.Request, path string) bool {
	if path != actionsPath && !strings.HasPrefix(path, actionsPath+"/") || r.Method == http.MethodPost || r.Header.Get("HX-Request") == "true" {
		return true
	}
	return asksForHTML(r)
}

// asksForHTML reports whether a request is a browser's: it names HTML, and wants it at least as much as JSON.
func asksForHTML(r *http.Request) bool {
	html, named := quality(r.Header, "text/html")
	other, _ := quality(r.Header, "application/json")
	return named && html > 0 && html >= other
}

// quality is how much a request wants a type of media, and whether it names it at all.
func quality(h http.Header, kind string) (q float64, named bool) {
	for _, line := range h.Values("Accept") {
		for one := range strings.SplitSeq(line, ",") {
			name, rest, _ := strings.Cut(one, ";")
			if !strings.EqualFold(strings.TrimSpace(name), kind) {
				continue
			}
			weight := 1.0
			for parameter := range strings.SplitSeq(rest, ";") {
				if value, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
					weight, _ = strconv.ParseFloat(value, 64) // what is no number is not wanted
				}
			}
			q, named = max(q, weight), true
		}
	}
	return q, named
}

// actionsPage lists what there is to automate.
type actionsPage struct {
	Frame
	Text   string // what is looked for
	Groups []actionGroup
}

// actionGroup is the actions that need the same kind of connection.
type actionGroup struct {
	Connection string
	Actions    []action.Action
}

// actions lists what there is to automate, or what of it has the words that are looked for.
func (v *visit) actions() error {
	v.w.Header().Set("Vary", "Accept")
	page := actionsPage{Frame: v.frame(), Text: clipped(v.r.URL.Query().Get("q"))}
	words := strings.Fields(strings.ToLower(page.Text))
	for _, a := range catalogue() {
		if !hasWords(words, a.Name, a.Title, a.Description) {
			continue
		}
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Connection != a.Connection {
			page.Groups = append(page.Groups, actionGroup{Connection: a.Connection})
		}
		last := &page.Groups[len(page.Groups)-1]
		last.Actions = append(last.Actions, a)
	}
	if v.partial() {
		return v.showPart("actions", "found", page)
	}
	return v.show(http.StatusOK, "actions", page)
}

// hasWords reports whether each of the words is somewhere in the texts.
func hasWords(words []string, texts ...string) bool {
	whole := strings.ToLower(strings.Join(texts, "\n"))
	for _, w := range words {
		if !strings.Contains(whole, w) {
			return false
		}
	}
	return true
}

// mostOfExample is how many bytes of an example a page shows: all, but for one or two.
const mostOfExample = 96 << 10

// actionPage is all about one action, with a form to run it.
type actionPage struct {
	Frame
	Action    action.Action
	Operation string            // of the API that it is; empty where it is none
	Operates  bool              // who looks may see the connections
	Defaults  map[string]string // of parameters, as JSON
	Example   string
	Clipped   bool // the page has only the beginning of the example
	UsedBy    []libraryFile
	Runnable  bool // by itself, and not only by a workflow
	Fields    []blank
	Problem   string // what is wrong with the whole form
	Ask       bool   // whether it is to be run, as something changes
	Request   string // what it would send
	Result    *actionResult
}

// action shows an action, and runs it.
func (v *visit) action() error {
	a, found := catalogue().Named(v.r.PathValue("action"))
	if !found {
		return failure.NotFound.Errorf("There is no action %.100q.", v.r.PathValue("action"))
	}
	v.w.Header().Set("Vary", "Accept")
	page := actionPage{
		Frame: v.frame(), Action: a, Operates: v.operates() && a.Connection != "", Defaults: map[string]string{}, Example: pretty(a.Example), Runnable: a.Method != "" && v.API != nil,
		Fields: actionFields(a, v.r.URL.Query()),
	}
	if a.Method != "" {
		_, page.Operation, _ = strings.Cut(a.Name, ".")
	}
	if page.Clipped = len(page.Example) > mostOfExample; page.Clipped {
		page.Example = page.Example[:strings.LastIndexByte(page.Example[:mostOfExample], '\n')]
	}
	for _, p := range a.Parameters {
		if p.Default != nil {
			page.Defaults[p.Name] = jsonText(p.Default)
		}
	}
	for _, f := range library() {
		if f.calls(a.Name) {
			page.UsedBy = append(page.UsedBy, f)
		}
	}
	if !v.posted() {
		return v.show(http.StatusOK, "action", page)
	}
	if !page.Runnable {
		return failure.Invalid.Errorf("%s is run by workflows alone.", a.Name)
	}
	return v.runAction(page)
}

// pretty is JSON, indented; what is no JSON is shown as it is.
func pretty(text []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, text, "", "  ") != nil {
		return string(text)
	}
	return out.String()
}

// jsonText is a value as JSON.
func jsonText(value any) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return ""
	}
	return strings.TrimSpace(out.String())
}
