// Package dsl reads workflow files, a strict subset of the Serverless Workflow DSL 1.0 in YAML, and runs them against a
// [Host]. A run of the same file with the same input, that gets the same answers from its host, asks the same things in
// the same order at the same places: so a host that keeps its answers can have an interrupted run go on by running it again.
//
// Whatever is not of the subset is an error when a file is read, with its line and column. The one thing of our own is
// metadata.delivery of a document or a task; the specification leaves what is in metadata to whoever runs the file, so each
// file that is read here is also valid under the schema of the specification.
//
// Only what the file itself says is evaluated: strings of the form ${ … }, and the fields that hold nothing but an
// expression (if, when, exceptWhen, while, in, from, as), with or without ${ }. They have no clock, no environment and no
// chance, and what they may take is bounded.
package dsl

import (
	"context"
	"time"
)

// Host is the world around a run. An error that is a [*Failure] is one that the workflow may catch; any other ends the
// run where it stands, and is returned by it as it is. Numbers of its answers keep their digits as json.Number. A host is
// asked by one goroutine at a time.
type Host interface {
	// Call runs an action, or returns what came of it when it ran at the same place before. When the time of a task is over,
	// the context ends and context.Cause of it is a *Failure: Call then returns that, and keeps it as its answer.
	Call(ctx context.Context, c Call) (any, error)
	// Wait returns at the end of a time that began when the run first came to the place.
	Wait(ctx context.Context, place string, d time.Duration) error
	// Secret returns the present value of a secret. It is asked for each expression that names one.
	Secret(ctx context.Context, name string) (string, error)
	// Done is told of every other task that ran, in order, for the history: one that holds others behind those. It is told
	// again when a run goes on.
	Done(place, task, kind string, input, output any, err error)
}

// Call is a call of an action, its arguments evaluated.
type Call struct {
	Place    string         // which turn and attempt of which task: unique in a run
	Task     string         // the task's name
	Action   string         // such as confluence.getUser
	With     map[string]any // values of JSON
	Attempt  int            // 1 unless a retry led here
	Delivery string         // at_least_once, at_most_once, or empty where the file does not say
}

// Failure is an error as workflows see it, in the shape of RFC 9457.
type Failure struct {
	Type     string `json:"type"`
	Status   int    `json:"status"`
	Title    string `json:"title,omitempty"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance,omitempty"` // the place of the task that failed; a host leaves it empty
}

func (f *Failure) Error() string {
	if f.Detail != "" {
		return f.Detail
	}
	return f.Title
}
