package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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
	Purpose, Permission          [][]refSpan // paragraphs
	Facts                        []refFact   // who may call it
	Experimental, Deprecated     bool
	Parameters                   []refParameter
	Body                         *refBody
	Statuses                     []refStatus
	Headers                      []refHeader
	Samples                      []refSample
}

// refSpan is a piece of text.
type refSpan struct {
	Text string
	Code bool
}

// refFact is what a list says of something, such as a value of a parameter.
type refFact struct {
	Name string
	Text []refSpan
}

// refBody is what is sent.
type refBody struct {
	Required bool
	Example  string
	Members  []refParameter // those that are nested after what holds them: a.b is in a, and a[].b in each entry of a
}

// refParameter is a parameter, or a member of a body, which is In nothing.
type refParameter struct {
	Name, In, Type, Default string
	Text                    []refSpan
	Meanings                []refFact // of its values
	Values                  []string  // those without a meaning
	Required, Deprecated    bool
	Limits, Pattern         string
}

// refHeader is one of an answer. Every answer has it where no status is named.
type refHeader struct {
	Name, Statuses string
	Text           []refSpan
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
		Experimental: o.Experimental, Deprecated: o.Deprecated, Samples: o.Samples,
	}
	text, facts := cutFacts(o.Description)
	op.Facts = facts
	purpose, permission, _ := strings.Cut(text, "**Permission:** ")
	op.Purpose, op.Permission = paragraphs(purpose), paragraphs(permission)
	for _, p := range o.Parameters {
		op.Parameters = append(op.Parameters, d.parameter(p))
	}
	if o.RequestBody != nil {
		media := o.RequestBody.Content["application/json"]
		op.Body = &refBody{o.RequestBody.Required, prettyExample(media.Example), d.members("", media.Schema)}
	}
	with := map[string][]string{} // the statuses of each header
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		r := o.Responses[status]
		if r.Ref != "" {
			r = d.Components.Responses[baseOf(r.Ref)]
		}
		op.Statuses = append(op.Statuses, refStatus{status, r.Description, prettyExample(r.Content["application/json"].Example)})
		for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
			if with[name] == nil {
				op.Headers = append(op.Headers, refHeader{Name: name, Text: d.headerText(r.Headers[name])})
			}
			with[name] = append(with[name], status)
		}
	}
	for i, h := range op.Headers {
		if len(with[h.Name]) < len(op.Statuses) {
			op.Headers[i].Statuses = strings.Join(with[h.Name], ", ")
		}
	}
	return op
}

func (d *openAPI) headerText(h *openHeader) []refSpan {
	if h.Ref != "" {
		h = d.Components.Headers[baseOf(h.Ref)]
	}
	return spans(h.Description)
}

func (d *openAPI) parameter(p *openParameter) refParameter {
	if p.Ref != "" {
		p = d.Components.Parameters[baseOf(p.Ref)]
	}
	out := d.described(p.Schema)
	text, meanings := cutFacts(p.Description)
	out.Name, out.In, out.Text, out.Meanings = p.Name, p.In, spans(strings.TrimSpace(text)), meanings
	out.Required, out.Deprecated = p.Required, p.Deprecated
	if len(meanings) > 0 {
		out.Values = nil
	}
	return out
}

// members are those of what a body's schema describes, below the path of what holds them.
func (d *openAPI) members(below string, s *openSchema) []refParameter {
	s = d.bare(s)
	if s.Items != nil {
		return d.members(below+"[]", s.Items)
	}
	var list []refParameter
	for _, p := range s.Properties {
		m := d.described(p.Schema)
		m.Name = strings.TrimPrefix(below+"."+p.Name, ".")
		m.Text, m.Deprecated = spans(p.Schema.Description), p.Schema.Deprecated
		m.Required = slices.Contains(s.Required, p.Name)
		list = append(append(list, m), d.members(m.Name, p.Schema)...)
	}
	return list
}

// bare is what a schema refers to.
func (d *openAPI) bare(s *openSchema) *openSchema {
	if s.Ref != "" {
		return d.Components.Schemas[baseOf(s.Ref)]
	}
	return s
}

// described is a parameter of which only the values are known.
func (d *openAPI) described(s *openSchema) refParameter {
	out := refParameter{Pattern: s.Pattern}
	if s.Default != nil {
		out.Default = fmt.Sprint(s.Default)
	}
	s = d.bare(s)
	out.Type = s.typeName()
	values := s.Enum
	if s.Items != nil {
		out.Type = "array of " + d.bare(s.Items).typeName()
		for _, one := range s.Items.AnyOf {
			values = append(values, one.Enum...)
		}
	}
	for _, value := range values {
		out.Values = append(out.Values, fmt.Sprint(value))
	}
	out.Limits = limits("", s.Minimum, s.Maximum) + limits(" entries", s.MinItems, s.MaxItems)
	return out
}

// typeName is the type in words.
func (s *openSchema) typeName() string {
	switch t := s.Type.(type) {
	case string:
		return t
	case []any: // it, or null
		return fmt.Sprintf("%v or %v", t[0], t[1])
	}
	return "any"
}

// limits says what the bounds of a number are, or of how many there are of something.
func limits(of string, least, most *int) string {
	switch {
	case least != nil && most != nil:
		return fmt.Sprintf(" From %d to %d%s.", *least, *most, of)
	case least != nil:
		return fmt.Sprintf(" At least %d%s.", *least, of)
	case most != nil:
		return fmt.Sprintf(" At most %d%s.", *most, of)
	}
	return ""
}

// cutFacts takes the list that a text of Markdown ends with, if it does, from what comes before it.
func cutFacts(text string) (before string, facts []refFact) {
	before, list, _ := strings.Cut(text, "\n\n- ")
	for line := range strings.SplitSeq(list, "\n- ") {
		if name, what, is := strings.Cut(line, ":"); is {
			facts = append(facts, refFact{strings.Trim(name, "*`"), spans(strings.TrimLeft(what, "* "))})
		}
	}
	return before, facts
}

func paragraphs(text string) [][]refSpan {
	var list [][]refSpan
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		list = append(list, spans(paragraph))
	}
	return list
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
