package confluence

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// What an [Error] is, for errors.Is.
var (
	ErrBadRequest      = errors.New("bad request")             // 400
	ErrUnauthenticated = errors.New("not authenticated")       // 401, unless it is ErrScope
	ErrScope           = errors.New("token lacks a scope")     // 401 from the gateway: the token is good, but not for this
	ErrForbidden       = errors.New("forbidden")               // 403
	ErrNotFound        = errors.New("not found")               // 404; v2 also answers so when the caller has no permission
	ErrConflict        = errors.New("conflict")                // 409
	ErrTooLarge        = errors.New("request too large")       // 413, 414, 431
	ErrRateLimited     = errors.New("rate limited")            // 429
	ErrNotEnabled      = errors.New("not enabled")             // 501
	ErrUnavailable     = errors.New("temporarily unavailable") // 503
)

// scopeFailure is the failure category by which the gateway tells a missing scope from a bad token.
const scopeFailure = "FAILURE_CLIENT_SCOPE_CHECK"

// Error is any answer outside 2xx, whichever of the site's bodies it came in.
type Error struct {
	StatusCode int
	Code       string        // the site's own name for the fault, if it gave one
	Message    string        // what went wrong; the words of the status if the site had none
	RequestID  string        // by which the site's operator finds the request, if the site gave one
	RetryAfter time.Duration // how long the site asked to wait; 0 if it did not
	Body       []byte        // what was answered, at most 64 KiB of it

	saysWhen bool // whether there was a Retry-After, even of 0
}

// Error says the status, the message and the request ID.
func (e *Error) Error() string {
	text := http.StatusText(e.StatusCode)
	s := strings.TrimSpace(fmt.Sprintf("%d %s", e.StatusCode, text))
	if e.Message != "" && e.Message != text {
		s += ": " + e.Message
	}
	if e.RequestID != "" {
		s += " (request " + e.RequestID + ")"
	}
	return s
}

// Is reports whether target is the sentinel for this error.
func (e *Error) Is(target error) bool {
	switch e.StatusCode {
	case http.StatusBadRequest:
		return target == ErrBadRequest
	case http.StatusUnauthorized:
		if e.Code == scopeFailure || strings.Contains(e.Message, "scope does not match") {
			return target == ErrScope
		}
		return target == ErrUnauthenticated
	case http.StatusForbidden:
		return target == ErrForbidden
	case http.StatusNotFound:
		return target == ErrNotFound
	case http.StatusConflict:
		return target == ErrConflict
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge:
		return target == ErrTooLarge
	case http.StatusTooManyRequests:
		return target == ErrRateLimited
	case http.StatusNotImplemented:
		return target == ErrNotEnabled
	case http.StatusServiceUnavailable:
		return target == ErrUnavailable
	}
	return false
}

// failed reads an answer outside 2xx. A body that cannot be read to its end is kept as far as it came.
func (c *Client) failed(resp *http.Response) *Error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	e := &Error{
		StatusCode: resp.StatusCode,
		RequestID:  resp.Header.Get("X-Roster-Request-Id"),
		Body:       body,
	}
	e.RetryAfter, e.saysWhen = retryAfter(resp.Header.Get("Retry-After"), c.now())
	e.Code, e.Message = explain(body)
	e.Code = cmp.Or(e.Code, resp.Header.Get("X-Failure-Category"))
	e.Message = cmp.Or(e.Message, http.StatusText(resp.StatusCode))
	return e
}
