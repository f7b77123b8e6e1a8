package emulate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"runtime/debug"
	"strings"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/jsonbody"
	"github.com/rosterhq/roster/internal/seed"
)

// SitesPath is where a stand-in takes what is to happen to its sites.
const SitesPath = "/_roster/sites"

// Control answers requests about a stand-in's sites, whoever asks.
type Control struct {
	Sites    *Sites
	Describe func(seed.Applied) any           // what is answered about a site
	Identify func(http.ResponseWriter) string // gives an answer the ID of its request
	Log      *slog.Logger
}

// Handler serves the paths about sites and hands other requests on to next.
func (c *Control) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, ours := strings.CutPrefix(r.URL.EscapedPath(), SitesPath)
		if !ours || rest != "" && rest[0] != '/' {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-store") // there are tokens in it
		w.Header().Set("X-Content-Type-Options", "nosniff")
		q := &query{Request: r, by: change.Actor{RequestID: c.Identify(w), Via: change.API}}
		a, err := c.serveOrRecover(w, q, rest)
		if err != nil {
			a = c.refusal(q, err)
		}
		a.write(w)
	})
}

// query is one request.
type query struct {
	*http.Request
	by      change.Actor
	cloudID string
}

// answer is what a request is answered with: text, or else a value as JSON, or nothing.
type answer struct {
	status int
	value  any
	text   []byte
}

func (a answer) write(w http.ResponseWriter) {
	switch {
	case a.text != nil:
		w.Header().Set("Content-Type", "application/yaml")
	case a.value != nil:
		var body bytes.Buffer
		e := json.NewEncoder(&body)
		e.SetEscapeHTML(false)
		if e.Encode(a.value) != nil {
			a.status = http.StatusInternalServerError
		}
		a.text = bytes.TrimSuffix(body.Bytes(), []byte("\n"))
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(a.status)
	w.Write(a.text)
}

// verb is what a method does at a path.
type verb func(*Control, *query) (answer, error)

// verbs are what can be done, by what follows the cloud ID in the path, and by method.
var verbs = map[string]map[string]verb{
	"/*":       {http.MethodDelete: (*Control).remove},
	"/*/reset": {http.MethodPost: (*Control).reset},
	"/*/seed":  {http.MethodGet: (*Control).export},
	"":         {http.MethodGet: (*Control).list, http.MethodPost: (*Control).make},
}

// serveOrRecover makes of a panic a failure like any other: logged whole, shown as nothing.
func (c *Control) serveOrRecover(w http.ResponseWriter, q *query, path string) (a answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	// Nobody needs a credential here, so a page that somebody looks at could ask in their place.
	if http.NewCrossOriginProtection().Check(q.Request) != nil {
		return a, failure.Forged.Errorf("Another site sent this request.")
	}
	place := strings.Split(path, "/")
	if len(place) > 1 {
		if q.cloudID, err = url.PathUnescape(place[1]); err != nil || q.cloudID == "" {
			return a, failure.NoRoute.Errorf("There is nothing at this path.")
		}
		place[1] = "*"
	}
	methods, known := verbs[strings.Join(place, "/")]
	if !known {
		return a, failure.NoRoute.Errorf("There is nothing at this path.")
	}
	method := q.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	do := methods[method]
	if do == nil {
		var allowed []string
		for _, m := range []string{http.MethodDelete, http.MethodGet, http.MethodPost} {
			if methods[m] != nil {
				allowed = append(allowed, m)
			}
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return a, failure.WrongMethod.Errorf("This path does not take %.20s.", q.Method)
	}
	return do(c, q)
}

func (c *Control) list(q *query) (answer, error) {
	all, err := c.Sites.List(q.Context())
	out := make([]any, len(all))
	for i, one := range all {
		out[i] = c.Describe(one)
	}
	return answer{status: http.StatusOK, value: map[string]any{"sites": out}}, err
}

func (c *Control) make(q *query) (answer, error) {
	var body *struct {
		Name *string `json:"name"`
	}
	if err := jsonbody.Read(q.Request, reflect.ValueOf(&body).Elem(), true); err != nil {
		return answer{}, err
	}
	name := ""
	if body != nil && body.Name != nil {
		if name = *body.Name; name == "" {
			return answer{}, failure.Invalid.Errorf("/name is empty; leave it out to have one made.")
		}
	}
	made, err := c.Sites.Make(q.Context(), q.by, name)
	return answer{status: http.StatusCreated, value: c.Describe(made)}, err
}

func (c *Control) reset(q *query) (answer, error) {
	reset, err := c.Sites.Reset(q.Context(), q.by, q.cloudID)
	return answer{status: http.StatusOK, value: c.Describe(reset)}, err
}

func (c *Control) remove(q *query) (answer, error) {
	return answer{status: http.StatusNoContent}, c.Sites.Remove(q.Context(), q.by, q.cloudID)
}

func (c *Control) export(q *query) (answer, error) {
	text, err := c.Sites.Export(q.Context(), q.cloudID)
	return answer{status: http.StatusOK, text: text}, err
}

// statuses are what kinds of failure are answered with.
var statuses = map[failure.Kind]int{
	failure.Invalid: 400, failure.TooLarge: 400, failure.Forged: 403, failure.NotFound: 404, failure.NoRoute: 404, failure.WrongMethod: 405,
	failure.Conflict: 409, failure.WrongMediaType: 415, failure.Unavailable: 503,
}

// refusal is what a failed request is answered with, in the dialect of v1.
func (c *Control) refusal(q *query, err error) answer {
	kind, message := failure.Of(err)
	status := statuses[kind]
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		status, message = http.StatusServiceUnavailable, "The request was given up."
	case status == 0:
		status = http.StatusInternalServerError
		c.Log.ErrorContext(q.Context(), "request failed", "request", q.by.RequestID, "method", q.Method, "path", SitesPath, "err", err)
	}
	return answer{status: status, value: confluence.ErrorV1{
		StatusCode: status, Message: message, Data: &confluence.ErrorV1Data{Authorized: status != http.StatusForbidden, Valid: true, Errors: []confluence.ErrorV1Item{}},
	}}
}
