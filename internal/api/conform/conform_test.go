package conform_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/api/conform"
)

const described = `{"openapi":"3.0.3","info":{"title":"Test","version":"1"},"servers":[{"url":"https://acme.example"}],
"paths":{
 "/wiki/a/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"ok","content":{"application/json":{"schema":
  {"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}}}},
  "401":{"description":"no","content":{"text/html":{"schema":{"type":"string"}}}}}}},
 "/wiki/a/b":{"get":{"responses":{"204":{"description":"ok"}}}}}}`

func TestAnAnswerIsHeldAgainstTheDocument(t *testing.T) {
	t.Parallel()
	c, err := conform.New([]byte(described), []byte(strings.ReplaceAll(described, "3.0.3", "3.1.0")))
	if err != nil {
		t.Fatal(err)
	}
	const jsonType = "application/json"
	for _, test := range []struct {
		url, contentType, body string
		status                 int
		fine                   bool
	}{
		{"/wiki/a/1", jsonType, `{"n":1}`, 200, true},
		{"/_site/x/wiki/a/1", jsonType, `{"n":1}`, 200, true},
		{"/wiki/a/1", jsonType, `{"n":"1"}`, 200, false},
		{"/_site/x/wiki/a/1", jsonType, `{}`, 200, false},
		{"/wiki/a/1", jsonType, `{"n"`, 200, false},
		{"/wiki/a/1", "text/html", `{"n":1}`, 200, false},
		{"/wiki/a/1", jsonType, `{"n":1}`, 201, false},
		{"/wiki/a/1", "text/html;charset=utf-8", `<p>`, 401, true},
		{"/wiki/a/1", jsonType, `{}`, 401, false},
		{"/wiki/a/b", "", "", 204, true},
		{"/wiki/a/b", jsonType, `{"n":1}`, 200, false},
		{"/wiki/a/b", jsonType, `{"n":1}`, 204, false},
		{"/wiki/a/b/", jsonType, `{}`, 404, true},
		{"/elsewhere", jsonType, `{}`, 200, true},
	} {
		answer := &http.Response{StatusCode: test.status, Header: http.Header{"Content-Type": {test.contentType}}, Body: io.NopCloser(strings.NewReader(test.body))}
		err := c.Check(httptest.NewRequest(http.MethodGet, test.url, nil), answer)
		if (err == nil) != test.fine {
			t.Errorf("%+v: %v", test, err)
		}
		if rest, _ := io.ReadAll(answer.Body); string(rest) != test.body {
			t.Errorf("%+v: the body became %q", test, rest)
		}
	}
}

// fault is a test that only counts its failures.
type fault struct {
	testing.TB
	count int
}

func (f *fault) Error(...any) { f.count++ }

func TestATransportFailsTheTest(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }))
	t.Cleanup(server.Close)
	f := &fault{TB: t}
	client := &http.Client{Transport: conform.Transport(f, []byte(described))}
	for _, path := range []string{"/wiki/a/1", "/wiki/c"} {
		answer, err := client.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	if f.count != 1 {
		t.Errorf("%d answers failed the test, want 1", f.count)
	}
}

func TestTheOfficialDocumentsAreCorrected(t *testing.T) {
	t.Parallel()
	documents := conform.Official(t)
	if documents == nil {
		t.Skip("the official documents are not here")
	}
	c, err := conform.New(documents...)
	if err != nil {
		t.Fatal(err)
	}
	const bulk = "/wiki/api/v2/users-bulk"
	for _, test := range []struct {
		method, path, body string
		status             int
		fine               bool
	}{
		{"POST", bulk, `{"results":[{"timeZone":null,"personalSpaceId":null}]}`, 200, true},
		{"POST", bulk, `{"results":[{"accountId":7}]}`, 200, false},
		{"POST", bulk, `{}`, 418, true},
		{"GET", "/wiki/rest/api/user", `{"type":"known"}`, 200, true},
		{"GET", "/wiki/rest/api/user", `{"type":"stranger"}`, 200, false},
		{"GET", "/wiki/rest/api/user", `{"type":"known"}`, 201, false},
	} {
		answer := &http.Response{StatusCode: test.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(test.body))}
		if err := c.Check(httptest.NewRequest(test.method, test.path, nil), answer); (err == nil) != test.fine {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

func TestWhatIsNoDocumentIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{", `{"openapi":"3.0.3"}`} {
		if _, err := conform.New([]byte(text)); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}
