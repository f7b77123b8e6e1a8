package rosteradmin

// Refusal is why a site refused a request, as `GET /_roster/explain/{id}` answers. What is not known is "".
type Refusal struct {
	ID         string `json:"id"`
	CloudID    string `json:"cloudId"` // empty where the request was for no site
	At         string `json:"at"`      // RFC 3339
	RequestID  string `json:"requestId"`
	Node       string `json:"node"` // which keeps it; others do not know of it
	Method     string `json:"method"`
	Operation  string `json:"operation"` // such as getUser
	Route      string `json:"route"`     // without the values of its parameters
	Status     int    `json:"status"`
	Kind       string `json:"kind"`  // of failure, in words
	Check      string `json:"check"` // that the request failed, such as scope
	Reason     string `json:"reason"`
	Remedy     string `json:"remedy"`
	AccountID  string `json:"accountId"`
	TokenID    string `json:"tokenId"`
	CallerKind string `json:"callerKind"` // the way in, in words
}
