package api

import (
	"encoding/json"
	"net/http"
)

// recordedBody is what the demo site answered with a status; nil where no such answer was recorded.
func (op *operation) recordedBody(status int) json.RawMessage {
	return recordedAnswers()[savedAnswer{cause: cause{status: status}}.recordedAs(op)].Body
}

// exampleFailure is the body of a failure: the demo site's, or else one in the operation's dialect that says text. A site
// that answers as real sites were observed to has the latter: the demo site is not one.
func (b *documentBuilder) exampleFailure(op *operation, status int, text string) json.RawMessage {
	recorded := op.recordedBody(status)
	switch {
	case recorded != nil && !b.form.observed:
		return recorded
	case op.v2():
		return encode(v2Body(status, codeOf(status), http.StatusText(status), text))
	}
	return encode(v1Body(status, text))
}
