package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// anySite stands for the address of a site in what is known of all of them.
const anySite = "https://site.invalid/0"

// reference is the API as its OpenAPI document describes it, in a form that pages show.
type reference struct {
	Version string
	Tags    []refTag
}

type refTag struct {
	Name, Text string
	Operations []*refOperation
}

// refOperation is one operation with all that the document says of it.
type refOperation struct {
	ID, Method, Path, Title, Tag string
	Notes                        [][]refSpan // paragraphs
	Experimental, Deprecated     bool
	Classic, Granular            []string
	Connect                      string
	Ruled, Exempt                bool // whether app access rules apply; neither where no scope gives access
	Parameters                   []refParameter
	Body                         string // a body that can be sent
	BodyRequired                 bool
	Statuses                     []refStatus
	Samples                      []refSample
}

// refSpan is a piece of text.
type refSpan struct {
	Text string
	Code bool
}

type refParameter struct {
	Name, In, Type, Default string
	Text                    []refSpan
	Required, Deprecated    bool
	Values                  []string
	Pattern                 string
	Least, Most             string
}

type refStatus struct {
	Status, Text, Example string
}

type refSample struct{ Label, Source string }

// describing returns what reads the document of either kind of site, each once.
func describing(describe func(observed bool, site, server string) []byte) func(observed bool) (*reference, error) {
	read := func(observed bool) func() (*reference, error) {
		return sync.OnceValues(func() (*reference, error) { return readReference(describe(observed, anySite, anySite)) })
	}
	documented, observed := read(false), read(true)
	return func(asObserved bool) (*reference, error) {
		if asObserved {
			return observed()
		}
		return documented()
	}
}

func readReference(text []byte) (*reference, error) {
	var d openAPI
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("read the API's description: %w", err)
	}
	ref := &reference{Version: d.Info.Version}
	for _, t := range d.Tags {
		ref.Tags = append(ref.Tags, refTag{Name: t.Name, Text: t.Description})
	}
	for path, methods := range d.Paths {
		for method, o := range methods {
			op := d.operation(strings.ToUpper(method), path, o)
			for i := range ref.Tags {
				if ref.Tags[i].Name == op.Tag {
					ref.Tags[i].Operations = append(ref.Tags[i].Operations, op)
				}
			}
		}
	}
	for _, t := range ref.Tags {
		slices.SortFunc(t.Operations, func(a, b *refOperation) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
		})
	}
	return ref, nil
}

// find returns the operation of an ID, or nil.
func (ref *reference) find(id string) *refOperation {
	for _, t := range ref.Tags {
		for _, op := range t.Operations {
			if op.ID == id {
				return op
			}
		}
	}
	return nil
}

// at is the operation with a site's address in its examples.
func (op *refOperation) at(address string) *refOperation {
	here := *op
	here.Statuses = slices.Clone(op.Statuses)
	for i := range here.Statuses {
		here.Statuses[i].Example = strings.ReplaceAll(here.Statuses[i].Example, anySite, address)
	}
	return &here
}

// sample returns the sample with a label, else the first one.
func (op *refOperation) sample(label string) refSample {
	for _, s := range op.Samples {
		if s.Label == label {
			return s
		}
	}
	return append(op.Samples, refSample{})[0]
}

func (d *openAPI) operation(method, path string, o *openOperation) *refOperation {
	op := &refOperation{
		ID: o.OperationID, Method: method, Path: path, Title: o.Summary, Tag: o.Tags[0],
		Experimental: o.Experimental, Deprecated: o.Deprecated, Connect: o.Connect, Samples: o.Samples,
	}
	for paragraph := range strings.SplitSeq(o.Description, "\n\n") {
		if !strings.HasPrefix(paragraph, "- ") { // what stands in lists is in fields of its own too
			_, text, _ := strings.Cut(paragraph, "**Permission:** ")
			op.Notes = append(op.Notes, spans(text))
		}
	}
	for _, s := range o.Scopes {
		if s.State == "Current" {
			op.Classic = s.Scopes
		} else {
			op.Granular = s.Scopes
		}
	}
	for _, p := range o.Policy {
		op.Exempt, op.Ruled = p.Exempt, !p.Exempt
	}
	for _, p := range o.Parameters {
		op.Parameters = append(op.Parameters, d.parameter(p))
	}
	if o.RequestBody != nil {
		op.BodyRequired = o.RequestBody.Required
		op.Body = prettyExample(o.RequestBody.Content["application/json"].Example)
	}
	for status, r := range o.Responses {
		if r.Ref != "" {
			r = d.Components.Responses[baseOf(r.Ref)]
		}
		op.Statuses = append(op.Statuses, refStatus{status, r.Description, prettyExample(r.Content["application/json"].Example)})
	}
	slices.SortFunc(op.Statuses, func(a, b refStatus) int { return cmp.Compare(a.Status, b.Status) })
	return op
}

func (d *openAPI) parameter(p *openParameter) refParameter {
	if p.Ref != "" {
		p = d.Components.Parameters[baseOf(p.Ref)]
	}
	s := p.Schema
	out := refParameter{Name: p.Name, In: p.In, Text: spans(p.Description), Required: p.Required, Deprecated: p.Deprecated, Type: s.Type, Pattern: s.Pattern}
	out.Least, out.Most = numeral(s.Minimum), numeral(s.Maximum)
	if s.Default != nil {
		out.Default = fmt.Sprint(s.Default)
	}
	values := s.Enum
	if s.Items != nil {
		out.Type = "array of " + s.Items.Type
		for _, one := range s.Items.AnyOf {
			values = append(values, one.Enum...)
		}
	}
	for _, value := range values {
		out.Values = append(out.Values, fmt.Sprint(value))
	}
	return out
}

func numeral(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// spans tells the code in a text of Markdown, which has nothing else.
func spans(text string) []refSpan {
	var list []refSpan
	for i, piece := range strings.Split(text, "`") {
		if piece != "" {
			list = append(list, refSpan{piece, i%2 == 1})
		}
	}
	return list
}

func baseOf(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// prettyExample is JSON over several lines; empty for none.
func prettyExample(text json.RawMessage) string {
	var out bytes.Buffer
	if json.Indent(&out, text, "", "  ") != nil {
		return ""
	}
	return out.String()
}
