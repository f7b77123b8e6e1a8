package confluence

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recording is a client of a small server, what the server was asked, and how long the client waited.
type recording struct {
	*Client
	asked  []*http.Request
	waited []time.Duration
}

// serve returns a client of a server that answers by handle. Its waits are recorded and take no time.
func serve(t *testing.T, handle http.HandlerFunc, options ...Option) *recording {
	t.Helper()
	r := new(recording)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.asked = append(r.asked, req)
		handle(w, req)
	}))
	t.Cleanup(server.Close)
	c, err := NewClient(server.URL, options...)
	if err != nil {
		t.Fatal(err)
	}
	c.now = func() time.Time { return time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) }
	c.sleep = func(ctx context.Context, d time.Duration) error {
		r.waited = append(r.waited, d)
		return ctx.Err()
	}
	r.Client = c
	return r
}

// addresses returns what was asked of the server, in order.
func (r *recording) addresses() []string {
	var all []string
	for _, req := range r.asked {
		all = append(all, req.RequestURI)
	}
	return all
}

// answer returns a handler that always answers the same.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

func TestNewClientUnderstandsEveryFormOfBase(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://acme.example":                        "https://acme.example",
		"https://acme.example/":                       "https://acme.example",
		"https://acme.example/wiki/":                  "https://acme.example",
		"http://localhost:8080/_site/one":             "http://localhost:8080/_site/one",
		"https://api.example/ex/confluence/1f2e":      "https://api.example/ex/confluence/1f2e",
		"https://api.example/ex/confluence/1f2e/wiki": "https://api.example/ex/confluence/1f2e",
		"https://acme.example/a%2Fb":                  "https://acme.example/a%2Fb",
	} {
		c, err := NewClient(base)
		if err != nil || c.base != want {
			t.Errorf("%s: got %+v, %v; want %s", base, c, err, want)
		}
	}
}

func TestNewClientRefusesWhatIsNoSite(t *testing.T) {
	t.Parallel()
	for _, base := range []string{
		"", "acme.example", "/wiki", "ftp://acme.example", "https://", "https://ada:secret@acme.example",
		"https://acme.example?x=1", "https://acme.example#x", "https://ada:secret@acme.example:port", "\x7f",
	} {
		c, err := NewClient(base)
		if err == nil {
			t.Errorf("%q gave a client for %s", base, c.base)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is in %v", err)
		}
	}
	if _, err := NewClient("https://api.example/ex/confluence/1", WithGateway("2")); err == nil {
		t.Error("a base for one site and a gateway for another gave a client")
	}
}

func TestRequestsCarryWhatTheOptionsSay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options             []Option
		path, authorization string
		agent               string
	}{
		"nothing": {nil, "/wiki/rest/api/user/current", "", "roster-go"},
		"basic":   {[]Option{WithBasicAuth("ada@acme.example", "t")}, "/wiki/rest/api/user/current", "Basic YWRhQGFjbWUuZXhhbXBsZTp0", "roster-go"},
		"bearer":  {[]Option{WithBearer("t"), WithUserAgent("engine/1")}, "/wiki/rest/api/user/current", "Bearer t", "engine/1"},
		"gateway": {[]Option{WithGateway("1f2e"), WithHTTPClient(nil)}, "/ex/confluence/1f2e/wiki/rest/api/user/current", "", "roster-go"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, answer(200, `{"type":"known"}`), test.options...)
			if _, err := c.Users.Current(t.Context()); err != nil {
				t.Fatal(err)
			}
			req := c.asked[0]
			got := []string{req.RequestURI, req.Header.Get("Authorization"), req.UserAgent(), req.Header.Get("Accept"), req.Header.Get("X-Atlassian-Token")}
			want := []string{test.path, test.authorization, test.agent, "application/json", ""}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
