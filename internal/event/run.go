package event

import (
	"context"
	"strings"
)

// byRun is the key of the run in a context.
type byRun struct{}

// ByRun returns a context under which what is asked of this server is the doing of a workflow's run.
func ByRun(ctx context.Context, run string) context.Context {
	return context.WithValue(ctx, byRun{}, run)
}

// runPrefix begins the ID of a request that a run makes. No other request has such an ID, as no client chooses it.
const runPrefix = "run:"

// RequestID returns the ID under which a request with this ID is recorded: it names the run whose doing it is, if it is one's.
func RequestID(ctx context.Context, id string) string {
	if run, _ := ctx.Value(byRun{}).(string); run != "" {
		return runPrefix + run + ":" + id
	}
	return id
}

// runOf returns the run that made a request; empty for none.
func runOf(requestID string) string {
	rest, ok := strings.CutPrefix(requestID, runPrefix)
	if !ok {
		return ""
	}
	run, _, _ := strings.Cut(rest, ":")
	return run
}
