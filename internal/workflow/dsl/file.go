package dsl

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// File is a workflow that was read: it may be run by many at once.
type File struct {
	Namespace, Name, Version, Title, Summary string

	Tags     map[string]any // nil where there are none
	Hash     string         // SHA-256 of the text, in hexadecimal
	Text     string
	Input    json.RawMessage // the JSON Schema of the input, its members in the file's order; nil where there is none
	Secrets  []string        // that it may ask for
	Schedule Schedule
	Delivery string        // at_least_once, at_most_once, or empty where the file does not say
	Timeout  time.Duration // of a run, which whoever runs it keeps; 0 for none

	definition any // the whole file, as JSON
	schema     *jsonschema.Schema
	defaults   any // the schema, for its defaults
	from, as   *template
	tasks      []*task
}

// Schedule is what starts a workflow besides people: at most one of it is set.
type Schedule struct {
	Cron  string        // five fields, with a time zone before them as CRON_TZ=… where it is not that of the server
	Every time.Duration // from the start of one run to the next
	After time.Duration // from the end of one run to the start of the next
	On    string        // the type of an event
}

// EventTypes are those that a schedule may wait for.
var EventTypes = []string{
	"user.created", "user.updated", "user.deactivated", "user.activated", "group.member.added", "group.member.removed",
	"watch.added", "watch.removed", "invitation.accepted",
}

// Task is a task as a picture shows it.
type Task struct {
	Place    string `json:"place"` // such as /do/0/getUser; that of a call begins with it
	Name     string `json:"name"`
	Kind     string `json:"kind"`             // call, set, switch, for, try, wait, do or raise
	Action   string `json:"action,omitempty"` // of a call
	If       string `json:"if,omitempty"`     // the condition under which it runs
	Then     string `json:"then,omitempty"`   // where it goes on, if not with the next one
	Cases    []Case `json:"cases,omitempty"`  // of a switch
	Children []Task `json:"children,omitempty"`
	Catch    []Task `json:"catch,omitempty"` // of a try: what is done about a failure
}

// Case is one way on from a switch.
type Case struct {
	Name string `json:"name"`
	When string `json:"when,omitempty"` // empty for the one that is taken where no other is
	Then string `json:"then"`
}

// Tasks returns the tasks of the file, in its order.
func (f *File) Tasks() []Task { return pictures(f.tasks) }

// Actions returns the names of the actions that the file calls, each once, in its order.
func (f *File) Actions() []string {
	var names []string
	seen := map[string]bool{}
	var add func(tasks []Task)
	add = func(tasks []Task) {
		for _, t := range tasks {
			if t.Action != "" && !seen[t.Action] {
				seen[t.Action] = true
				names = append(names, t.Action)
			}
			add(t.Children)
			add(t.Catch)
		}
	}
	add(f.Tasks())
	return names
}

func pictures(tasks []*task) []Task {
	var out []Task
	for _, t := range tasks {
		p := Task{Place: t.place, Name: t.name, Kind: t.kind, Action: t.action, Then: t.then, Children: pictures(t.do), Catch: pictures(t.catch.do)}
		if t.cond != nil {
			p.If = t.cond.text
		}
		for _, c := range t.cases {
			drawn := Case{Name: c.name, Then: c.then}
			if c.when != nil {
				drawn.When = c.when.text
			}
			p.Cases = append(p.Cases, drawn)
		}
		out = append(out, p)
	}
	return out
}

// Error is one thing that is wrong with a file.
type Error struct {
	Line   int    `json:"line"` // from 1; 0 where it is about the whole file
	Column int    `json:"column"`
	Path   string `json:"path"` // such as /do/0/getUser/with
	Reason string `json:"reason"`
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// Errors are all that is wrong with a file, in its order, up to fifty.
type Errors []*Error

const maxErrors = 50

func (e Errors) Error() string {
	lines := make([]string, 0, len(e))
	for _, one := range e {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns each of them.
func (e Errors) Unwrap() []error {
	out := make([]error, 0, len(e))
	for _, one := range e {
		out = append(out, one)
	}
	return out
}
