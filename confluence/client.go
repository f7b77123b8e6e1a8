package confluence

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	defaultUserAgent = "roster-go"
	defaultTries     = 3
	defaultMaxWait   = 30 * time.Second
	maxResponse      = 64 << 20 // bytes of a successful answer
	maxErrorBody     = 64 << 10 // bytes of a failed answer that an [Error] keeps
)

// Client calls one site. It is safe for use by several goroutines at once.
type Client struct {
	Users   *Users    // the operations documented under "Users"
	Groups  *Groups   // the operations documented under "Group"
	Watches *Watches  // the operations documented under "Content watches"
	Content *Contents // a few of the operations on content
	Spaces  *Spaces   // a few of the operations on spaces

	Properties *Properties // the operations documented under "User properties"
	AdminKey   *AdminKeys  // the operations documented under "Admin Key"

	base        string // without a trailing slash and without /wiki
	cloudID     string
	http        *http.Client
	authorize   func(*http.Request)
	userAgent   string
	tries       int
	maxWait     time.Duration
	maxResponse int64
	now         func() time.Time
	sleep       func(context.Context, time.Duration) error
}

// Option configures a [Client].
type Option func(*Client)

// NewClient returns a client for the site at base, such as "https://acme.example".
//
// The base may also be a gateway address of the form "https://api.example/ex/confluence/{cloudId}".
// A trailing "/wiki" is understood and dropped: the client adds it to every path.
func NewClient(base string, options ...Option) (*Client, error) {
	site, err := siteURL(base)
	if err != nil {
		return nil, err
	}
	c := &Client{
		base:        site,
		http:        &http.Client{},
		authorize:   func(*http.Request) {},
		userAgent:   defaultUserAgent,
		tries:       defaultTries,
		maxWait:     defaultMaxWait,
		maxResponse: maxResponse,
		now:         time.Now,
		sleep:       sleep,
	}
	for _, o := range options {
		o(c)
	}
	if c.cloudID != "" {
		if strings.Contains(c.base, "/ex/confluence/") {
			return nil, fmt.Errorf("base %q already names a site behind the gateway", base)
		}
		c.base += "/ex/confluence/" + url.PathEscape(c.cloudID)
	}
	c.Users = &Users{c}
	c.Groups = &Groups{c}
	c.Watches = &Watches{c}
	c.Content = &Contents{c}
	c.Spaces = &Spaces{c}
	c.Properties = &Properties{c}
	c.AdminKey = &AdminKeys{c}
	return c, nil
}

// siteURL checks base and brings it into the form that paths are added to.
func siteURL(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		var parse *url.Error
		if errors.As(err, &parse) {
			err = parse.Err // without the address, which may hold a password
		}
		return "", fmt.Errorf("parse base URL: %w", err)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "", fmt.Errorf("base URL %q is not of the form https://host", u.Redacted())
	case u.User != nil:
		return "", fmt.Errorf("base URL %q holds credentials; pass them as an option", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return "", fmt.Errorf("base URL %q has a query or fragment", u.Redacted())
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	return u.Scheme + "://" + u.Host + strings.TrimSuffix(path, "/wiki"), nil
}

// WithBasicAuth signs every request with an account's e-mail address and API token.
func WithBasicAuth(email, token string) Option {
	return func(c *Client) {
		c.authorize = func(r *http.Request) { r.SetBasicAuth(email, token) }
	}
}

// WithBearer signs every request with an OAuth 2.0 access token or a scoped API token.
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

// WithGateway calls the site cloudID through the gateway at the client's base,
// as OAuth 2.0 access tokens and scoped API tokens need.
func WithGateway(cloudID string) Option { return func(c *Client) { c.cloudID = cloudID } }

// WithRetries sets how often one call may be tried, and how long it may wait in all between its tries.
// The default is 3 tries and 30 seconds. One try, or fewer, means that nothing is repeated.
func WithRetries(tries int, maxWait time.Duration) Option {
	return func(c *Client) { c.tries, c.maxWait = tries, maxWait }
}

// WithUserAgent sets the User-Agent header.
func WithUserAgent(name string) Option { return func(c *Client) { c.userAgent = name } }
