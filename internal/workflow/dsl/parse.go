package dsl

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/action"
)

var (
	labelled  = regexp.MustCompile(`^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$`)
	versioned = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)
	spoken    = regexp.MustCompile(`^1\.0\.\d+$`)
)

// Parse reads a workflow file. What it may call is in the catalogue. An error is all that is wrong with the file, as
// [Errors].
func Parse(text []byte, actions action.Catalogue) (*File, error) {
	r := &reader{lines: strings.Split(string(text), "\n"), actions: actions}
	hash := sha256.Sum256(text)
	f := &File{Hash: hex.EncodeToString(hash[:]), Text: string(text)}
	if root := r.root(text); root != nil {
		r.file(f, root)
	}
	if len(r.errs) > 0 {
		sort.SliceStable(r.errs, func(i, j int) bool {
			a, b := r.errs[i], r.errs[j]
			return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
		})
		return nil, r.errs
	}
	return f, nil
}

func (r *reader) file(f *File, root *yaml.Node) {
	fields := r.fields(root, "", "document*", "input", "use", "do*", "timeout", "output", "schedule")
	if fields == nil {
		return
	}
	r.document(f, fields["document"])
	r.use(f, fields["use"])
	if n := fields["timeout"]; n != nil {
		f.Timeout = r.timeout(n, "/timeout")
	}
	r.schedule(f, fields["schedule"])
	names := slices.Clone(arguments)
	if n := fields["input"]; n != nil {
		under := r.fields(n, "/input", "schema", "from")
		schema, document := r.schema(under["schema"], "/input/schema")
		if f.schema = schema; document != nil {
			f.Input, f.defaults = ordered(document), value(document)
		}
		f.from = r.result(under["from"], "/input/from", names)
	}
	if n := fields["output"]; n != nil {
		f.as = r.result(r.fields(n, "/output", "as")["as"], "/output/as", names)
	}
	if n := fields["do"]; n != nil {
		f.tasks = r.list(n, "/do", names, f.Delivery)
	}
	f.definition = value(root)
}

func (r *reader) document(f *File, n *yaml.Node) {
	if n == nil {
		return
	}
	const path = "/document"
	fields := r.fields(n, path, "dsl*", "namespace*", "name*", "version*", "title", "summary", "tags", "metadata")
	r.matching(fields["dsl"], path+"/dsl", spoken, "1.0.0 or another 1.0, in quotes")
	f.Namespace = r.matching(fields["namespace"], path+"/namespace", labelled, "letters, digits and hyphens, up to 63")
	f.Name = r.matching(fields["name"], path+"/name", labelled, "letters, digits and hyphens, up to 63")
	f.Version = r.matching(fields["version"], path+"/version", versioned, "a version such as 1.0.0, in quotes")
	f.Title, f.Summary = r.text(fields["title"], path+"/title"), r.text(fields["summary"], path+"/summary")
	if tags := fields["tags"]; tags != nil {
		if tags.Kind != yaml.MappingNode {
			r.fail(tags, path+"/tags", "tags must be a mapping")
		} else {
			f.Tags, _ = value(tags).(map[string]any)
		}
	}
	f.Delivery = r.delivery(fields["metadata"], path+"/metadata", "")
}

// delivery reads the one member of metadata that means something here. The others are free.
func (r *reader) delivery(n *yaml.Node, path, preset string) string {
	if n == nil {
		return preset
	}
	if n.Kind != yaml.MappingNode {
		r.fail(n, path, "metadata must be a mapping")
		return preset
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value != "delivery" {
			continue
		}
		if d := n.Content[i+1]; d.Value == "at_least_once" || d.Value == "at_most_once" {
			return d.Value
		}
		r.fail(n.Content[i+1], path+"/delivery", "delivery must be at_least_once or at_most_once")
	}
	return preset
}

