package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
)

const (
	xsrfHeader  = "X-Atlassian-Token"
	xsrfRefused = "XSRF check failed"
)

// checkXSRF refuses a write without the header that a page of another site cannot make a browser send.
func (s *Server) checkXSRF(ctx context.Context, c *call, r *http.Request) error {
	if !c.op.needs.has(xsrf) {
		return nil
	}
	switch strings.ToLower(strings.TrimSpace(r.Header.Get(xsrfHeader))) {
	case "no-check":
		return nil
	case "nocheck":
		s.Log.WarnContext(ctx, "deprecated value nocheck of "+xsrfHeader+"; use no-check", "request", c.actor.RequestID, "operation", c.op.id, "token", c.actor.TokenID)
		return nil
	}
	return failure.Because(failure.Forged.Errorf(xsrfRefused), "%s", xsrfReason(r.Header))
}

// xsrfObserved is a write without the header (row 26).
func xsrfObserved(refused) reply {
	return reply{status: http.StatusForbidden, header: map[string]string{"Content-Type": "text/plain"}, body: []byte(xsrfRefused)}
}
