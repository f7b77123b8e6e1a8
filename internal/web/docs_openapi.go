package web

import "encoding/json"

// openAPI is as much of an OpenAPI document as pages show.
type openAPI struct {
	Info       struct{ Version string }
	Tags       []struct{ Name, Description string }
	Paths      map[string]map[string]*openOperation
	Components struct {
		Parameters map[string]*openParameter
		Responses  map[string]*openResponse
	}
}

type openOperation struct {
	Tags                              []string
	Summary, Description, OperationID string
	Parameters                        []*openParameter
	RequestBody                       *struct {
		Required bool
		Content  map[string]openMedia
	}
	Responses    map[string]*openResponse
	Deprecated   bool
	Experimental bool `json:"x-experimental"`
	Scopes       []struct {
		State  string
		Scopes []string
	} `json:"x-atlassian-oauth2-scopes"`
	Policy []struct {
		Exempt bool `json:"app-access-rule-exempt"`
	} `json:"x-atlassian-data-security-policy"`
	Connect string      `json:"x-atlassian-connect-scope"`
	Samples []refSample `json:"x-codeSamples"`
}

type openParameter struct {
	Ref                   string `json:"$ref"`
	Name, In, Description string
	Required, Deprecated  bool
	Schema                *openSchema
}

type openSchema struct {
	Type, Pattern    string
	Default          any
	Enum             []any
	Minimum, Maximum *int
	Items            *openSchema
	AnyOf            []*openSchema
}

type openResponse struct {
	Ref         string `json:"$ref"`
	Description string
	Content     map[string]openMedia
}

type openMedia struct{ Example json.RawMessage }
