package workflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/outbound"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

func TestNoSecretIsStoredOutsideItsPlace(t *testing.T) {
	each(t, func(w *world) {
		const secret = "hunter2-and-more"
		if err := w.store.PutSecret(t.Context(), site, operator, "password", secret); err != nil {
			w.Fatal(err)
		}
		got := ""
		w.people.hook = func(out http.ResponseWriter, r *http.Request) bool {
			got = r.Header.Get("Authorization") + " " + r.Header.Get("X-Key")
			fmt.Fprintf(out, `{"echo":"you said %s and correct horse","%s":1}`, secret, secret)
			return true
		}
		w.put("leaks", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			value, err := host.Secret(ctx, "password")
			if err != nil {
				return nil, err
			}
			host.Done("/do/set", "set", "set", map[string]any{"in": value}, []any{"out", value}, nil)
			answer, err := call(ctx, host, "call", "http", map[string]any{
				"method": "POST", "endpoint": w.people.URL + "/x?key=" + value, "headers": map[string]any{"authorization": "Basic Zm9vOmJhcg==", "X-Key": value},
			})
			if err != nil {
				return nil, err
			}
			if _, err := call(ctx, host, "get", "confluence.getUser", map[string]any{"accountId": value}); err != nil {
				return nil, err
			}
			_, err = call(ctx, host, "mail", "mail.send", map[string]any{"to": "", "text": "the body " + value})
			if f, ok := errors.AsType[*dsl.Failure](err); !ok || f.Status != 400 {
				w.Error(err)
			}
			return map[string]any{"all": value, "answer": answer}, nil
		})
		id := w.start("leaks", nil)
		w.drain(func(r *workflow.Runner) {
			r.AllowHTTP = func(_ context.Context, of int64, host string) (bool, error) {
				return of == site && host == "127.0.0.1", nil
			}
		})
		r := w.is(id, workflow.Succeeded)
		if !strings.HasPrefix(got, "Basic ") {
			w.Errorf("the site was shown %q", got)
		}
		for _, text := range []string{secret, "hunter2", "correct horse", "Zm9vOmJhcg", "the body"} {
			w.lacks(text)
		}
		if len(r.Steps) != 4 || !strings.Contains(string(r.Steps[1].Output), "(redacted) and (redacted)") || !strings.Contains(string(r.Output), "(redacted)") {
			w.Errorf("the run is %s, %+v", r.Output, r.Steps)
		}
		all, err := w.store.Connections(t.Context(), site)
		text := fmt.Sprintf("%v %+v %#v", all, all, all)
		encoded, jsonErr := json.Marshal(all)
		if err != nil || jsonErr != nil || strings.Contains(text+string(encoded), "horse") {
			w.Errorf("connections are %s, %v", text, err)
		}
	})
}

func TestANewSecretIsUsedFromTheNextStepOn(t *testing.T) {
	each(t, func(w *world) {
		var shown []string
		w.people.hook = func(_ http.ResponseWriter, r *http.Request) bool {
			_, password, _ := r.BasicAuth()
			shown = append(shown, password)
			return false
		}
		w.put("twice", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			if _, err := call(ctx, host, "one", "confluence.getUser", map[string]any{"accountId": "557058:ada"}); err != nil {
				return nil, err
			}
			if err := host.Wait(ctx, "/wait", time.Hour); err != nil {
				return nil, err
			}
			return call(ctx, host, "two", "confluence.getUser", map[string]any{"accountId": "557058:ada"})
		})
		id := w.start("twice", nil)
		w.drain()
		c := workflow.Connection{Name: "people", Kind: workflow.Remote, BaseURL: w.people.URL, Email: "bot@example.com"}
		if err := w.store.PutConnection(t.Context(), site, operator, c, "battery staple"); err != nil {
			w.Fatal(err)
		}
		w.clock.Pass(time.Hour)
		w.drain()
		w.is(id, workflow.Succeeded)
		if strings.Join(shown, ", ") != "correct horse, battery staple" {
			w.Errorf("the site was shown %v", shown)
		}
		c.BaseURL = "https://elsewhere.example"
		if err := w.store.PutConnection(t.Context(), site, operator, c, ""); kindOf(err) != failure.Invalid {
			w.Errorf("a secret goes elsewhere: %v", err)
		}
	})
}

