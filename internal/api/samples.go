package api

import (
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/rosterhq/roster/internal/samples"
)

// sampleObject is how a description of an API shows code, as documentation pages read it.
type sampleObject struct {
	Lang   string `json:"lang"`
	Label  string `json:"label"`
	Source string `json:"source"`
}

// samplesByID are the samples of all operations, with anySite for the site's address.
var samplesByID = sync.OnceValue(func() map[string][]sampleObject {
	all := map[string][]sampleObject{}
	for i := range operations {
		op := &operations[i]
		x := examples[op.id]
		for _, s := range samples.All(op.sampled(x)) {
			all[op.id] = append(all[op.id], sampleObject(s))
		}
		if x.whole {
			x.expand = strings.Join(everyExpansion(op.serve.out, ""), " ")
			for j, s := range samples.All(op.sampled(x)) {
				if s.Label == samples.Pascal {
					all[op.id][j] = sampleObject(s)
				}
			}
		}
	}
	return all
})

// sampled describes an operation, with what an example asks for, to those who write samples.
func (op *operation) sampled(x example) samples.Operation {
	o := samples.Operation{
		ID: op.id, Title: op.title, Method: op.method(), Site: anySite, Path: op.path(),
		Token: op.needs.has(xsrf), App: op.needs.has(approvedApp), NoApp: op.scopes == (scopes{}), Body: x.body, Status: op.status,
	}
	given := map[string]string{}
	for _, q := range op.serve.params.list {
		value, ok := x.values[q.name]
		if !ok && !q.required {
			continue
		}
		if !ok {
			value = exampleValues[q.name]
		}
		given[q.name] = value
		v := samples.Value{Name: q.name, Text: value}
		if q.in == "path" {
			o.Names = append(o.Names, v)
			continue
		}
		o.Query = append(o.Query, v)
		if more := x.more[q.name]; more != "" {
			o.Query = append(o.Query, samples.Value{Name: q.name, Text: more})
		}
	}
	expand := strings.Fields(x.expand)
	if len(expand) > 0 {
		o.Query = append(o.Query, samples.Value{Name: "expand", Text: strings.Join(expand, ",")})
	}
	if out := op.serve.out; out != reflect.TypeFor[nothing]() {
		if out == reflect.TypeFor[currentUser]() {
			out = out.Field(0).Type
		}
		o.Answer = answerTree(out, append(expand, strings.Fields(x.shows)...))
		o.AnswerType = sdkName(out)
	}
	o.Go = sdkCall(x.sdk, given)
	return o
}

// sdkName is a wire type as a program that uses the SDK writes it.
func sdkName(t reflect.Type) string { return strings.TrimPrefix(t.String(), "*") }

// sdkCall puts the values of parameters into a call.
func sdkCall(call string, given map[string]string) string {
	for name, value := range given {
		call = strings.ReplaceAll(call, "{"+name+"}", strconv.Quote(value))
	}
	return call
}
