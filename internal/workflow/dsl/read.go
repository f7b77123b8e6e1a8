package dsl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/action"
)

const (
	maxFile    = 256 << 10
	maxTasks   = 1_000
	maxNesting = 40 // of YAML
)

// reader reads a file, and goes on behind what is wrong with it.
type reader struct {
	lines   []string
	actions action.Catalogue
	secrets []string
	tasks   int
	errs    Errors
}

func (r *reader) fail(n *yaml.Node, path, reason string, args ...any) {
	line, column := 0, 0
	if n != nil {
		line, column = n.Line, n.Column
	}
	r.failAt(line, column, path, reason, args...)
}

func (r *reader) failAt(line, column int, path, reason string, args ...any) {
	if len(r.errs) < maxErrors {
		r.errs = append(r.errs, &Error{line, column, path, fmt.Sprintf(reason, args...)})
	}
}

// root returns the mapping of the one document of a file, or nil.
func (r *reader) root(text []byte) (root *yaml.Node) {
	if len(text) > maxFile {
		r.fail(nil, "", "the file is larger than %d KiB", maxFile>>10)
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			r.fail(nil, "", "the file is no YAML: %v", p)
			root = nil
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		r.unreadable(err)
		return nil
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		if err != nil {
			r.unreadable(err)
		} else {
			r.fail(&second, "", "a file is one document of YAML, and here begins a second one")
		}
		return nil
	}
	if len(document.Content) != 1 {
		r.fail(nil, "", "the file is empty")
		return nil
	}
	if !r.plain(document.Content[0], "", 0) {
		return nil
	}
	return document.Content[0]
}

var atLine = regexp.MustCompile(`line (\d+): `)

func (r *reader) unreadable(err error) {
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if m := atLine.FindStringSubmatch(reason); m != nil {
		line, _ = strconv.Atoi(m[1])
		reason = strings.TrimPrefix(reason, m[0])
	}
	if errors.Is(err, io.EOF) {
		reason = "the file is empty"
	}
	r.failAt(line, min(line, 1), "", "the file is no YAML: %s", shorten(reason))
}

// plain tells whether a node is of the YAML that JSON has too: no anchors, aliases, merges or tags, each key once.
func (r *reader) plain(n *yaml.Node, path string, depth int) bool {
	switch {
	case depth > maxNesting:
		r.fail(n, path, "the file is nested more than %d deep", maxNesting)
		return false
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.fail(n, path, "anchors and aliases are not allowed")
		return false
	case n.Style&yaml.TaggedStyle != 0:
		r.fail(n, path, "tags such as %s are not allowed", n.Tag)
		return false
	case n.Kind == yaml.ScalarNode:
		if _, err := scalar(n); err != nil {
			r.fail(n, path, "%v", err)
		}
		return true
	}
	ok := true
	seen := map[string]bool{}
	for i, c := range n.Content {
		under := path + "/" + strconv.Itoa(i)
		if n.Kind == yaml.MappingNode {
			key := n.Content[i&^1]
			under = path + "/" + key.Value
			if i%2 == 0 && !r.key(key, under, seen) {
				ok = false
				continue
			}
		}
		ok = r.plain(c, under, depth+1) && ok
	}
	return ok
}

func (r *reader) key(key *yaml.Node, path string, seen map[string]bool) bool {
	switch {
	case key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str":
		reason := "a key must be text: put it in quotes"
		if key.ShortTag() == "!!merge" {
			reason = "merging with << is not allowed"
		}
		r.fail(key, path, "%s", reason)
		return false
	case seen[key.Value]:
		r.fail(key, path, "%s is here twice", key.Value)
		return false
	}
	seen[key.Value] = true
	return true
}

// fields returns the values of a mapping by name. Names that are not known are wrong, and so are required ones that are
// missing; those have an asterisk.
func (r *reader) fields(n *yaml.Node, path string, names ...string) map[string]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		r.fail(n, path, "%s must be a mapping", last(path))
		return nil
	}
	out := map[string]*yaml.Node{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if !slices.Contains(names, key.Value) && !slices.Contains(names, key.Value+"*") {
			r.fail(key, path+"/"+key.Value, "%s is not known here: there are %s", key.Value, strings.ReplaceAll(strings.Join(names, ", "), "*", ""))
			continue
		}
		out[key.Value] = n.Content[i+1]
	}
	for _, name := range names {
		if required, must := strings.CutSuffix(name, "*"); must && out[required] == nil {
			r.fail(n, path, "%s is missing", required)
		}
	}
	return out
}

func last(path string) string {
	if path == "" {
		return "the file"
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}

// text returns a string, or "" and what is wrong.
func (r *reader) text(n *yaml.Node, path string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		r.fail(n, path, "%s must be text: put it in quotes", last(path))
		return ""
	}
	return n.Value
}

// matching returns a string of a form.
func (r *reader) matching(n *yaml.Node, path string, form *regexp.Regexp, what string) string {
	s := r.text(n, path)
	if n != nil && n.ShortTag() == "!!str" && !form.MatchString(s) {
		r.fail(n, path, "%s must be %s", last(path), what)
	}
	return s
}

// scalar returns the value of JSON of a scalar.
func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		return n.Value, nil
	case "!!null":
		return nil, nil
	case "!!bool":
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE", nil
	case "!!int", "!!float":
		var v any
		if err := n.Decode(&v); err != nil || len(n.Value) > maxDigits {
			return nil, fmt.Errorf("%s is no number", shorten(n.Value))
		}
		if f, isFloat := v.(float64); isFloat && (f != f || f-f != 0) {
			return nil, fmt.Errorf("%s is no number of JSON", n.Value)
		}
		return copyOf(v, maxData)
	}
	return nil, fmt.Errorf("a value of the kind %s is not allowed", n.ShortTag())
}

// value returns the value of JSON of a node that is plain.
func value(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		out := make(map[string]any, len(n.Content)/2)
		for i := 0; i < len(n.Content); i += 2 {
			out[n.Content[i].Value] = value(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			out = append(out, value(c))
		}
		return out
	}
	v, _ := scalar(n)
	return v
}
