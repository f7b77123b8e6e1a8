package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/outbound"
	"github.com/rosterhq/roster/internal/webhook"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// Actions is everything that a step of a workflow can do.
func Actions() action.Catalogue { return actions() }

// actions is described when it is first asked for, since that takes long.
var actions = sync.OnceValue(func() action.Catalogue { return action.All(api.Actions()) })

// described are the actions, for those who may never ask for one.
type described struct{}

// Named returns the action of a name, or false.
func (described) Named(name string) (action.Action, bool) { return actions().Named(name) }

// Workflows returns the store of a database's workflows.
func Workflows(changes *change.Log) *workflow.Store {
	s := workflow.NewStore(changes, func(text []byte) (*workflow.Program, error) { return workflow.Files(actions())(text) })
	s.Released = func(ctx context.Context, tx *change.Tx, was workflow.Connection) error {
		return directory.RevokeLabelledIn(ctx, tx, was.Fingerprint, workflow.TokenLabel(was.Name))
	}
	return s
}

// react does what follows from what happens here, until ctx ends: it starts workflows, runs them, and calls webhooks. It
// returns when nothing of it runs any more.
func (a *App) react(ctx context.Context, l net.Listener, handler http.Handler) {
	var all sync.WaitGroup
	for _, do := range []func(context.Context){
		event.NewReader(a.Changes, workflow.Taker, a.Workflows, a.options.Log).Run,
		event.NewReader(a.Changes, webhook.Kind, a.Webhooks, a.options.Log).Run,
		webhook.NewWorker(a.Webhooks, a.options.Log).Run,
		a.runner(l, handler).Run,
	} {
		all.Go(func() { do(ctx) })
	}
	all.Wait()
}

// runner runs the workflows of every site of the server, whose own requests it makes without a network between.
func (a *App) runner(l net.Listener, handler http.Handler) *workflow.Runner {
	serverURL := a.options.PublicURL
	if serverURL == "" {
		serverURL = URL(l)
	}
	r := workflow.NewRunner(a.Workflows, described{}, a.options.Log)
	// No two live servers of one machine listen at one address, so this one may take up at once what it had before.
	if host, err := os.Hostname(); err == nil {
		r.Node = host + " " + l.Addr().String()
	}
	r.Way = a.way(serverURL, handler)
	r.AllowHTTP = func(_ context.Context, _ int64, host string) (bool, error) {
		return slices.Contains(a.options.HTTPHosts, host), nil
	}
	if a.post != nil {
		r.Outbox, r.From = a.post.outbox, a.post.from
	}
	return r
}

// way leads connections to sites: to those of this server without a network between.
func (a *App) way(serverURL string, handler http.Handler) workflow.Way {
	return workflow.Way{
		Local: func(ctx context.Context, siteID int64) (string, http.RoundTripper, error) {
			s, err := a.Sites.ByID(ctx, siteID)
			if err != nil {
				return "", nil, fmt.Errorf("find the site of a connection: %w", err)
			}
			return s.URL(serverURL, a.options.StandIn), within{handler}, nil
		},
		Remote: outbound.Client(outbound.Within(a.options.networks())),
	}
}

// InputTypes returns which inputs a workflow's file names, and their types as its schema has them; none where the file
// cannot be read.
func InputTypes(text []byte) map[string]string {
	f, err := dsl.Parse(text, Actions())
	if err != nil {
		return nil
	}
	var schema struct {
		Properties map[string]struct{ Type string }
	}
	if json.Unmarshal(f.Input, &schema) != nil {
		return nil
	}
	types := map[string]string{}
	for name, p := range schema.Properties {
		if p.Type != "" {
			types[name] = p.Type
		}
	}
	return types
}
