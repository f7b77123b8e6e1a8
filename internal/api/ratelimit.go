package api

import (
	"net/http"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/ratelimit"
)

// limiter keeps in mind how often each token, app and account has called.
type limiter = ratelimit.Limiter

// spend counts a call against what the site grants its caller, and says in the answer what is left of that. A call
// that is refused has cost nothing.
func (s *Server) spend(c *call) error {
	if ratelimit.Mode(c.site.Settings.RateLimit) == ratelimit.Off {
		return nil
	}
	limits := s.limits(c)
	v := s.limiter.Take(limits, c.cost(), s.Auth.Now())
	v.Tell(c.header)
	if v.Allowed {
		return nil
	}
	kind := failure.TooMany
	if v.Busy() {
		kind = failure.Unavailable
	}
	err := failure.Because(kind.Errorf("The caller has called too often; try again later."),
		"the site's rate limit (%s) allows the next call after %s", limits.Mode, v.Wait)
	if v.Busy() {
		return &tooMany{err, v.Wait}
	}
	return err // the verdict has told how long to wait, or has not on purpose
}

// limits are what the call's site grants. Only a stand-in answers in ways that test its clients.
func (s *Server) limits(c *call) ratelimit.Limits {
	set := &c.site.Settings
	mode := ratelimit.Mode(set.RateLimit)
	if mode.StandIn() && !s.Sites.Named {
		mode = ratelimit.Burst
	}
	return ratelimit.Limits{
		Mode: mode, PerSecond: set.RateLimitPerSecond, WritesPerSecond: set.RateLimitWritesPerSecond, PointsPerHour: set.QuotaPointsPerHour,
	}
}

// cost is what a call costs, and whom: its token, or the address it came from where it has none, and its app.
func (c *call) cost() ratelimit.Call {
	counted := ratelimit.Call{Site: c.site.ID, Credential: c.caller.TokenID, Method: c.op.method(), Points: c.op.points()}
	if counted.Credential == "" {
		counted.Credential = c.actor.IP
	}
	if c.throughApp() {
		counted.App = c.caller.AppAccount()
	}
	return counted
}

// limitHeaders describe a refusal for calling too often, where it is told as a cloud site tells it.
func limitHeaders() map[string]*headerObject {
	return map[string]*headerObject{
		"X-RateLimit-Limit":     {Description: "How much a caller may spend at once.", Schema: &schemaObject{Type: "integer"}},
		"X-RateLimit-Remaining": {Description: "How much of it is left.", Schema: &schemaObject{Type: "integer"}},
		"X-RateLimit-Reset":     {Description: "When all of it is there again, in ISO 8601.", Schema: &schemaObject{Type: "string"}},
		"X-RateLimit-NearLimit": {Description: "true where less than a fifth is left, else absent.", Schema: &schemaObject{Type: "string"}},
		"RateLimit-Reason":      {Description: "Which limit it is: confluence-burst-based or confluence-quota-global-based.", Schema: &schemaObject{Type: "string"}},
	}
}

// throughApp reports whether an app calls, whose points the call costs.
func (c *call) throughApp() bool { return c.caller.App.ClientID != "" }

// points are what an operation costs an app: a write 1, a read 1 and what it reads: 2 for people, groups and
// permissions, 1 for anything else.
func (op *operation) points() int {
	switch {
	case op.method() != http.MethodGet:
		return 1
	case op.tag == tagContent, op.tag == tagSpace:
		return 2
	}
	return 3
}
