package api

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/jsonbody"
)

const (
	jsonType  = "application/json"
	requestID = "X-Roster-Request-Id"
)

// What may happen to every request, or to some kinds of them, whatever their row says.
var (
	unreadableRequest = cause{400, "A parameter is missing or malformed."}
	refusedCredential = cause{401, "The credential cannot be read, is not taken here, or lacks the scope."}
	mayNotUse         = cause{403, "The caller may not use the site."}
	mayNotUseAt401    = cause{401, "The caller may not use the site."}
	noSite            = cause{404, "There is no such site."}
	wrongMethod       = cause{405, "The path does not take the method; Allow lists those that it takes."}
	tooLarge          = cause{413, "The body is larger than " + size(jsonbody.Largest) + "."}
	tooLong           = cause{414, "The URL is longer than " + size(longestURL) + "."}
	wrongMediaType    = cause{415, "The body is not application/json, or is compressed."}
	tooManyCalls      = cause{429, "The caller has called too often; Retry-After says when they may again."}
	headersTooLarge   = cause{431, "The headers are larger than " + size(largestHeaders) + "."}
	notNow            = cause{503, "The database cannot be reached, or the request took too long."}
)

// size is a number of bytes in words.
func size(bytes int) string {
	unit, each := "KiB", 1<<10
	if bytes >= 1<<20 {
		unit, each = "MiB", 1<<20
	}
	return fmt.Sprintf("%d %s (%d bytes)", bytes/each, unit, bytes)
}

// common are the failures that op's row does not speak of, on a site that answers as documented or as real sites were
// observed to.
func (op *operation) common(observed bool) []cause {
	list := []cause{unreadableRequest, refusedCredential, noSite, wrongMethod, tooLong, tooManyCalls, headersTooLarge, notNow}
	switch {
	case op.v2(): // the site is not there for them
	case observed:
		list = append(list, mayNotUse)
	case !op.fails.has(http.StatusForbidden):
		list = append(list, mayNotUseAt401)
	}
	if op.serve.params.body != nil {
		list = append(list, tooLarge, wrongMediaType)
	}
	return list
}

// responses describes each status that an operation answers with.
func (b *documentBuilder) responses(op *operation) map[string]*responseObject {
	all := map[string]*responseObject{strconv.Itoa(op.status): b.success(op)}
	also := map[int]string{}
	for _, c := range op.common(b.form.observed) {
		also[c.status] += " " + c.text
		switch {
		case op.fails.has(c.status):
		case c == unreadableRequest && mistakes[op.id] != "":
			all["400"] = b.failure(op, c.status, op.malformed())
		default:
			all[strconv.Itoa(c.status)] = b.sharedFailure(op, c)
		}
	}
	for _, c := range op.fails {
		text := c.text
		switch {
		case c == badRequest:
			text = op.malformed()
		case c.status != http.StatusForbidden: // what is common is said there already
			text += also[c.status]
		}
		all[strconv.Itoa(c.status)] = b.failure(op, c.status, text)
	}
	return all
}

// malformed says what makes a request a bad one.
func (op *operation) malformed() string {
	text := badRequest.text
	if op.serve.params.body == nil {
		text = unreadableRequest.text
	}
	return strings.TrimSpace(text + " " + mistakes[op.id])
}

func (b *documentBuilder) success(op *operation) *responseObject {
	r := &responseObject{Description: "Done; there is no body.", Headers: b.headers()}
	if op.serve.out != reflect.TypeFor[nothing]() {
		r.Description = cmp.Or(map[int]string{201: "What was made."}[op.status], "What was asked for.")
		r.Content = map[string]mediaObject{jsonType: {b.schema(op.serve.out, ""), op.recordedBody(op.status)}}
	}
	if op.serve.out == reflect.TypeFor[*confluence.UsersBulk]() {
		r.Headers["Link"] = &headerObject{Description: "The address of the site, with the relation base.", Schema: &schemaObject{Type: "string"}}
	}
	return r
}

// headers are those of every answer.
func (b *documentBuilder) headers() map[string]*headerObject {
	return map[string]*headerObject{requestID: {Ref: "#/components/headers/" + requestID}}
}

// failure describes an error in the operation's dialect.
func (b *documentBuilder) failure(op *operation, status int, text string) *responseObject {
	body := b.schema(reflect.TypeFor[confluence.ErrorV1](), "")
	if op.v2() {
		body = b.schema(reflect.TypeFor[confluence.ErrorV2](), "")
	}
	r := &responseObject{Description: text, Headers: b.headers(), Content: map[string]mediaObject{}}
	switch {
	case status == http.StatusMethodNotAllowed:
		return b.methodRefused(op, r, body)
	case status == http.StatusUnauthorized:
		body = &schemaObject{AnyOf: []*schemaObject{body, b.schema(reflect.TypeFor[confluence.ErrorGateway](), "")}}
		if b.form.observed {
			r.Content["text/html"] = mediaObject{Schema: &schemaObject{Type: "string"}}
		}
	case status == http.StatusForbidden && b.form.observed && op.needs.has(xsrf):
		r.Content["text/plain"] = mediaObject{Schema: &schemaObject{Type: "string"}}
	case status == http.StatusTooManyRequests:
		for name := range limitHeaders() {
			r.Headers[name] = &headerObject{Ref: "#/components/headers/" + name}
		}
		fallthrough
	case status == http.StatusServiceUnavailable:
		r.Headers["Retry-After"] = &headerObject{Ref: "#/components/headers/Retry-After"}
	case status == http.StatusNotFound && b.form.observed && op.older():
		r.Content = nil // real sites leave the body out where a number cannot be read
		return r
	}
	r.Content[jsonType] = mediaObject{body, b.exampleFailure(op, status, text)}
	return r
}

// methodRefused completes the description of a wrong method, body being that of the operation's dialect. On real sites
// it is either the header that is there or a body, in the form of v2 everywhere.
func (b *documentBuilder) methodRefused(op *operation, r *responseObject, body *schemaObject) *responseObject {
	allow := &headerObject{Description: "The methods that the path takes, separated by commas.", Schema: &schemaObject{Type: "string"}}
	switch {
	case !b.form.observed:
		r.Headers["Allow"] = allow
	case op.older():
		r.Headers["Allow"], r.Content = allow, nil
		return r
	default:
		body = b.schema(reflect.TypeFor[confluence.ErrorV2](), "")
		r.Description = "The path does not take the method."
		r.Content[jsonType] = mediaObject{body, encode(unsupported(http.MethodPatch))}
		return r
	}
	r.Content[jsonType] = mediaObject{body, b.exampleFailure(op, http.StatusMethodNotAllowed, r.Description)}
	return r
}

// sharedFailure describes an error that is alike for all operations of a dialect, and refers to it.
func (b *documentBuilder) sharedFailure(op *operation, c cause) *responseObject {
	dialect := "V1"
	switch {
	case b.form.observed && op.older():
		dialect = "Older"
	case op.v2():
		dialect = "V2"
	}
	name := strings.ReplaceAll(http.StatusText(c.status), " ", "") + dialect
	if b.failures[name] == nil {
		b.failures[name] = b.failure(op, c.status, c.text)
	}
	return &responseObject{Ref: "#/components/responses/" + name}
}
