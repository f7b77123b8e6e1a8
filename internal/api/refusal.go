package api

import (
	"errors"
	"net/http"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/jsonbody"
)

// refusals says what each kind of failure is answered with: by what Atlassian documents, and by what
// real sites were observed to do. docs/contract.md is printed from it.
var refusals = map[failure.Kind]struct{ documented, observed answer }{
	failure.Malformed:       {says(401), tomcatPage},
	failure.Unauthenticated: {says(401).ifListed(says(403).inV2(404)), noAccessObserved},
	failure.WrongHost:       {says(401), tomcatPage},
	failure.OutOfScope:      {gatewayScope, gatewayScope},
	failure.NoAccess:        {says(403).ifListed(says(401)).inV2(404), noAccessObserved},
	failure.ProfilesHidden:  {says(403).inV2(404), serviceSays(403, "com.atlassian.confluence.api.service.exceptions.api.PermissionException").inWords("User not permitted to view user profiles")},
	failure.Forbidden:       {says(403).inV2(404), serviceSays(403, "com.atlassian.confluence.api.service.exceptions.api.PermissionException")},
	failure.Forged:          {says(403), xsrfObserved},
	failure.Invalid:         {says(400), serviceSays(400, "com.atlassian.confluence.api.service.exceptions.api.BadRequestException")},
	failure.Unreadable:      {says(400), unreadableObserved},
	failure.NotFound:        {says(404), serviceSays(404, "com.atlassian.confluence.api.service.exceptions.api.NotFoundException")},
	failure.NoRoute:         {says(404), noRouteObserved},
	failure.WrongMethod:     {says(405), wrongMethodObserved},
	failure.Conflict:        {says(409), says(409)},
	failure.TooLarge:        {says(413), says(413)},
	failure.TooLong:         {says(414), says(414)},
	failure.HeadersTooLarge: {says(431), says(431)},
	failure.WrongMediaType:  {says(415), says(415)},
	failure.Disabled:        {says(501), says(501)},
	failure.Unavailable:     {says(503), says(503)},
	failure.TooMany:         {says(429), says(429)},
	failure.Internal:        {says(500), says(500)},
}

// refused is a failure at the place where it happened.
type refused struct {
	call    *call
	request *http.Request
	err     error
	message string
}

// v2 reports whether the refusal speaks the dialect of /wiki/api/v2.
func (f refused) v2() bool {
	if f.call.op != nil {
		return f.call.op.v2()
	}
	return isV2(f.request.URL.EscapedPath())
}

// older reports whether a real site's older services would refuse.
func (f refused) older() bool {
	if f.call.op != nil {
		return f.call.op.older()
	}
	return isOlder(f.call.place)
}

// answer makes the reply to a failure.
type answer func(refused) reply

// says answers with a status, in the path's dialect, in words of ours.
func says(status int) answer {
	return func(f refused) reply {
		if f.v2() {
			return jsonReply(status, v2Body(status, v2Code(status, f.err), http.StatusText(status), f.message))
		}
		return jsonReply(status, v1Body(status, f.message))
	}
}

// inV2 answers with another status under /wiki/api/v2.
func (a answer) inV2(status int) answer {
	return func(f refused) reply {
		if f.v2() {
			return says(status)(f)
		}
		return a(f)
	}
}

// inWords puts the words of real sites for this failure in the place of ours.
func (a answer) inWords(observed string) answer {
	return func(f refused) reply {
		f.err = &verbatim{f.err, observed}
		return a(f)
	}
}

// ifListed answers an operation that does not document a's status otherwise.
func (a answer) ifListed(otherwise answer) answer {
	return func(f refused) reply {
		if out := a(f); f.call.op == nil || f.call.op.fails.has(out.status) {
			return out
		}
		return otherwise(f)
	}
}

// refuse answers a failed call, and returns the status it wrote.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, c *call, err error) int {
	kind, message := s.report(r.Context(), c, err)
	row := refusals[kind]
	say := row.documented
	if c.observed() {
		say = row.observed
	}
	if kind == failure.Unavailable && !lasts(err) {
		w.Header().Set("Retry-After", "5")
	}
	if t, ok := errors.AsType[*tooMany](err); ok {
		w.Header().Set("Retry-After", t.seconds())
	}
	out := say(refused{c, r, err, message})
	s.explained(w, r, c, kind, err, out.status)
	for name, value := range out.header {
		w.Header().Set(name, value)
	}
	if out.dropAllow {
		w.Header().Del("Allow")
	}
	w.WriteHeader(out.status)
	w.Write(out.body)
	return out.status
}

// v2Code names a failure as v2 does.
func v2Code(status int, err error) string {
	if _, ok := errors.AsType[*jsonbody.Unreadable](err); ok {
		return "INVALID_MESSAGE"
	}
	if status == http.StatusBadRequest {
		return "INVALID_REQUEST_PARAMETER"
	}
	return codeOf(status)
}
