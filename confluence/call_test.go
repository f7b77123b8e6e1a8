package confluence

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDoCarriesOutAnyOperation(t *testing.T) {
	t.Parallel()
	var sent string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = string(body)
		answer(200, `{"b": 1}`)(w, r)
	})
	var out json.RawMessage
	err := c.Do(t.Context(), "PUT", "/wiki/rest/api/x/a%2Fb", url.Values{"q": {"1 2"}}, map[string]string{"a": "<&>"}, &out)
	if err != nil {
		t.Fatal(err)
	}
	req := c.asked[0]
	got := []string{req.Method, req.RequestURI, req.Header.Get("Content-Type"), req.Header.Get("X-Atlassian-Token"), sent, string(out)}
	want := []string{"PUT", "/wiki/rest/api/x/a%2Fb?q=1+2", "application/json", "no-check", `{"a":"<&>"}`, `{"b": 1}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDoRefusesWhatIsNoPathOfTheSite(t *testing.T) {
	t.Parallel()
	c := serve(t, answer(200, `{}`))
	for _, path := range []string{"", "/rest/api/user", "wiki/x", "/wiki/x?y=1", "/wiki/x#y", "/wiki/%zz"} {
		if err := c.Do(t.Context(), "GET", path, nil, nil, nil); err == nil {
			t.Errorf("%q was asked for", path)
		}
	}
	if err := c.Do(t.Context(), "POST", "/wiki/x", nil, func() {}, nil); err == nil {
		t.Error("a function was sent as JSON")
	}
	if len(c.asked) > 0 {
		t.Errorf("the server was asked for %q", c.addresses())
	}
}

func TestASuccessfulAnswerMustBeJSON(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status  int
		body    string
		out     any
		notJSON bool
		fails   bool
	}{
		"html":                 {200, "<html>sign in</html>", new(User), true, true},
		"empty":                {200, "", new(User), true, true},
		"cut short":            {200, `{"type":"kno`, new(User), true, true},
		"two values":           {200, `{} {}`, new(User), true, true},
		"another kind":         {200, `{"type":7}`, new(User), false, true},
		"empty and not wanted": {200, "", nil, false, false},
		"html and not wanted":  {201, "<html>", nil, false, false},
		"no content":           {204, "", new(User), false, false},
		"unknown members":      {200, `{"type":"known","new":[{}]}`, new(User), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, answer(test.status, test.body))
			err := c.Do(t.Context(), "GET", "/wiki/x", nil, nil, test.out)
			if (err != nil) != test.fails || errors.Is(err, ErrNotJSON) != test.notJSON {
				t.Errorf("got %v", err)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "GET /wiki/x: ") {
				t.Errorf("%v does not say what was tried", err)
			}
		})
	}
}

func TestAnAnswerThatIsTooLargeIsAnError(t *testing.T) {
	t.Parallel()
	c := serve(t, answer(200, `"123456"`))
	var out string
	c.maxResponse = 8
	if err := c.Do(t.Context(), "GET", "/wiki/x", nil, nil, &out); err != nil || out != "123456" {
		t.Errorf("an answer of the largest size: %q, %v", out, err)
	}
	c.maxResponse = 7
	if err := c.Do(t.Context(), "GET", "/wiki/x", nil, nil, &out); err == nil || !strings.Contains(err.Error(), "larger than 7 bytes") {
		t.Errorf("a larger answer: %v", err)
	}
}

func TestAnErrorInTransitDoesNotTellTheQuery(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := serve(t, answer(200, `{}`))
	_, err := c.Users.Get(ctx, "557058:ada")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "ada") {
		t.Errorf("the account ID is in %v", err)
	}
}
