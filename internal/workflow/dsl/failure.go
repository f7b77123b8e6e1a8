package dsl

import (
	"fmt"
	"net/http"
)

// errorsBase is where the specification names its kinds of errors.
const errorsBase = "https://serverlessworkflow.io/spec/1.0.0/errors/"

// Kinds of failures, as the specification names them.
const (
	ConfigurationError  = errorsBase + "configuration"
	ValidationError     = errorsBase + "validation"
	ExpressionError     = errorsBase + "expression"
	AuthenticationError = errorsBase + "authentication"
	AuthorizationError  = errorsBase + "authorization"
	TimeoutError        = errorsBase + "timeout"
	CommunicationError  = errorsBase + "communication"
	RuntimeError        = errorsBase + "runtime"
)

var kinds = map[string]struct {
	title  string
	status int
}{
	ConfigurationError:  {"Configuration error", http.StatusBadRequest},
	ValidationError:     {"Validation error", http.StatusBadRequest},
	ExpressionError:     {"Expression error", http.StatusBadRequest},
	AuthenticationError: {"Authentication error", http.StatusUnauthorized},
	AuthorizationError:  {"Authorization error", http.StatusForbidden},
	TimeoutError:        {"Timeout", http.StatusRequestTimeout},
	CommunicationError:  {"Communication error", http.StatusInternalServerError},
	RuntimeError:        {"Runtime error", http.StatusInternalServerError},
}

// NewFailure returns a failure of a kind, with the status and title of that kind.
func NewFailure(kind, detail string) *Failure {
	k := kinds[kind]
	return &Failure{Type: kind, Status: k.status, Title: k.title, Detail: detail}
}

func failure(kind, format string, args ...any) *Failure {
	return NewFailure(kind, fmt.Sprintf(format, args...))
}

// value is the failure as an expression sees it.
func (f *Failure) value() map[string]any {
	v := map[string]any{"type": f.Type, "status": f.Status}
	for name, s := range map[string]string{"title": f.Title, "detail": f.Detail, "instance": f.Instance} {
		if s != "" {
			v[name] = s
		}
	}
	return v
}
