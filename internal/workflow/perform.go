package workflow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/event"
	"github.com/rosterhq/roster/internal/outbound"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// caller carries out operations of a site: the client of either API.
type caller interface {
	Do(ctx context.Context, method, path string, query url.Values, in, out any) error
}

// perform runs an action, and returns what it answers as JSON. A failure of the site is a *[dsl.Failure].
func (j *journal) perform(ctx context.Context, a action.Action, with map[string]any) ([]byte, error) {
	ctx, stop := bothOf(ctx, j.whole)
	defer stop()
	if a.Name == callHTTP {
		return j.http(ctx, with)
	}
	request, err := a.Request(with)
	if err != nil {
		return nil, invalid(err.Error())
	}
	ctx = event.ByRun(ctx, j.c.id)
	site, err := j.caller(ctx, request)
	if err != nil {
		return nil, err
	}
	var answer json.RawMessage
	var out any = &answer
	if !a.Answers() {
		out = nil
	}
	if err := site.Do(ctx, request.Method, request.Path, request.Query, request.Body, out); err != nil {
		return nil, refused(err)
	}
	return answer, nil
}

// bothOf returns a context that ends with either: a task's need not be made of the run's.
func bothOf(task, run context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(task)
	stop := context.AfterFunc(run, func() { cancel(context.Cause(run)) })
	return ctx, func() { stop(); cancel(nil) }
}

// connection returns the run's connection as it is now. Its secret is hidden from then on.
func (j *journal) connection(ctx context.Context) (Connection, error) {
	name := j.c.run.Connection
	c, found, err := connection(context.WithoutCancel(ctx), j.Store.Changes.DB, j.c.site, name)
	if err == nil && !found {
		f := &dsl.Failure{Type: dsl.ConfigurationError, Status: 500, Title: "The connection is missing", Detail: fmt.Sprintf("There is no connection %q.", name)}
		if name == "" {
			f.Detail = "The workflow has no connection."
		}
		err = f
	}
	j.hide.add(string(c.secret))
	return c, err
}

// showSecrets has the redactor know what a call may show, before it is made.
func (j *journal) showSecrets(ctx context.Context) error {
	_, err := j.connection(ctx)
	if _, missing := errors.AsType[*dsl.Failure](err); missing {
		return nil // the call will say so
	}
	return err
}

// caller returns the client of the API that a request is of.
func (j *journal) caller(ctx context.Context, request action.Request) (caller, error) {
	c, err := j.connection(ctx)
	if err != nil {
		return nil, err
	}
	if c.Kind == Remote {
		if request.Header == nil {
			request.Header = http.Header{}
		}
		j.c.mark(request.Header)
	}
	return j.Way.caller(ctx, j.c.site, c, request)
}

// headed sends headers of an action with its request.
type headed struct {
	header  http.Header
	through http.RoundTripper // nil for the default
}

func (h headed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	maps.Copy(r.Header, h.header)
	return cmp.Or(h.through, http.DefaultTransport).RoundTrip(r)
}

// refused turns what a site answered into a failure that a workflow may catch.
func refused(err error) error {
	if e, ok := errors.AsType[*confluence.Error](err); ok {
		f := &dsl.Failure{Type: dsl.CommunicationError, Status: e.StatusCode, Title: http.StatusText(e.StatusCode), Detail: e.Message}
		switch e.StatusCode {
		case http.StatusUnauthorized:
			f.Type = dsl.AuthenticationError
		case http.StatusForbidden:
			f.Type = dsl.AuthorizationError
		}
		return f
	}
	f := &dsl.Failure{Type: dsl.CommunicationError, Status: http.StatusBadGateway, Title: "The site cannot be reached", Detail: err.Error()}
	if errors.Is(err, confluence.ErrNotJSON) {
		f.Title = "The answer is not JSON"
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		f.Type, f.Status, f.Title = dsl.TimeoutError, http.StatusRequestTimeout, "The site takes too long to answer"
	}
	return &cut{f, err}
}

// cut is a failure of the way to a site, with its error.
type cut struct {
	failure *dsl.Failure
	cause   error
}

func (c *cut) Error() string   { return c.failure.Error() }
func (c *cut) Unwrap() []error { return []error{c.failure, c.cause} }

// unknown reports whether err leaves open whether a request was carried out: it was sent, and nothing was answered.
func unknown(err error) bool {
	c, ok := errors.AsType[*cut](err)
	if !ok || errors.Is(c.cause, confluence.ErrNotJSON) || errors.Is(c.cause, outbound.ErrRefused) {
		return false
	}
	if op, ok := errors.AsType[*net.OpError](c.cause); ok && op.Op == "dial" {
		return false
	}
	return true
}

func invalid(words string) *dsl.Failure {
	return &dsl.Failure{Type: dsl.ValidationError, Status: http.StatusBadRequest, Title: "The arguments are wrong", Detail: words}
}

// all reads a body of at most so many bytes; one that is larger is a failure.
func all(r io.Reader, most int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(body)) > most {
		err = &dsl.Failure{Type: dsl.RuntimeError, Status: 500, Title: "The answer is too large", Detail: fmt.Sprintf("It has more than %d bytes.", most)}
	}
	return body, err
}
