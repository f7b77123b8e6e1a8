package api

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rosterhq/roster/internal/jsonbody"
	"github.com/rosterhq/roster/internal/samples"
)

// savedAnswer is an answer that a collection keeps with an operation: why it comes, and to which request.
type savedAnswer struct {
	cause
	request postmanRequest
}

// recordedAnswer is what the demo site answered.
type recordedAnswer struct {
	Header []postmanPair   `json:"header"`
	Body   json.RawMessage `json:"body,omitempty"`
}

//go:embed postman_recorded.json
var recordedText []byte

// recordedAnswers are by the names of saved answers. UPDATE_GOLDEN=1 go test ./internal/api records them.
var recordedAnswers = sync.OnceValue(func() map[string]recordedAnswer {
	all := map[string]recordedAnswer{}
	if err := json.Unmarshal(recordedText, &all); err != nil {
		panic("read the recorded answers: " + err.Error()) // a test has written them
	}
	return all
})

// recordedAs names an answer of an operation among those that were recorded.
func (a savedAnswer) recordedAs(op *operation) string { return op.id + " " + strconv.Itoa(a.status) }

// postman is the answer as a collection keeps it.
func (a savedAnswer) postman(op *operation) postmanResponse {
	recorded := recordedAnswers()[a.recordedAs(op)]
	r := postmanResponse{
		Name: a.text, Original: a.request, Status: http.StatusText(a.status), Code: a.status, Language: "text",
		Header: recorded.Header, Cookie: []postmanPair{}, Body: string(recorded.Body),
	}
	if recorded.Body != nil {
		r.Language = "json"
	}
	return r
}

// savedAnswers are the answer to what an operation is for, and after it one for each status of a failure that its
// description lists.
func (op *operation) savedAnswers() []savedAnswer {
	usual := op.sampled(examples[op.id])
	list := []savedAnswer{{cause{op.status, "Done."}, op.postmanRequest(usual)}}
	for _, c := range slices.Concat(op.fails, op.common(false)) {
		if !slices.ContainsFunc(list, func(a savedAnswer) bool { return a.status == c.status }) {
			list = append(list, savedAnswer{c, op.failing(c.status, usual)})
		}
	}
	slices.SortStableFunc(list, func(a, b savedAnswer) int { return a.status - b.status })
	return list
}

// failing is how the usual request differs where it is answered with a status. It does not differ where that is the
// site's doing: it was done before, comes too often, is switched off or cannot be served now.
func (op *operation) failing(status int, o samples.Operation) postmanRequest {
	r := op.postmanRequest(op.asking(status, o))
	switch status {
	case http.StatusUnauthorized:
		r.Auth = &postmanAuth{Type: "noauth"}
		if !op.fails.has(status) { // then only a credential that cannot be read is answered so
			r.Header = append(r.Header, postmanPair{Key: "Authorization", Value: "Basic unreadable"})
		}
	case http.StatusForbidden:
		r.Auth = bearing(outsiderToken)
		if op.needs.has(siteAdmin) {
			r.Auth = bearing(memberToken)
		}
	case http.StatusNotFound:
		switch {
		case !op.fails.has(status):
			r.URL = r.URL.onNoSite()
		case op.v2():
			r.Auth = bearing(outsiderToken)
		}
	case http.StatusUnsupportedMediaType:
		r.Header[len(r.Header)-1].Value = "text/plain"
	case http.StatusRequestHeaderFieldsTooLarge:
		r.Header = append(r.Header, postmanPair{Key: "X-Padding", Value: "{{" + padding + "}}"})
	}
	return r
}

// asking is what differs in what is asked for where a request is answered with a status.
func (op *operation) asking(status int, o samples.Operation) samples.Operation {
	switch status {
	case http.StatusBadRequest:
		if !o.App {
			return op.unreadable(o)
		}
		o.App = false
	case http.StatusNotFound:
		if !op.v2() {
			return op.missing(o)
		}
	case http.StatusMethodNotAllowed:
		o.Method = http.MethodPatch
	case http.StatusRequestEntityTooLarge:
		o.Body = strings.Repeat("{{"+padding+"}}", jsonbody.Largest/longestURL+1)
	case http.StatusRequestURITooLong:
		o.Query = append(slices.Clone(o.Query), samples.Value{Name: "padding", Text: "{{" + padding + "}}"})
	}
	return o
}

// unreadable is a request with something in it that cannot be read: its body, or else a parameter.
func (op *operation) unreadable(o samples.Operation) samples.Operation {
	if o.Body != "" {
		o.Body = "{"
		return o
	}
	first := func(is func(param) bool) string {
		for _, q := range op.serve.params.list {
			if q.in == "query" && is(q) {
				return q.name
			}
		}
		return ""
	}
	if name := first(func(q param) bool { return q.required }); name != "" {
		return unasked(o, name)
	}
	if name := first(func(q param) bool { return q.kind == reflect.Int }); name != "" {
		o = unasked(o, name)
		o.Query = append(o.Query, samples.Value{Name: name, Text: "many"})
		return o
	}
	o.Query = append(slices.Clone(o.Query), samples.Value{Name: "any", Text: "%zz"})
	return o
}

// unasked is a request without a parameter of its query.
func unasked(o samples.Operation, name string) samples.Operation {
	o.Query = slices.DeleteFunc(slices.Clone(o.Query), func(q samples.Value) bool { return q.Name == name })
	return o
}

// What names nobody and nothing.
const (
	absentUser = "557058:00000000-0000-4000-8000-000000000000"
	absentID   = "00000000-0000-4000-8000-000000000000"
)

// absent is what there is not on the demo site, by the parameters that name it. Of several an operation is asked for the first.
var absent = []samples.Value{
	{Name: "groupId", Text: absentID},
	{Name: "accountId", Text: absentUser},
	{Name: "key", Text: "nothing"},
	{Name: "label", Text: "nothing"},
	{Name: "name", Text: "nothing"},
	{Name: "userId", Text: absentUser},
	{Name: "id", Text: absentID},
	{Name: "spaceKey", Text: "NOTHING"},
}

// missing is a request for what is not there.
func (op *operation) missing(o samples.Operation) samples.Operation {
	if op.id == "createContent" {
		o.Body = strings.Replace(o.Body, `"SCI"`, `"NOTHING"`, 1)
		return o
	}
	for _, a := range absent {
		i := slices.IndexFunc(op.serve.params.list, func(q param) bool { return q.name == a.Name })
		if i < 0 || a.Name == "key" && op.method() == http.MethodPost { // which makes it
			continue
		}
		if op.serve.params.list[i].in == "path" {
			o.Names = slices.Clone(o.Names)
			o.Names[slices.IndexFunc(o.Names, func(n samples.Value) bool { return n.Name == a.Name })] = a
			return o
		}
		o = unasked(o, a.Name)
		o.Query = append(o.Query, a)
		return o
	}
	return o
}