func (r *reader) use(f *File, n *yaml.Node) {
	if n == nil {
		return
	}
	secrets := r.fields(n, "/use", "secrets")["secrets"]
	if secrets == nil {
		return
	}
	if secrets.Kind != yaml.SequenceNode {
		r.fail(secrets, "/use/secrets", "secrets must be a list of names")
		return
	}
	for _, s := range secrets.Content {
		name := r.matching(s, "/use/secrets", regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`), "names of letters, digits and underscores")
		if slices.Contains(r.secrets, name) {
			r.fail(s, "/use/secrets", "%s is here twice", name)
		}
		r.secrets = append(r.secrets, name)
	}
	f.Secrets = r.secrets
}

func (r *reader) timeout(n *yaml.Node, path string) time.Duration {
	return r.positive(r.fields(n, path, "after*")["after"], path+"/after")
}

func (r *reader) schedule(f *File, n *yaml.Node) {
	if n == nil {
		return
	}
	const path = "/schedule"
	fields := r.fields(n, path, "cron", "every", "after", "on")
	if fields != nil && len(fields) != 1 {
		r.fail(n, path, "a schedule is one of cron, every, after and on")
	}
	f.Schedule.Every = r.positive(fields["every"], path+"/every")
	f.Schedule.After = r.positive(fields["after"], path+"/after")
	if every := f.Schedule.Every; every > 0 && every < time.Second {
		r.fail(fields["every"], path+"/every", "every must be a second or longer")
	}
	if c := fields["cron"]; c != nil {
		f.Schedule.Cron = r.text(c, path+"/cron")
		if err := checkCron(f.Schedule.Cron); err != nil && c.ShortTag() == "!!str" {
			r.fail(c, path+"/cron", "%v", err)
		}
	}
	if on := fields["on"]; on != nil {
		f.Schedule.On = r.event(on, path+"/on")
	}
}

func (r *reader) event(n *yaml.Node, path string) string {
	one := r.fields(n, path, "one*")["one"]
	if one == nil {
		return ""
	}
	with := r.fields(one, path+"/one", "with*")["with"]
	if with == nil {
		return ""
	}
	path += "/one/with"
	kind := r.fields(with, path, "type*")["type"]
	s := r.text(kind, path+"/type")
	if s != "" && !slices.Contains(EventTypes, s) {
		r.fail(kind, path+"/type", "there is no event %s: there are %s", s, strings.Join(EventTypes, ", "))
	}
	return s
}

// checkCron tells whether a text is a cron schedule of five fields that comes about.
func checkCron(text string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%q is no cron schedule", text)
		}
	}()
	if strings.Contains(text, "@") {
		return fmt.Errorf("a cron schedule has five fields, such as 0 8 * * 1")
	}
	s, err := cron.ParseStandard(text)
	if err != nil {
		return fmt.Errorf("%q is no cron schedule: %w", text, err)
	}
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return fmt.Errorf("the cron schedule %q never comes", text)
	}
	return nil
}

// list reads a list of tasks, each a mapping of one name.
func (r *reader) list(n *yaml.Node, path string, names []string, delivery string) []*task {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		r.fail(n, path, "%s must be a list of at least one task", last(path))
		return nil
	}
	var tasks []*task
	for i, item := range n.Content {
		under := path + "/" + strconv.Itoa(i)
		if item.Kind != yaml.MappingNode || len(item.Content) != 2 {
			r.fail(item, under, "an item of a list of tasks is one name with one task")
			continue
		}
		if r.tasks++; r.tasks > maxTasks {
			r.fail(item, under, "the file has more than %d tasks", maxTasks)
			return tasks
		}
		name := item.Content[0]
		if !named.MatchString(name.Value) || slices.Contains(directives, name.Value) {
			r.fail(name, under, "a task's name is of letters, digits, spaces and ._- and not continue, exit or end")
		}
		if slices.ContainsFunc(tasks, func(t *task) bool { return t.name == name.Value }) {
			r.fail(name, under, "there are two tasks %s in this list", name.Value)
		}
		tasks = append(tasks, r.task(item.Content[1], under+"/"+name.Value, name.Value, names, delivery))
	}
	for _, t := range tasks {
		for _, jump := range t.jumps {
			if !slices.Contains(directives, jump.Value) && !slices.ContainsFunc(tasks, func(o *task) bool { return o.name == jump.Value }) {
				r.fail(jump, t.place+"/then", "there is no task %s in this list to go on with", jump.Value)
			}
		}
	}
	return tasks
}

var (
	named      = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9 ._-]{0,99}$`)
	directives = []string{"continue", "exit", "end"}
)
