package dsl

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/action"
)

// task is one that was read.
type task struct {
	place, name, kind, action, delivery, then string

	cond             *expression
	schema           *jsonschema.Schema
	from, as, export *template
	timeout          time.Duration
	definition       any
	jumps            []*yaml.Node // where it may go on

	with  *template // of a call, a set, a raise
	cases []choice
	loop  loop
	do    []*task // of a for, a try, a do
	catch catching
	wait  time.Duration
}

type choice struct {
	name, then string
	when       *expression
}

type loop struct {
	each, at  string // names of variables, with their $
	in, while *expression
}

// catching is what a try does about a failure.
type catching struct {
	with             map[string]any // members that the failure has
	as               string         // the variable that it becomes
	when, exceptWhen *expression
	retry            *retry
	do               []*task
}

type retry struct {
	delay, jitterFrom, jitterTo, limit time.Duration
	backoff                            string // constant, linear or exponential
	count                              int    // of retries; below 0 for any number
}

// arguments are the variables that every expression may use.
var arguments = []string{"$context", "$input", "$output", "$secrets", "$task", "$workflow", "$runtime"}

// ofAll are the fields that every task may have.
var ofAll = []string{"if", "input", "output", "export", "timeout", "then", "metadata"}

// ofKind are those of each kind of task, its own first; required ones have an asterisk.
var ofKind = map[string][]string{
	"call": {"call*", "with"}, "set": {"set*"}, "switch": {"switch*"}, "for": {"for*", "while", "do*"}, "try": {"try*", "catch*"},
	"wait": {"wait*"}, "do": {"do*"}, "raise": {"raise*"},
}

// besides are the fields of some kind that do not tell which it is.
var besides = []string{"with", "while", "catch"}

// kindOf tells the kind of a task by its fields.
func kindOf(n *yaml.Node) string {
	kind := ""
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		name := n.Content[i].Value
		if _, known := ofKind[name]; known && (kind == "" || name != "do") {
			kind = name
		}
	}
	return kind
}

func (r *reader) task(n *yaml.Node, path, name string, names []string, delivery string) *task {
	t := &task{place: path, name: name, kind: kindOf(n), delivery: delivery, definition: value(n)}
	own, known := ofKind[t.kind]
	if !known {
		r.noTask(n, path, name)
		return t
	}
	fields := r.fields(n, path, slices.Concat(own, ofAll)...)
	t.cond = r.condition(fields["if"], path+"/if", names)
	if in := fields["input"]; in != nil {
		under := r.fields(in, path+"/input", "schema", "from")
		t.schema, _ = r.schema(under["schema"], path+"/input/schema")
		t.from = r.result(under["from"], path+"/input/from", names)
	}
	if out := fields["output"]; out != nil {
		t.as = r.result(r.fields(out, path+"/output", "as*")["as"], path+"/output/as", names)
	}
	if out := fields["export"]; out != nil {
		t.export = r.result(r.fields(out, path+"/export", "as*")["as"], path+"/export/as", names)
	}
	if limit := fields["timeout"]; limit != nil {
		t.timeout = r.timeout(limit, path+"/timeout")
	}
	t.then = r.jump(t, fields["then"], path+"/then")
	t.delivery = r.delivery(fields["metadata"], path+"/metadata", delivery)
	switch t.kind {
	case "call":
		r.call(t, fields, names)
	case "set":
		t.with = r.members(fields["set"], path+"/set", names)
	case "switch":
		r.choices(t, fields["switch"], names)
	case "for":
		r.loop(t, fields, names)
	case "try":
		t.do = r.list(fields["try"], path+"/try", names, t.delivery)
		r.catching(t, fields["catch"], names)
	case "wait":
		t.wait = r.duration(fields["wait"], path+"/wait")
	case "do":
		t.do = r.list(fields["do"], path+"/do", names, t.delivery)
	case "raise":
		r.raise(t, fields["raise"], names)
	}
	return t
}

// noTask says why something is no task: by each keyword that there is not, or else because none says what to do.
func (r *reader) noTask(n *yaml.Node, path, name string) {
	const kinds = "call, set, switch, for, try, wait, do and raise"
	unknown := false
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(ofAll, key.Value) && !slices.Contains(besides, key.Value) {
			r.fail(key, path+"/"+key.Value, "%s is not known here: a task has one of %s", key.Value, kinds)
			unknown = true
		}
	}
	if !unknown {
		r.fail(n, path, "%s is no task: it must have one of %s", name, kinds)
	}
}

func (r *reader) jump(t *task, n *yaml.Node, path string) string {
	then := r.text(n, path)
	if then != "" {
		t.jumps = append(t.jumps, n)
	}
	return then
}

// members reads an object with at least one member.
func (r *reader) members(n *yaml.Node, path string, names []string) *template {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		r.fail(n, path, "%s must be an object", last(path))
		return nil
	}
	return r.template(n, path, names)
}

