package confluence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// ErrNotJSON is a successful answer whose body is not JSON, such as a sign-in page.
var ErrNotJSON = errors.New("the body is not JSON")

// call is one operation to carry out.
type call struct {
	method     string
	path       string // from /wiki/ on, escaped
	query      url.Values
	in, out    any
	idempotent bool // whatever the method says
}

// Do carries out any operation of the site: the way to those that have no method of their own.
//
// The path starts with /wiki/ and is escaped already; the query stands in query. If in is not nil, it is sent as
// JSON. If out is not nil, the answer is decoded into it, unless the status says that there is none (204, 205).
// Errors and repetition are as for every other call.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, in, out any) error {
	return c.do(ctx, call{method: method, path: path, query: query, in: in, out: out})
}

// get carries out a GET and decodes its answer.
func (c *Client) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.do(ctx, call{method: http.MethodGet, path: path, query: query, out: out})
}

// do carries out one operation, again where the site asks for it, and names it in every error.
func (c *Client) do(ctx context.Context, op call) error {
	if err := c.repeat(ctx, op); err != nil {
		return fmt.Errorf("%s %s: %w", op.method, op.path, err)
	}
	return nil
}

// once sends one request and decodes its answer. Any answer outside 2xx is an [*Error].
func (c *Client) once(ctx context.Context, op call, body []byte) error {
	req, err := c.request(ctx, op, body)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		var sent *url.Error
		if errors.As(err, &sent) {
			return sent.Err // without the address: its query may hold what people look for
		}
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return c.failed(resp)
	}
	if op.out == nil || resp.StatusCode == http.StatusNoContent || resp.StatusCode == http.StatusResetContent {
		return nil
	}
	return c.decode(resp, op.out)
}

// request builds the request for op.
func (c *Client) request(ctx context.Context, op call, body []byte) (*http.Request, error) {
	if !strings.HasPrefix(op.path, "/wiki/") || strings.ContainsAny(op.path, "?#") {
		return nil, errors.New("the path must start with /wiki/ and have no query or fragment")
	}
	address := c.base + op.path
	if len(op.query) > 0 {
		address += "?" + op.query.Encode()
	}
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, op.method, address, content)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if op.method != http.MethodGet && op.method != http.MethodHead {
		req.Header.Set("X-Atlassian-Token", "no-check")
	}
	c.authorize(req)
	return req, nil
}

// asIs is a body that is JSON already. An encoder would close up its white space.
type asIs []byte

// encode returns v as JSON without HTML escapes, or nil for nil.
func encode(v any) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	if text, ok := v.(asIs); ok {
		return text, nil
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("encode body: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// decode reads a successful answer into out.
func (c *Client) decode(resp *http.Response, out any) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.maxResponse+1))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if int64(len(body)) > c.maxResponse {
		return fmt.Errorf("the answer is larger than %d bytes", c.maxResponse)
	}
	if !json.Valid(body) {
		return fmt.Errorf("%s with content type %q: %w", resp.Status, resp.Header.Get("Content-Type"), ErrNotJSON)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

// pathSegment escapes id as one segment of a path.
func pathSegment(id string) (string, error) {
	if id == "" || id == "." || id == ".." {
		return "", fmt.Errorf("%q cannot stand in a path", id)
	}
	return url.PathEscape(id), nil
}

// orNil returns what was decoded, or nil where that failed.
func orNil[T any](out *T, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}
