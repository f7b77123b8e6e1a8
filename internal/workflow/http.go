package workflow

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// mostRedirects bounds how far a call is led elsewhere, each time to a host that may be called.
const mostRedirects = 3

// methodOf returns the method of a call of HTTP.
func methodOf(with map[string]any) string {
	method, _ := with["method"].(string)
	return strings.ToUpper(method)
}

// http carries out a call of HTTP, to a host that the site allows.
func (j *journal) http(ctx context.Context, with map[string]any) ([]byte, error) {
	r, err := httpRequest(ctx, with)
	if err != nil {
		return nil, err
	}
	if err := j.allowed(ctx, r.URL); err != nil {
		return nil, err
	}
	j.c.mark(r.Header)
	client := *j.Remote
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if len(via) > mostRedirects {
			return fmt.Errorf("stopped after %d redirects", mostRedirects)
		}
		if next.URL.Scheme != "https" && via[len(via)-1].URL.Scheme == "https" {
			return errors.New("a redirect leads from https to something else")
		}
		return j.allowed(ctx, next.URL)
	}
	got, err := client.Do(r)
	if err != nil {
		if sent, ok := errors.AsType[*url.Error](err); ok {
			err = sent.Err // without the address, which may hold a secret
		}
		if failed, ok := errors.AsType[*dsl.Failure](err); ok {
			return nil, failed
		}
		return nil, refused(err)
	}
	defer got.Body.Close()
	body, err := all(got.Body, mostResult)
	if _, large := errors.AsType[*dsl.Failure](err); err != nil && !large {
		err = refused(err)
	}
	if err != nil {
		return nil, err
	}
	if got.StatusCode/100 != 2 {
		return nil, refusedHTTP(got.StatusCode, body)
	}
	return httpResult(with, got, body)
}

// allowed fails where the site does not allow calls to an address.
func (j *journal) allowed(ctx context.Context, to *url.URL) error {
	ok := false
	if j.AllowHTTP != nil {
		var err error
		if ok, err = j.AllowHTTP(context.WithoutCancel(ctx), j.c.site, to.Hostname()); err != nil {
			return fmt.Errorf("look up whether %s may be called: %w", to.Hostname(), err)
		}
	}
	if !ok {
		return &dsl.Failure{Type: dsl.AuthorizationError, Status: 403, Title: "The host may not be called", Detail: fmt.Sprintf("%s is not on the list of hosts that workflows may call.", to.Hostname())}
	}
	return nil
}

func httpRequest(ctx context.Context, with map[string]any) (*http.Request, error) {
	if err := fits(with); err != nil {
		return nil, err
	}
	endpoint, _ := with["endpoint"].(string)
	if o, ok := with["endpoint"].(map[string]any); ok {
		endpoint, _ = o["uri"].(string)
	}
	to, err := url.Parse(endpoint)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" || to.User != nil {
		return nil, invalid("The endpoint is not of the form https://host/path, without credentials.")
	}
	query := to.Query()
	if more, ok := with["query"].(map[string]any); ok {
		for name, value := range more {
			query.Set(name, plain(value))
		}
		to.RawQuery = query.Encode()
	}
	var body io.Reader
	isText := false
	if value, there := with["body"]; there && value != nil {
		text, ok := value.(string)
		if isText = ok; !ok {
			encoded, err := json.Marshal(value)
			if err != nil {
				return nil, invalid("The body is not JSON.")
			}
			text = string(encoded)
		}
		body = strings.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, methodOf(with), to.String(), body)
	if err != nil {
		return nil, invalid("The method or the endpoint cannot be used.")
	}
	r.Header.Set("User-Agent", "roster-workflow")
	if body != nil && !isText {
		r.Header.Set("Content-Type", "application/json")
	}
	if headers, ok := with["headers"].(map[string]any); ok {
		for name, value := range headers {
			r.Header.Set(name, plain(value))
		}
	}
	return r, nil
}

// fits refuses what an expression made of the arguments that a file could not have said: nothing of it is passed over.
func fits(with map[string]any) error {
	if o, ok := with["endpoint"].(map[string]any); ok {
		for name := range o {
			if name != "uri" {
				return invalid(fmt.Sprintf("The endpoint has a member %q, and can have uri alone.", name))
			}
		}
	}
	for _, name := range []string{"query", "headers"} {
		if _, ok := with[name].(map[string]any); !ok && with[name] != nil {
			return invalid(fmt.Sprintf("The argument %s is no object.", name))
		}
	}
	switch with["output"] {
	case nil, "content", "response", "raw":
		return nil
	}
	return invalid("The output is none of content, response and raw.")
}

// plain is a value as it stands in a query or a header.
func plain(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, _ := json.Marshal(value)
	return string(text)
}

// httpResult is what a call returns: what its output asks for, or else the content.
func httpResult(with map[string]any, got *http.Response, body []byte) ([]byte, error) {
	output, _ := with["output"].(string)
	if output == "raw" {
		return json.Marshal(base64.StdEncoding.EncodeToString(body))
	}
	var content any = string(body)
	kind, _, _ := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if kind == "application/json" || strings.HasSuffix(kind, "+json") {
		v, err := decode(body)
		if err != nil && len(bytes.TrimSpace(body)) > 0 {
			return nil, &dsl.Failure{Type: dsl.CommunicationError, Status: 502, Title: "The answer is not JSON", Detail: err.Error()}
		}
		content = v
	}
	if output != "response" {
		return json.Marshal(content)
	}
	headers := map[string]string{}
	for name := range got.Header {
		headers[strings.ToLower(name)] = got.Header.Get(name)
	}
	return json.Marshal(map[string]any{
		"request":    map[string]any{"method": got.Request.Method, "uri": got.Request.URL.String()},
		"statusCode": got.StatusCode, "headers": headers, "content": content,
	})
}

func refusedHTTP(status int, body []byte) error {
	f := &dsl.Failure{Type: dsl.CommunicationError, Status: status, Title: http.StatusText(status), Detail: string(body[:min(len(body), 1000)])}
	switch status {
	case http.StatusUnauthorized:
		f.Type = dsl.AuthenticationError
	case http.StatusForbidden:
		f.Type = dsl.AuthorizationError
	}
	return f
}
