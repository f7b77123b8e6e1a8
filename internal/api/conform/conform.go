// Package conform holds answers against OpenAPI documents, for tests: what a document does not describe is a fault.
package conform

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// Checker knows documents. It may be used by many at once.
type Checker struct {
	documents []document
}

// New reads and validates OpenAPI documents, in JSON or YAML, of version 3.0 or 3.1.
func New(documents ...[]byte) (*Checker, error) {
	c := &Checker{}
	for i, text := range documents {
		d, err := load(text)
		if err != nil {
			return nil, fmt.Errorf("load document %d: %w", i+1, err)
		}
		c.documents = append(c.documents, d)
	}
	return c, nil
}

// Check returns why an answer is not one that the documents describe: its status, content type, headers or body.
// Each document is asked that has the request's operation; a request that none has is not checked, nor is one that
// is answered by a redirect. It reads the answer's body and puts it back.
func (c *Checker) Check(r *http.Request, answer *http.Response) error {
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	for _, d := range c.documents {
		route := d.route(r)
		if route == nil {
			continue
		}
		input := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: route},
			Status:                 answer.StatusCode,
			Header:                 answer.Header,
			Options: &openapi3filter.Options{
				IncludeResponseStatus: true, MultiError: true, ExcludeResponseBody: isOtherText(route.Operation, answer),
			},
		}
		input.SetBodyBytes(body)
		if err := openapi3filter.ValidateResponse(r.Context(), input); err != nil {
			return fmt.Errorf("%s %s answered %d, which %s does not describe: %w\n%.1000s",
				r.Method, r.URL.RequestURI(), answer.StatusCode, d.spec.Info.Title, err, body)
		}
		if described := route.Operation.Responses.Status(answer.StatusCode); answer.StatusCode < 300 && len(described.Value.Content) == 0 && len(body) > 0 {
			return fmt.Errorf("%s %s answered with a body, and %s describes none:\n%.1000s", r.Method, r.URL.RequestURI(), d.spec.Info.Title, body)
		}
	}
	return nil
}

// isOtherText reports whether an answer is of a described type that has no schema worth the name, such as HTML.
func isOtherText(op *openapi3.Operation, answer *http.Response) bool {
	contentType := answer.Header.Get("Content-Type")
	described := op.Responses.Status(answer.StatusCode)
	return described != nil && !strings.HasPrefix(contentType, "application/json") && described.Value.Content.Get(contentType) != nil
}

// Transport sends requests by [http.DefaultTransport] and fails t by every answer that the documents do not describe.
func Transport(t testing.TB, documents ...[]byte) http.RoundTripper {
	t.Helper()
	c, err := New(documents...)
	if err != nil {
		t.Fatal(err)
	}
	return c.Transport(t)
}

// Transport is [Transport] for documents that were read before.
func (c *Checker) Transport(t testing.TB) http.RoundTripper { return transport{t, c} }

type transport struct {
	t       testing.TB
	checker *Checker
}

func (tr transport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if err := tr.checker.Check(r, answer); err != nil {
		tr.t.Error(err)
	}
	return answer, nil
}

// document is one OpenAPI document.
type document struct {
	spec *openapi3.T
	base string // goes before its paths
}

func load(text []byte) (document, error) {
	loader := openapi3.NewLoader()
	spec, err := loader.LoadFromData(text)
	if err != nil {
		return document{}, err
	}
	if err := spec.Validate(loader.Context); err != nil {
		return document{}, err
	}
	d := document{spec: spec}
	// The paths of Confluence's own v2 document start below its server's path; where a server's path is the
	// place of a site, the paths start with the site's own.
	if len(spec.Servers) > 0 {
		if at := strings.Index(spec.Servers[0].URL, wiki); at >= 0 {
			d.base = spec.Servers[0].URL[at:]
		}
	}
	return d, nil
}

const wiki = "/wiki/"

// route finds a request's operation by what its path is on the site, wherever the site stands; nil if there is none.
func (d document) route(r *http.Request) *routers.Route {
	path := r.URL.EscapedPath()
	if at := strings.Index(path, wiki); at >= 0 {
		path = path[at:]
	}
	path, ok := strings.CutPrefix(path, d.base)
	if !ok {
		return nil
	}
	for _, template := range d.spec.Paths.InMatchingOrder() {
		if !matches(template, path) {
			continue
		}
		item := d.spec.Paths.Value(template)
		if op := item.GetOperation(r.Method); op != nil {
			return &routers.Route{Spec: d.spec, Path: template, PathItem: item, Method: r.Method, Operation: op}
		}
	}
	return nil
}

// matches compares segment by segment; a parameter takes any one that is not empty.
func matches(template, path string) bool {
	want, have := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i, w := range want {
		if strings.HasPrefix(w, "{") && have[i] != "" {
			continue
		}
		if w != have[i] {
			return false
		}
	}
	return true
}
