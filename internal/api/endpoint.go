package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/rosterhq/roster/internal/failure"
)

// endpoint is an operation's code behind one signature, with the types it takes and answers.
type endpoint struct {
	params *params
	out    reflect.Type
	call   func(s *Server, ctx context.Context, c *call, r *http.Request) (any, error)
	built  bool
}

// nothing is an input without parameters, or an answer without a body.
type nothing struct{}

// do adapts a typed operation: In is filled from the request by its tags, Out is encoded.
func do[In, Out any](f func(*Server, context.Context, *call, In) (Out, error)) endpoint {
	p := paramsOf(reflect.TypeFor[In]())
	return endpoint{p, reflect.TypeFor[Out](), func(s *Server, ctx context.Context, c *call, r *http.Request) (any, error) {
		var in In
		if err := p.fill(c, r, reflect.ValueOf(&in).Elem()); err != nil {
			return nil, err
		}
		if err := permit(c, in); err != nil {
			return nil, err
		}
		return f(s, ctx, c, in)
	}, true}
}

// later declares an operation that is not served yet.
func later[In, Out any]() endpoint {
	return endpoint{paramsOf(reflect.TypeFor[In]()), reflect.TypeFor[Out](), func(*Server, context.Context, *call, *http.Request) (any, error) {
		return nil, failure.Unbuilt.Errorf("This version of Roster does not serve this operation yet.")
	}, false}
}
