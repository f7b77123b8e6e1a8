package confluence

// ErrorV1 is the error body of /wiki/rest/api.
type ErrorV1 struct {
	StatusCode int          `json:"statusCode" required:"true" format:"int32" doc:"The HTTP status."`
	Data       *ErrorV1Data `json:"data,omitempty" doc:"What was wrong; some refusals leave it out."`
	Message    string       `json:"message" required:"true" doc:"What went wrong, in one sentence."`
}

// ErrorV1Data is the detail inside an [ErrorV1].
type ErrorV1Data struct {
	Authorized bool          `json:"authorized" doc:"Whether the caller may do this."`
	Valid      bool          `json:"valid" doc:"Whether the request was well formed."`
	Errors     []ErrorV1Item `json:"errors" doc:"Single faults of the request; never null."`
	Successful bool          `json:"successful" doc:"Whether the request was carried out."`
}

// ErrorV1Item is one fault inside an [ErrorV1Data].
type ErrorV1Item struct {
	Message ErrorV1Message `json:"message" doc:"What the fault is."`
}

// ErrorV1Message is the text of one fault.
type ErrorV1Message struct {
	Key         string `json:"key,omitempty" doc:"The name of the fault."`
	Translation string `json:"translation,omitempty" doc:"The fault in words."`
	Args        []any  `json:"args" doc:"What the words refer to; never null."`
}

// ErrorV2 is the error body of /wiki/api/v2.
type ErrorV2 struct {
	Errors []ErrorV2Item `json:"errors" required:"true" doc:"What went wrong; at least one."`
}

// ErrorV2Item is one error of an [ErrorV2].
type ErrorV2Item struct {
	Status int              `json:"status" required:"true" format:"int32" doc:"The HTTP status."`
	Code   string           `json:"code" required:"true" doc:"The name of the fault."`
	Title  string           `json:"title" required:"true" doc:"The fault in words."`
	Detail Nullable[string] `json:"detail,omitzero" doc:"More about the fault, or null."`
}

// ErrorGateway is the error body of the OAuth gateway, which refuses a token before Confluence sees it.
type ErrorGateway struct {
	Code    int    `json:"code" required:"true" format:"int32" doc:"The HTTP status."`
	Message string `json:"message" required:"true" doc:"Why the token was refused."`
}
