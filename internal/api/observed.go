package api

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/confluence"
)

// What real sites were observed to answer. The row numbers are those of docs/contract.md.

// tomcatPage is a credential refused before Confluence sees it (rows 5 and 6).
func tomcatPage(f refused) reply {
	const title = "HTTP Status 401 – Unauthorized"
	realm := strings.NewReplacer(":", "%3A", "/", "%2F").Replace(f.call.base + wikiContext)
	return reply{
		status: http.StatusUnauthorized,
		header: map[string]string{"Content-Type": "text/html;charset=utf-8", "WWW-Authenticate": `OAuth realm="` + realm + `"`},
		body:   []byte("<!doctype html><html lang=\"en\"><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>"),
	}
}

// noAccessObserved is a caller who is not known or may not use the site (rows 1 to 3).
func noAccessObserved(f refused) reply {
	switch {
	case f.v2():
		return jsonReply(404, confluence.ErrorV2{Errors: []confluence.ErrorV2Item{
			{Status: 404, Code: "NOT_FOUND", Title: "Not Found", Detail: confluence.Null[string]()},
		}})
	case f.older():
		out := jsonReply(403, struct {
			Message    string `json:"message"`
			StatusCode int    `json:"statusCode"`
		}{"Current user not permitted to use Confluence", 403})
		out.header["Cache-Control"] = "no-cache, no-store, must-revalidate"
		out.header["Expires"] = "Thu, 01 Jan 1970 00:00:00 GMT"
		return out
	}
	return jsonReply(403, bare{403, `com.atlassian.confluence.mvc.rest.common.exception.StacklessResponseStatusException: 403 FORBIDDEN "Request rejected because caller cannot access Confluence"`})
}

// bare is the error body of two members that most of v1 sends.
type bare struct {
	StatusCode int    `json:"statusCode"`
	Message    string `json:"message"`
}

// gatewayScope is a token without the scope, refused by the gateway (row 4).
func gatewayScope(f refused) reply {
	out := jsonReply(401, confluence.ErrorGateway{Code: 401, Message: f.message})
	out.header["X-Failure-Category"] = "FAILURE_CLIENT_SCOPE_CHECK"
	return out
}

// serviceSays is a refusal by one of Confluence's services, named after its exception (rows 8 to 10, 14, 15, 22 to 24).
func serviceSays(status int, exception string) answer {
	return func(f refused) reply {
		if f.v2() {
			return v2Observed(status, f)
		}
		body := v1Body(status, exception+": "+strings.TrimSuffix(f.message, "."))
		// Services call a request that they understood but could not serve a success, a refused one not.
		body.Data.Successful = body.Data.Authorized
		if text, ok := errors.AsType[*verbatim](f.err); ok {
			body.Message = exception + ": " + text.observed
		}
		return jsonReply(status, body)
	}
}

func v2Observed(status int, f refused) reply {
	item := confluence.ErrorV2Item{Status: status, Code: v2Code(status, f.err), Title: strings.TrimSuffix(f.message, "."), Detail: confluence.Null[string]()}
	switch {
	case item.Code == "INVALID_MESSAGE":
		item.Title, item.Detail = "Invalid message", confluence.Value(f.message)
	case status == http.StatusBadRequest:
		item.Detail = confluence.Value("")
	case status == http.StatusForbidden:
		return noAccessObserved(f)
	}
	return jsonReply(status, confluence.ErrorV2{Errors: []confluence.ErrorV2Item{item}})
}

// verbatim is a failure for which a real site's own words are known.
type verbatim struct {
	error
	observed string
}

func (v *verbatim) Unwrap() error { return v.error }

// unreadableObserved is a number that cannot be read or is negative (rows 11 to 13).
func unreadableObserved(f refused) reply {
	bad, ok := errors.AsType[*unreadable](f.err)
	switch {
	case !ok || f.v2():
		return says(400)(f)
	case bad.value == "":
		return jsonReply(400, bare{400, "java.lang.IllegalArgumentException: " + bad.name + " cannot be less than zero"})
	case f.older():
		return reply{status: 404}
	}
	given, from := f.call.query[bad.name], "java.lang.String"
	if len(given) > 1 {
		from = "java.lang.String[]"
	}
	return jsonReply(400, bare{400, fmt.Sprintf("org.springframework.web.method.annotation.MethodArgumentTypeMismatchException: "+
		"Failed to convert value of type '%s' to required type 'int'; nested exception is java.lang.NumberFormatException: For input string: \"%s\"", from, withoutSpace(strings.Join(given, ",")))})
}

// noRouteObserved is a path that nothing answers (row 19).
func noRouteObserved(f refused) reply {
	if f.v2() {
		return noAccessObserved(f)
	}
	full := f.call.base + f.call.place
	if query := f.request.URL.RawQuery; query != "" {
		full += "?" + query
	}
	out := jsonReply(404, struct {
		Message    string `json:"message"`
		StatusCode int    `json:"status-code"`
	}{"null for uri: " + full, 404})
	if accept := f.request.Header.Get("Accept"); !strings.Contains(accept, "json") {
		out.header["Content-Type"] = "application/xml"
		out.body = []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><status><status-code>404</status-code><message>null for uri: ` +
			html.EscapeString(full) + `</message></status>`)
	}
	out.header["Cache-Control"] = "no-transform"
	return out
}

// wrongMethodObserved is a path that does not take the method (rows 17, 18, 20 and 21).
func wrongMethodObserved(f refused) reply {
	if f.request.Method == http.MethodOptions {
		out := jsonReply(404, untold(404, "NOT_FOUND", "Not Found"))
		out.dropAllow = true
		return out
	}
	if f.older() {
		return reply{status: 405}
	}
	out := jsonReply(405, unsupported(f.request.Method))
	out.dropAllow = true
	return out
}

// unsupported is what real sites say of a method that a path does not take.
func unsupported(method string) confluence.ErrorV2 {
	return untold(405, "METHOD_NOT_ALLOWED",
		"org.springframework.web.HttpRequestMethodNotSupportedException: Request method '"+method+"' not supported")
}

// untold is a v2 body without a detail.
func untold(status int, code, title string) confluence.ErrorV2 {
	return confluence.ErrorV2{Errors: []confluence.ErrorV2Item{{Status: status, Code: code, Title: title}}}
}
