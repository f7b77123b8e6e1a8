package admin

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
)

// operation does what is asked about the thing with this ID, and returns the status and body of the answer.
type operation func(s *Server, c *call, id string) (int, any, error)

// routes are the operations by their path, in which * stands for an ID, and by their method.
var routes = map[string]map[string]operation{
	"accounts":              {http.MethodGet: (*Server).listAccounts},
	"accounts/*/watches":    {http.MethodGet: (*Server).listWatches},
	"apps":                  {http.MethodGet: (*Server).listApps, http.MethodPost: (*Server).addApp},
	"apps/*":                {http.MethodGet: (*Server).showApp, http.MethodDelete: (*Server).revokeApp},
	"apps/*/approve-email":  {http.MethodPost: (*Server).approveEmail},
	"apps/*/block":          {http.MethodPost: block(true)},
	"apps/*/unblock":        {http.MethodPost: block(false)},
	"apps/*/rotate":         {http.MethodPost: (*Server).rotateApp},
	"apps/*/tokens":         {http.MethodPost: (*Server).addAppToken},
	"connections":           {http.MethodGet: (*Server).listConnections},
	"connections/*":         {http.MethodPut: (*Server).putConnection, http.MethodDelete: (*Server).removeConnection},
	"runs":                  {http.MethodGet: (*Server).listRuns},
	"runs/*":                {http.MethodGet: (*Server).showRun},
	"runs/*/cancel":         {http.MethodPost: decideRun((*Server).cancelRun)},
	"runs/*/resend":         {http.MethodPost: decideRun((*Server).resendRun)},
	"runs/*/sent":           {http.MethodPost: decideRun((*Server).markRunSent)},
	"secrets":               {http.MethodGet: (*Server).listSecrets},
	"secrets/*":             {http.MethodPut: (*Server).putSecret, http.MethodDelete: (*Server).removeSecret},
	"tokens":                {http.MethodGet: (*Server).listTokens, http.MethodPost: (*Server).addToken},
	"tokens/*":              {http.MethodDelete: (*Server).revokeToken},
	"webhooks":              {http.MethodGet: (*Server).listWebhooks, http.MethodPost: (*Server).addWebhook},
	"webhooks/*":            {http.MethodGet: (*Server).showWebhook, http.MethodPatch: (*Server).changeWebhook, http.MethodDelete: (*Server).removeWebhook},
	"webhooks/*/deliveries": {http.MethodGet: (*Server).listDeliveries},
	"webhooks/*/replay":     {http.MethodPost: (*Server).replayWebhook},
	"webhooks/*/rotate":     {http.MethodPost: (*Server).rotateWebhook},
	"workflows":             {http.MethodGet: (*Server).listWorkflows, http.MethodPost: (*Server).putWorkflow},
	"workflows/*":           {http.MethodGet: (*Server).showWorkflow, http.MethodDelete: (*Server).removeWorkflow},
	"workflows/*/enable":    {http.MethodPost: enableWorkflow(true)},
	"workflows/*/disable":   {http.MethodPost: enableWorkflow(false)},
	"workflows/*/runs":      {http.MethodPost: (*Server).startRun},
}

// ours are the first segments of the paths that routes have.
var ours = func() map[string]bool {
	first := map[string]bool{}
	for path := range routes {
		name, _, _ := strings.Cut(path, "/")
		first[name] = true
	}
	return first
}()

// pattern is the call's path as routes have it, whether they do or not.
func (c *call) pattern() string {
	pattern := slices.Clone(c.place)
	if len(pattern) > 1 {
		pattern[1] = "*"
	}
	return strings.Join(pattern, "/")
}

// route finds what a method does at a path. Where the path takes other methods only, allow says which.
func (c *call) route() (do operation, id string, allow []string, err error) {
	if len(c.place) > 1 {
		id, err = url.PathUnescape(c.place[1])
	}
	methods, known := routes[c.pattern()]
	if err != nil || !known || len(c.place) > 1 && id == "" {
		return nil, "", nil, failure.NoRoute.Errorf("There is nothing at this path.")
	}
	method := c.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if do = methods[method]; do != nil {
		return do, id, nil, nil
	}
	allow = slices.Collect(maps.Keys(methods))
	if methods[http.MethodGet] != nil {
		allow = append(allow, http.MethodHead)
	}
	slices.Sort(allow)
	return nil, "", allow, failure.WrongMethod.Errorf("This path does not take %.20s.", c.Method)
}
