package confluence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
)

// Properties are the operations documented under "User properties": JSON objects that are kept with a user.
type Properties struct{ c *Client }

// List goes through the keys of a user's properties, in their order.
func (p *Properties) List(ctx context.Context, accountID string, first PageOptions) iter.Seq2[UserPropertyKey, error] {
	return entries(first, func(o PageOptions) (page[UserPropertyKey], error) {
		out, err := p.ListPage(ctx, accountID, o)
		if err != nil {
			return page[UserPropertyKey]{}, err
		}
		return page[UserPropertyKey]{out.Results, out.Start, out.Limit, out.Links}, nil
	})
}

// ListPage returns one page of the keys of a user's properties: 5 unless the options say otherwise, 25 at most.
func (p *Properties) ListPage(ctx context.Context, accountID string, o PageOptions) (*UserPropertyKeyArray, error) {
	path, err := propertyPath(accountID)
	if err != nil {
		return nil, err
	}
	out := new(UserPropertyKeyArray)
	return orNil(out, p.c.get(ctx, path, o.query(), out))
}

// Get returns a property, its value byte for byte as it was stored. A user or a property that does not exist is
// [ErrNotFound].
func (p *Properties) Get(ctx context.Context, accountID, key string) (*UserProperty, error) {
	path, err := propertyPath(accountID, key)
	if err != nil {
		return nil, err
	}
	out := new(UserProperty)
	return orNil(out, p.c.get(ctx, path, nil, out))
}

// Create stores a new property. The value must become a JSON object; a [json.RawMessage] is sent byte for byte.
// A key that the user has already is [ErrConflict].
func (p *Properties) Create(ctx context.Context, accountID, key string, value any) error {
	return p.write(ctx, http.MethodPost, accountID, key, value)
}

// Update gives a property another value, as [Properties.Create] does. One that does not exist is [ErrNotFound].
func (p *Properties) Update(ctx context.Context, accountID, key string, value any) error {
	return p.write(ctx, http.MethodPut, accountID, key, value)
}

// Delete removes a property. One that does not exist is [ErrNotFound].
func (p *Properties) Delete(ctx context.Context, accountID, key string) error {
	path, err := propertyPath(accountID, key)
	if err != nil {
		return err
	}
	return p.c.do(ctx, call{method: http.MethodDelete, path: path})
}

func (p *Properties) write(ctx context.Context, method, accountID, key string, value any) error {
	path, err := propertyPath(accountID, key)
	if err != nil {
		return err
	}
	text, ok := value.(json.RawMessage)
	if !ok {
		if text, err = encode(value); err != nil {
			return err
		}
	}
	if !json.Valid(text) {
		return errors.New("the value of the property is not JSON")
	}
	body := bytes.Join([][]byte{[]byte(`{"value":`), text, []byte(`}`)}, nil)
	return p.c.do(ctx, call{method: method, path: path, in: asIs(body)})
}

// propertyPath is where a user's properties stand, or one of them.
func propertyPath(accountID string, key ...string) (string, error) {
	id, err := pathSegment(accountID)
	path := "/wiki/rest/api/user/" + id + "/property"
	for _, k := range key {
		if err == nil {
			k, err = pathSegment(k)
		}
		path += "/" + k
	}
	return path, err
}
