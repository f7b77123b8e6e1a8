package rosteradmin

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

	"github.com/rosterhq/roster/confluence"
)

const (
	maxAnswer    = 16 << 20
	maxErrorBody = 64 << 10 // bytes of a failed answer that an error keeps
)

// Client calls the administrators' API of one site. It is safe for use by several goroutines at once.
type Client struct {
	Accounts *Accounts
	Apps     *Apps
	Tokens   *Tokens
	Webhooks *Webhooks

	Workflows   *Workflows
	Runs        *Runs
	Connections *Connections
	Secrets     *WorkflowSecrets

	base      string // without a trailing slash and without /wiki
	http      *http.Client
	authorize func(*http.Request)
}

// Option configures a [Client].
type Option func(*Client)

// NewClient returns a client for the site at base, such as "https://acme.example" or, in a stand-in,
// "http://127.0.0.1:8080/_site/demo". A trailing "/wiki" is dropped. A gateway address does not serve this API.
func NewClient(base string, options ...Option) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the base URL is not of the form https://host, without credentials and query")
	}
	path := strings.TrimSuffix(strings.TrimRight(u.EscapedPath(), "/"), "/wiki")
	c := &Client{base: u.Scheme + "://" + u.Host + path, authorize: func(*http.Request) {}}
	// A redirect could carry the credential, and the secrets that are asked for, to somebody else.
	c.http = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, o := range options {
		o(c)
	}
	c.Accounts, c.Apps, c.Tokens = &Accounts{c}, &Apps{c}, &Tokens{c}
	c.Workflows, c.Runs, c.Connections, c.Secrets = &Workflows{c}, &Runs{c}, &Connections{c}, &WorkflowSecrets{c}
	c.Webhooks = &Webhooks{c}
	return c, nil
}

// WithBasicAuth signs every request with an administrator's e-mail address and API token.
func WithBasicAuth(email, token string) Option {
	return func(c *Client) { c.authorize = func(r *http.Request) { r.SetBasicAuth(email, token) } }
}

// WithBearer signs every request with an administrator's API token.
func WithBearer(token string) Option {
	return func(c *Client) {
		c.authorize = func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
}

// WithHTTPClient sends requests through h, with its transport, redirects and timeout. A nil h changes nothing.
func WithHTTPClient(h *http.Client) Option {
	return func(c *Client) {
		if h != nil {
			c.http = h
		}
	}
}

// Do carries out any request of the administrators' API: the way to those that have no method of their own.
//
// The path starts with /_roster/ and is escaped already; the query stands in query. If in is not nil, it is sent as
// JSON. If out is not nil, the answer is decoded into it. Errors are as for every other call; nothing is repeated.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, in, out any) error {
	if !strings.HasPrefix(path, "/_roster/") || strings.ContainsAny(path, "?#") {
		return fmt.Errorf("%s %s: the path must start with /_roster/ and have no query or fragment", method, path)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.call(ctx, method, path, in, out)
}

// call carries out one request below /_roster, and decodes its answer into out unless that is nil. Any answer outside
// 2xx is a [*confluence.Error].
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	if err := c.once(ctx, method, path, in, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

func (c *Client) once(ctx context.Context, method, path string, in, out any) error {
	r, err := c.request(ctx, method, path, in)
	if err != nil {
		return err
	}
	return c.send(r, out)
}

func (c *Client) send(r *http.Request, out any) error {
	got, err := c.http.Do(r)
	if err != nil {
		if sent, ok := errors.AsType[*url.Error](err); ok {
			return sent.Err // without the address, which says nothing new
		}
		return err
	}
	defer got.Body.Close()
	if got.StatusCode/100 != 2 {
		return failed(got)
	}
	if out == nil {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(got.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if len(body) > maxAnswer {
		return fmt.Errorf("the answer is larger than %d bytes", maxAnswer)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("encode body: %w", err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "roster-go")
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	c.authorize(r)
	return r, nil
}

// failed reads an answer outside 2xx. A body that cannot be read to its end is kept as far as it came.
func failed(got *http.Response) *confluence.Error {
	body, _ := io.ReadAll(io.LimitReader(got.Body, maxErrorBody))
	e := &confluence.Error{
		StatusCode: got.StatusCode, Message: http.StatusText(got.StatusCode), RequestID: got.Header.Get("X-Roster-Request-Id"), Body: body,
	}
	var said confluence.ErrorV1
	if json.Unmarshal(body, &said) == nil && said.Message != "" {
		e.Message = said.Message
	}
	return e
}