func TestHTTPIsOffUnlessTheHostIsAllowed(t *testing.T) {
	each(t, func(w *world) {
		target := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/large":
				io.WriteString(out, strings.Repeat("x", 2<<20))
			case "/away":
				http.Redirect(out, r, strings.Replace(w.people.URL, "127.0.0.1", "localhost", 1), http.StatusFound)
			case "/json":
				out.Header().Set("Content-Type", "application/json")
				io.WriteString(out, `{"n":12345678901234567890}`)
			case "/refused":
				out.WriteHeader(http.StatusTeapot)
			}
		}))
		t.Cleanup(target.Close)
		w.put("http", func(ctx context.Context, facts workflow.Facts, host dsl.Host) (any, error) {
			return call(ctx, host, "call", "http", map[string]any{"method": "get", "endpoint": target.URL + facts.Input["path"].(string)})
		})
		allow := func(r *workflow.Runner) {
			r.AllowHTTP = func(_ context.Context, _ int64, host string) (bool, error) { return host == "127.0.0.1", nil }
		}
		for _, tt := range []struct {
			path, title, output string
			settings            func(*workflow.Runner)
		}{
			{"/json", "The host may not be called", "", func(*workflow.Runner) {}},
			{"/json", "", `{"n":12345678901234567890}`, allow},
			{"/large", "The answer is too large", "", allow},
			{"/away", "The host may not be called", "", allow},
			{"/refused", "I'm a teapot", "", allow},
			{"/json", "The site cannot be reached", "", func(r *workflow.Runner) { allow(r); r.Remote = outbound.Client(nil) }},
		} {
			id := w.start("http", map[string]any{"path": tt.path})
			w.drain(tt.settings)
			r := w.show(id)
			title := ""
			if r.Error != nil {
				title = r.Error.Title
			}
			if title != tt.title || string(r.Output) != tt.output {
				w.Errorf("%s: %q, %s: %+v", tt.path, title, r.Output, r.Error)
			}
		}
	})
}

func TestWhatACallOfHTTPCannotUseIsNotPassedOver(t *testing.T) {
	each(t, func(w *world) {
		w.put("http", func(ctx context.Context, facts workflow.Facts, host dsl.Host) (any, error) {
			with := map[string]any{"method": "get", "endpoint": "http://127.0.0.1/"}
			maps.Copy(with, facts.Input)
			return call(ctx, host, "call", "http", with)
		})
		for says, input := range map[string]map[string]any{
			`The endpoint has a member "authentication", and can have uri alone.`:     {"endpoint": map[string]any{"uri": "http://127.0.0.1/", "authentication": "basic"}},
			"The argument query is no object.":                                        {"query": "a=b"},
			"The argument headers is no object.":                                      {"headers": []any{"Accept"}},
			"The output is none of content, response and raw.":                        {"output": "body"},
			"The endpoint is not of the form https://host/path, without credentials.": {"endpoint": "ftp://127.0.0.1/"},
		} {
			id := w.start("http", input)
			w.drain()
			if r := w.show(id); r.State != workflow.Failed || r.Error == nil || r.Error.Detail != says {
				w.Errorf("%v: %s, %+v", input, r.State, r.Error)
			}
		}
	})
}

func TestALocalConnectionLeadsToThisServer(t *testing.T) {
	each(t, func(w *world) {
		if err := w.store.PutConnection(t.Context(), site, operator, workflow.Connection{Name: "here", Kind: workflow.Local}, "a token"); err != nil {
			w.Fatal(err)
		}
		w.put("tokens", func(ctx context.Context, _ workflow.Facts, host dsl.Host) (any, error) {
			return call(ctx, host, "list", "roster.listTokens", nil)
		})
		wf, err := w.store.Workflow(t.Context(), site, "tokens")
		if err != nil {
			w.Fatal(err)
		}
		text, err := w.store.Text(t.Context(), site, wf.Hash)
		if err != nil {
			w.Fatal(err)
		}
		if _, err := w.store.Put(t.Context(), site, operator, workflow.Draft{Text: []byte(text), Connection: "here", Enabled: true}); err != nil {
			w.Fatal(err)
		}
		id := w.start("tokens", nil)
		w.drain(func(r *workflow.Runner) {
			r.Local = func(_ context.Context, of int64) (string, http.RoundTripper, error) {
				return "https://people.example", trip(func(r *http.Request) *http.Response {
					if of != site || r.Header.Get("Authorization") != "Bearer a token" || r.URL.String() != "https://people.example/_roster/tokens" {
						w.Errorf("site %d was asked %s as %s", of, r.URL, r.Header.Get("Authorization"))
					}
					return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"results":[]}`)), Request: r}
				}), nil
			}
		})
		if r := w.is(id, workflow.Succeeded); string(r.Output) != `{"results":[]}` {
			w.Errorf("the output is %s", r.Output)
		}
		if err := w.store.RemoveConnection(t.Context(), site, operator, "here"); kindOf(err) != failure.Conflict {
			w.Error(err)
		}
	})
}

// trip is a way to a server that is a function.
type trip func(*http.Request) *http.Response

func (t trip) RoundTrip(r *http.Request) (*http.Response, error) { return t(r), nil }

func TestAResultThatIsTooLargeFailsItsStep(t *testing.T) {
	each(t, func(w *world) {
		w.people.hook = func(out http.ResponseWriter, _ *http.Request) bool {
			fmt.Fprintf(out, `{"long":%q}`, strings.Repeat("x", 1<<20))
			return true
		}
		w.put("mail-user", mailUser)
		id := w.start("mail-user", ada)
		w.drain()
		if r := w.is(id, workflow.Failed); r.Error.Title != "The result is too large" || len(w.mails()) != 0 {
			w.Errorf("the failure is %+v", r.Error)
		}
		w.put("large", func(context.Context, workflow.Facts, dsl.Host) (any, error) { return strings.Repeat("x", 2<<20), nil })
		id = w.start("large", nil)
		w.drain()
		if r := w.is(id, workflow.Failed); r.Error.Title != "The output is too large" {
			w.Errorf("the failure is %+v", r.Error)
		}
	})
}
