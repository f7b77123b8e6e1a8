package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// statuses are what kinds of failure are answered with. A body that is too large is as wrong as any other.
var statuses = map[failure.Kind]int{
	failure.Malformed: 401, failure.Unauthenticated: 401, failure.WrongHost: 401,
	failure.Forbidden: 403, failure.Forged: 403,
	failure.Invalid: 400, failure.TooLarge: 400, failure.WrongMediaType: 415,
	failure.NotFound: 404, failure.NoRoute: 404, failure.WrongMethod: 405, failure.Conflict: 409, failure.Unavailable: 503,
}

// answer answers a request. Secrets may be in it, so nobody keeps it.
func (s *Server) answer(w http.ResponseWriter, c *call) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	status, out, err := s.serveOrRecover(w, c)
	if err != nil {
		status, out = s.refusal(c, err)
		s.explained(w, c, err, status)
	}
	if out == nil {
		w.WriteHeader(status)
		return
	}
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		s.logFailure(c, err)
		status = http.StatusInternalServerError
		body.Reset()
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(bytes.TrimSuffix(body.Bytes(), []byte("\n")))
}

// serveOrRecover makes of a panic a failure like any other: logged whole, shown as nothing.
func (s *Server) serveOrRecover(w http.ResponseWriter, c *call) (status int, out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := s.admit(c); err != nil {
		return 0, nil, err
	}
	do, id, allow, err := c.route()
	if err != nil {
		if len(allow) > 0 {
			w.Header().Set("Allow", strings.Join(allow, ", "))
		}
		return 0, nil, err
	}
	return do(s, c, id)
}

// refusal is what a failed request is answered with, in the dialect of v1.
func (s *Server) refusal(c *call, err error) (int, confluence.ErrorV1) {
	kind, message := failure.Of(err)
	status := statuses[kind]
	switch {
	case kind == failure.Internal && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)):
		status, message = http.StatusServiceUnavailable, "The request was given up."
	case kind == failure.Internal && db.IsUnavailable(err):
		s.logFailure(c, err)
		status, message = http.StatusServiceUnavailable, "The database cannot be reached now; try again."
	case status == 0:
		s.logFailure(c, err)
		status = http.StatusInternalServerError
	}
	return status, confluence.ErrorV1{
		StatusCode: status, Message: message, Data: &confluence.ErrorV1Data{
			Authorized: status != http.StatusUnauthorized && status != http.StatusForbidden, Valid: true, Errors: []confluence.ErrorV1Item{},
		},
	}
}

func (s *Server) logFailure(c *call, err error) {
	s.Log.ErrorContext(c.Context(), "request failed", "request", c.by.RequestID, "method", c.Method, "path", "/_roster/"+c.place[0], "err", err)
}
