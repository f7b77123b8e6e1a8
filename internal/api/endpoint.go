package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/rosterhq/roster/internal/content"
)

// endpoint is an operation's code behind one signature, with the types it takes and answers.
type endpoint struct {
	params *params
	out    reflect.Type
	call   func(s *Server, ctx context.Context, c *call, r *http.Request) (any, error)
}

// nothing is an input without parameters, and an answer without a body.
type nothing struct{}

// checkable is an input that can be wrong in ways its tags do not say.
type checkable interface{ check(*call) error }

// do adapts a typed operation: In is filled from the request by its tags, Out is encoded.
func do[In, Out any](f func(*Server, context.Context, *call, In) (Out, error)) endpoint {
	p := paramsOf(reflect.TypeFor[In]())
	return endpoint{p, reflect.TypeFor[Out](), func(s *Server, ctx context.Context, c *call, r *http.Request) (any, error) {
		var in In
		if err := p.fill(c, r, reflect.ValueOf(&in).Elem()); err != nil {
			return nil, err
		}
		if in, ok := any(in).(checkable); ok {
			if err := in.check(c); err != nil {
				return nil, err
			}
		}
		c.withAdminKey = c.op.needs.has(adminKey) && strings.EqualFold(r.Header.Get("Atl-Confluence-With-Admin-Key"), "true")
		if err := s.checkXSRF(ctx, c, r); err != nil {
			return nil, err
		}
		if err := s.permit(ctx, c, in); err != nil {
			return nil, err
		}
		if err := s.limit(c); err != nil {
			return nil, err
		}
		return f(s, ctx, c, in)
	}}
}

// permit refuses what the caller may not do, asking the space where it has a say.
func (s *Server) permit(ctx context.Context, c *call, in any) error {
	ask, err := permit(c, in)
	if w, ok := in.(watching); ok && err == nil && ask != (content.Question{}) {
		err = s.Content.Decide(ctx, c.site.ID, c.spaceViewer(), w.watched(), ask)
	}
	return err
}
