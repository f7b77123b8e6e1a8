package api

import (
	"encoding/json"
	"net/http"
)

// exampleAnswer is an answer of an operation as the samples ask for it, with an entry in each list.
func (op *operation) exampleAnswer() json.RawMessage {
	return encode(specimen(op.sampled(examples[op.id]).Answer))
}

// exampleFailure is the body of a failure in the operation's dialect.
func (op *operation) exampleFailure(status int, text string) json.RawMessage {
	if op.v2() {
		return encode(v2Body(status, codeOf(status), http.StatusText(status), text))
	}
	return encode(v1Body(status, text))
}
