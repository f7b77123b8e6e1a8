package confluence

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const java = "com.atlassian.confluence.api.service.exceptions.api."

// dialects are error bodies of every kind, and what is to be understood from each.
var dialects = map[string]struct {
	status        int
	body          string
	code, message string
	is            error
}{
	"v1": {
		404, `{"statusCode":404,"data":{"authorized":true,"valid":true,"errors":[],"successful":false},"message":"No such user."}`,
		"", "No such user.", ErrNotFound,
	},
	"v1 with a fault": {
		400, `{"statusCode":400,"data":{"errors":[{"message":{"key":"too.long","translation":"Too long.","args":[]}}]}}`,
		"too.long", "Too long.", ErrBadRequest,
	},
	"v1 observed, no access": {
		403, `{"statusCode":403,"message":"com.atlassian.confluence.mvc.rest.common.exception.StacklessResponseStatusException: 403 FORBIDDEN \"Request rejected because caller cannot access Confluence\""}`,
		"StacklessResponseStatusException", "Request rejected because caller cannot access Confluence", ErrForbidden,
	},
	"v1 observed, older services": {
		403, `{"message":"Current user not permitted to use Confluence","statusCode":403}`,
		"", "Current user not permitted to use Confluence", ErrForbidden,
	},
	"v1 observed, not found": {
		404, `{"statusCode":404,"data":{"authorized":true,"valid":true,"errors":[],"successful":true},"message":"` + java + `NotFoundException: No user"}`,
		"NotFoundException", "No user", ErrNotFound,
	},
	"v1 observed, wrong method": {
		405, `{"errors":[{"status":405,"code":"METHOD_NOT_ALLOWED","title":"org.springframework.web.HttpRequestMethodNotSupportedException: Request method 'X' not supported"}]}`,
		"METHOD_NOT_ALLOWED", "Request method 'X' not supported", nil,
	},
	"v1 observed, unknown path": {404, `{"message":"null for uri: http://x/y","status-code":404}`, "", "null for uri: http://x/y", ErrNotFound},
	"v2": {
		404, `{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}`,
		"NOT_FOUND", "Not Found", ErrNotFound,
	},
	"v2 with detail": {
		400, `{"errors":[{"status":400,"code":"INVALID_MESSAGE","title":"Invalid message","detail":"at line 1"}]}`,
		"INVALID_MESSAGE", "Invalid message: at line 1", ErrBadRequest,
	},
	"v2 with oddities":        {400, `{"errors":[{"status":"x","code":7,"title":"Odd"}]}`, "", "Odd", ErrBadRequest},
	"gateway, scope":          {401, `{"code":401,"message":"Unauthorized; scope does not match"}`, "", "Unauthorized; scope does not match", ErrScope},
	"gateway, token":          {401, `{"code":401,"message":"Unauthorized"}`, "", "Unauthorized", ErrUnauthenticated},
	"text":                    {403, "XSRF check failed\n", "", "XSRF check failed", ErrForbidden},
	"html":                    {401, "<!doctype html><title>HTTP Status 401</title>", "", "Unauthorized", ErrUnauthenticated},
	"xml":                     {404, "<status><status-code>404</status-code></status>", "", "Not Found", ErrNotFound},
	"empty":                   {409, "", "", "Conflict", ErrConflict},
	"null":                    {413, "null", "", "Request Entity Too Large", ErrTooLarge},
	"list":                    {414, `["x"]`, "", "Request URI Too Long", ErrTooLarge},
	"long text":               {431, strings.Repeat("x", 201), "", "Request Header Fields Too Large", ErrTooLarge},
	"several lines":           {429, "one\ntwo", "", "Too Many Requests", ErrRateLimited},
	"errors by name":          {501, `{"errors":{"a":"b"},"message":"Off."}`, "", "Off.", ErrNotEnabled},
	"message of another kind": {503, `{"message":{"a":1},"errors":[]}`, "", "Service Unavailable", ErrUnavailable},
	"unknown status":          {599, "", "", "", nil},
}

func TestEveryDialectOfErrorIsUnderstood(t *testing.T) {
	t.Parallel()
	for name, test := range dialects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, answer(test.status, test.body), WithRetries(1, 0))
			err := c.Do(t.Context(), "GET", "/wiki/x", nil, nil, nil)
			failed, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			want := Error{StatusCode: test.status, Code: test.code, Message: test.message, Body: []byte(test.body)}
			if diff := cmp.Diff(want, *failed, cmp.AllowUnexported(Error{})); diff != "" {
				t.Error(diff)
			}
			for _, sentinel := range sentinels() {
				if errors.Is(err, sentinel) != (sentinel == test.is) {
					t.Errorf("is it %q? %v", sentinel, errors.Is(err, sentinel))
				}
			}
		})
	}
}

func sentinels() []error {
	return []error{
		ErrBadRequest, ErrUnauthenticated, ErrScope, ErrForbidden, ErrNotFound,
		ErrConflict, ErrTooLarge, ErrRateLimited, ErrUnavailable, ErrNotEnabled, ErrNotJSON,
	}
}

func TestAnErrorTellsWhatItsHeadersSay(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Roster-Request-Id", "r-1")
		w.Header().Set("X-Failure-Category", "FAILURE_CLIENT_SCOPE_CHECK")
		w.Header().Set("Retry-After", "3")
		answer(401, `{"code":401,"message":"No."}`)(w, r)
	})
	err := c.Do(t.Context(), "GET", "/wiki/x", nil, nil, nil)
	failed, ok := errors.AsType[*Error](err)
	if !ok || failed.RequestID != "r-1" || failed.RetryAfter != 3*time.Second || !errors.Is(err, ErrScope) {
		t.Errorf("got %#v", failed)
	}
	if want := "GET /wiki/x: 401 Unauthorized: No. (request r-1)"; fmt.Sprint(err) != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestAnErrorKeepsNoMoreThanItsShareOfTheBody(t *testing.T) {
	t.Parallel()
	c := serve(t, answer(500, strings.Repeat("x", maxErrorBody+1)))
	failed, _ := errors.AsType[*Error](c.Do(t.Context(), "GET", "/wiki/x", nil, nil, nil))
	if failed == nil || len(failed.Body) != maxErrorBody {
		t.Errorf("got %v", failed)
	}
}

func FuzzAnyErrorBodyIsExplained(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `[]`, `"x"`, `<html>`, `{"errors":[{"title":"a","detail":"b"}]}`, `{"errors":[null]}`,
		`{"message":"a.b.C: 403 X \"y\""}`, `{"data":{"errors":[{"message":{"translation":"t"}}]}}`, "\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		code, message := explain(body)
		again, same := explain(body)
		if code != again || message != same {
			t.Errorf("%q is explained as %q %q, then %q %q", body, code, message, again, same)
		}
		if len(code)+len(message) > 8*len(body)+2 {
			t.Errorf("%q is explained at length: %q %q", body, code, message)
		}
	})
}
