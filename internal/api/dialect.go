package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/confluence"
)

// reply is a refusal, ready to be written.
type reply struct {
	status    int
	header    map[string]string
	body      []byte
	dropAllow bool
}

func jsonReply(status int, body any) reply {
	return reply{status: status, header: map[string]string{"Content-Type": "application/json"}, body: encode(body)}
}

func isV2(path string) bool { return strings.Contains(path+"/", "/api/v2/") }

// v1Body is the error body of /wiki/rest/api.
func v1Body(status int, message string) confluence.ErrorV1 {
	return confluence.ErrorV1{
		StatusCode: status,
		Data: &confluence.ErrorV1Data{
			Authorized: status != http.StatusUnauthorized && status != http.StatusForbidden,
			Valid:      true, Errors: []confluence.ErrorV1Item{},
		},
		Message: message,
	}
}

// v2Body is the error body of /wiki/api/v2.
func v2Body(status int, code, title, detail string) confluence.ErrorV2 {
	return confluence.ErrorV2{Errors: []confluence.ErrorV2Item{{Status: status, Code: code, Title: title, Detail: confluence.Value(detail)}}}
}

func codeOf(status int) string {
	return strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_").Replace(http.StatusText(status)))
}

// encode writes JSON as Confluence does: without HTML escapes and without a newline at the end.
func encode(body any) []byte {
	switch body := body.(type) {
	case *confluence.UserProperty:
		return encodeProperty(*body)
	case *confluence.User:
		return appendUser(make([]byte, 0, 1024), body)
	case *confluence.BulkUserArray:
		page := *body
		page.Results = []confluence.User{}
		return encodeUsers(page, body.Results)
	case *confluence.UserArray:
		page := *body
		page.Results = []confluence.User{}
		return encodeUsers(page, body.Results)
	case confluence.ErrorV1:
		if body.Data != nil && body.Data.Errors != nil && len(body.Data.Errors) == 0 {
			return appendError(make([]byte, 0, 256), body)
		}
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if e.Encode(body) != nil {
		return nil
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// asJSON is shared by all answers, which replace it where they say something else.
var asJSON = []string{"application/json"}

// writeJSON encodes before it writes, so that a failed encoding can still become a 500.
func writeJSON(w http.ResponseWriter, status int, body any) int {
	text := encode(body)
	if text == nil {
		status, text = http.StatusInternalServerError, encode(v1Body(http.StatusInternalServerError, "Internal server error"))
	}
	w.Header()["Content-Type"] = asJSON
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	w.Write(text)
	return status
}
