package api

import (
	"encoding/json"
	"net/http"
)

// recordedBody is what the demo site answered with a status; nil where it said nothing.
func (op *operation) recordedBody(status int) json.RawMessage {
	return recordedAnswers()[savedAnswer{cause: cause{status: status}}.recordedAs(op)].Body
}

// exampleFailure is the body of a failure: the demo site's. A site that answers as real sites were observed to, which the
// demo site does not, has one in the operation's dialect that says text.
func (b *documentBuilder) exampleFailure(op *operation, status int, text string) json.RawMessage {
	switch {
	case !b.form.observed:
		return op.recordedBody(status)
	case op.v2():
		return encode(v2Body(status, codeOf(status), http.StatusText(status), text))
	}
	return encode(v1Body(status, text))
}