func (r *reader) call(t *task, fields map[string]*yaml.Node, names []string) {
	t.action = r.text(fields["call"], t.place+"/call")
	with := fields["with"]
	if with != nil && with.Kind != yaml.MappingNode {
		r.fail(with, t.place+"/with", "with must be an object")
		return
	}
	t.with = &template{members: map[string]*template{}}
	if with != nil {
		t.with = r.template(with, t.place+"/with", names)
	}
	if t.action == "" {
		return
	}
	a, known := r.actions.Named(t.action)
	if !known {
		r.fail(fields["call"], t.place+"/call", "there is no action %s", t.action)
		return
	}
	for i := 0; with != nil && i < len(with.Content); i += 2 {
		name := with.Content[i]
		if _, known := a.Parameter(name.Value); !known {
			var takes []string
			for _, p := range a.Parameters {
				takes = append(takes, p.Name)
			}
			r.fail(name, t.place+"/with/"+name.Value, "%s takes no %s: it takes %s", a.Name, name.Value, strings.Join(takes, ", "))
			continue
		}
		r.argument(a, name.Value, with.Content[i+1], t.place+"/with/"+name.Value, t.with.members[name.Value])
	}
	for _, p := range a.Parameters {
		if p.Required && t.with.members[p.Name] == nil {
			at := with
			if at == nil {
				at = fields["call"]
			}
			r.fail(at, t.place+"/with", "%s needs %s", a.Name, p.Name)
		}
	}
}

// argument checks what can be told of an argument before a run: that it can be one, where nothing of it is an expression.
func (r *reader) argument(a action.Action, name string, n *yaml.Node, path string, t *template) {
	if a.Name == "http" && name == "endpoint" {
		r.endpoint(n, path, t)
		return
	}
	if !t.settled() {
		return
	}
	given := value(n)
	if method, isText := given.(string); isText && a.Name == "http" && name == "method" {
		given = strings.ToUpper(method)
	}
	if err := a.Check(name, given); err != nil {
		r.fail(n, path, "%v", err)
	}
}

var address = regexp.MustCompile(`^https?://[^/{}]`)

// endpoint reads where a call of HTTP goes: an address, or an object with it as uri.
func (r *reader) endpoint(n *yaml.Node, path string, t *template) {
	if n.Kind == yaml.MappingNode {
		path, t, n = path+"/uri", t.members["uri"], r.fields(n, path, "uri*")["uri"]
	}
	switch {
	case n == nil || t.expression != nil:
	case strings.Contains(n.Value, "{"):
		r.fail(n, path, `names in { } are not filled in: write ${ "https://…/\(.name | @uri)" }`)
	default:
		r.matching(n, path, address, "an address such as https://example.com/hook")
	}
}

func (r *reader) choices(t *task, n *yaml.Node, names []string) {
	if n == nil {
		return
	}
	path := t.place + "/switch"
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		r.fail(n, path, "switch must be a list of cases")
		return
	}
	for _, item := range n.Content {
		if item.Kind != yaml.MappingNode || len(item.Content) != 2 {
			r.fail(item, path, "a case is one name with when and then")
			continue
		}
		name := item.Content[0].Value
		fields := r.fields(item.Content[1], path+"/"+name, "when", "then*")
		c := choice{name: name, when: r.condition(fields["when"], path+"/"+name+"/when", names)}
		c.then = r.jump(t, fields["then"], path+"/"+name+"/then")
		t.cases = append(t.cases, c)
	}
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

// named reads the name of a variable.
func (r *reader) named(n *yaml.Node, path, preset string) string {
	if n == nil {
		return "$" + preset
	}
	name := "$" + r.matching(n, path, variable, "a name of letters, digits and underscores")
	if slices.Contains(arguments, name) || name == "$ENV" || strings.HasPrefix(name, "$__") {
		r.fail(n, path, "%s has a meaning of its own", name)
	}
	return name
}

func (r *reader) loop(t *task, fields map[string]*yaml.Node, names []string) {
	t.loop = loop{each: "$item", at: "$index"}
	if n := fields["for"]; n != nil {
		path := t.place + "/for"
		under := r.fields(n, path, "each", "in*", "at")
		t.loop.each, t.loop.at = r.named(under["each"], path+"/each", "item"), r.named(under["at"], path+"/at", "index")
		t.loop.in = r.condition(under["in"], path+"/in", names)
	}
	inside := with(names, t.loop.each, t.loop.at)
	t.loop.while = r.condition(fields["while"], t.place+"/while", inside)
	t.do = r.list(fields["do"], t.place+"/do", inside, t.delivery)
}

// with returns names and others, each once.
func with(names []string, more ...string) []string {
	out := slices.Clone(names)
	for _, name := range more {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
