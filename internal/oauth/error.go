package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Error is a refusal in the terms of RFC 6749, sections 4.1.2.1 and 5.2.
type Error struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
	status      int
}

func (e *Error) Error() string { return e.Code + ": " + e.Description }

// Status is the HTTP status that the token endpoint answers with.
func (e *Error) Status() int { return e.status }

func refusal(status int, code string) func(format string, args ...any) error {
	return func(format string, args ...any) error {
		return &Error{code, plain(fmt.Sprintf(format, args...)), status}
	}
}

// plain leaves of a text what an error_description may have (RFC 6749, section 5.2).
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r < ' ' || r > '~' || r == '\\':
			return '?'
		}
		return r
	}, text)
}

// A code or refresh token that is no good is a 403, as Atlassian answers, and not RFC 6749's 400.
var (
	invalidRequest   = refusal(http.StatusBadRequest, "invalid_request")
	invalidScope     = refusal(http.StatusBadRequest, "invalid_scope")
	invalidGrant     = refusal(http.StatusForbidden, "invalid_grant")
	unsupportedGrant = refusal(http.StatusBadRequest, "unsupported_grant_type")
	unauthorized     = refusal(http.StatusForbidden, "unauthorized_client")
	accessDenied     = refusal(http.StatusForbidden, "access_denied")
)

var (
	errClient  = refusal(http.StatusUnauthorized, "invalid_client")("The client is unknown or blocked, or its secret is wrong.")
	errCode    = invalidGrant("The code is unknown, expired or used, or was given to another client.")
	errRefresh = invalidGrant("Unknown or invalid refresh token.")
)

// errorOf returns err as a refusal; what is none of ours, or a failure that its reader may see, is the server's own.
func errorOf(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	switch kind, message := failure.Of(err); {
	case kind == failure.Invalid || kind == failure.Malformed || kind == failure.WrongMediaType:
		return &Error{"invalid_request", plain(message), http.StatusBadRequest}
	case kind == failure.TooLarge:
		return &Error{"invalid_request", plain(message), http.StatusRequestEntityTooLarge}
	case kind == failure.Unavailable:
		return &Error{"temporarily_unavailable", plain(message), http.StatusServiceUnavailable}
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return &Error{"temporarily_unavailable", "The request was given up.", http.StatusServiceUnavailable}
	case db.IsUnavailable(err):
		return &Error{"temporarily_unavailable", "The database cannot be reached now; try again.", http.StatusServiceUnavailable}
	}
	return &Error{"server_error", "Internal server error", http.StatusInternalServerError}
}
