package api

import (
	"bytes"
	"encoding/json"
)

// The objects of an OpenAPI document, as far as ours has them. What stands in a list or is a field is written in that
// order, what stands in a map in the order of its keys: so equal documents have equal bytes.

type documentObject struct {
	OpenAPI    string                                 `json:"openapi"`
	Info       infoObject                             `json:"info"`
	Servers    []serverObject                         `json:"servers"`
	Tags       []tagObject                            `json:"tags"`
	Paths      map[string]map[string]*operationObject `json:"paths"`
	Components componentsObject                       `json:"components"`
}

type infoObject struct {
	Title       string        `json:"title"`
	Description string        `json:"description"`
	License     licenseObject `json:"license"`
	Version     string        `json:"version"`
}

type licenseObject struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type serverObject struct {
	URL         string `json:"url"`
	Description string `json:"description"`
}

type tagObject struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

type operationObject struct {
	Tags        []string                   `json:"tags"`
	Summary     string                     `json:"summary"`
	Description string                     `json:"description"`
	Page        *pageObject                `json:"externalDocs,omitempty"`
	OperationID string                     `json:"operationId"`
	Parameters  []*parameterObject         `json:"parameters,omitempty"`
	RequestBody *bodyObject                `json:"requestBody,omitempty"`
	Responses   map[string]*responseObject `json:"responses"`
	Deprecated  bool                       `json:"deprecated,omitempty"`
	Security    []map[string][]string      `json:"security"`

	Experimental bool           `json:"x-experimental,omitempty"`
	Scopes       []scopesObject `json:"x-atlassian-oauth2-scopes,omitempty"`
	Policy       []policyObject `json:"x-atlassian-data-security-policy,omitempty"`
	Connect      string         `json:"x-atlassian-connect-scope"`
	Samples      []sampleObject `json:"x-codeSamples,omitempty"`
}

// pageObject names a page about something.
type pageObject struct {
	Description string `json:"description"`
	URL         string `json:"url"`
}

type scopesObject struct {
	Scheme string   `json:"scheme"`
	State  string   `json:"state"`
	Scopes []string `json:"scopes"`
}

type policyObject struct {
	Exempt bool `json:"app-access-rule-exempt"`
}

type parameterObject struct {
	Ref         string        `json:"$ref,omitempty"`
	Name        string        `json:"name,omitempty"`
	In          string        `json:"in,omitempty"`
	Description string        `json:"description,omitempty"`
	Required    bool          `json:"required,omitempty"`
	Deprecated  bool          `json:"deprecated,omitempty"`
	Style       string        `json:"style,omitempty"`
	Explode     *bool         `json:"explode,omitempty"`
	Schema      *schemaObject `json:"schema,omitempty"`
}

type bodyObject struct {
	Required bool                   `json:"required,omitempty"`
	Content  map[string]mediaObject `json:"content"`
}

type mediaObject struct {
	Schema  *schemaObject   `json:"schema"`
	Example json.RawMessage `json:"example,omitempty"`
}

type responseObject struct {
	Ref         string                   `json:"$ref,omitempty"`
	Description string                   `json:"description,omitempty"`
	Headers     map[string]*headerObject `json:"headers,omitempty"`
	Content     map[string]mediaObject   `json:"content,omitempty"`
}

type headerObject struct {
	Ref         string        `json:"$ref,omitempty"`
	Description string        `json:"description,omitempty"`
	Required    bool          `json:"required,omitempty"`
	Schema      *schemaObject `json:"schema,omitempty"`
}

type componentsObject struct {
	Schemas    map[string]*schemaObject    `json:"schemas"`
	Parameters map[string]*parameterObject `json:"parameters"`
	Responses  map[string]*responseObject  `json:"responses"`
	Headers    map[string]*headerObject    `json:"headers"`
	Security   map[string]schemeObject     `json:"securitySchemes"`
}

type schemeObject struct {
	Type        string                `json:"type"`
	Description string                `json:"description"`
	Scheme      string                `json:"scheme,omitempty"`
	Flows       map[string]flowObject `json:"flows,omitempty"`
}

type flowObject struct {
	AuthorizationURL string            `json:"authorizationUrl"`
	TokenURL         string            `json:"tokenUrl"`
	Scopes           map[string]string `json:"scopes"`
}

type schemaObject struct {
	Ref         string          `json:"$ref,omitempty"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Type        any             `json:"type,omitempty"` // a name, or from 3.1 on a list of them
	Format      string          `json:"format,omitempty"`
	Nullable    bool            `json:"nullable,omitempty"` // before 3.1
	Enum        []any           `json:"enum,omitempty"`
	Default     any             `json:"default,omitempty"`
	Pattern     string          `json:"pattern,omitempty"`
	Minimum     *int            `json:"minimum,omitempty"`
	Maximum     *int            `json:"maximum,omitempty"`
	MinItems    *int            `json:"minItems,omitempty"`
	MaxItems    *int            `json:"maxItems,omitempty"`
	Items       *schemaObject   `json:"items,omitempty"`
	Properties  properties      `json:"properties,omitempty"`
	Required    []string        `json:"required,omitempty"`
	Others      any             `json:"additionalProperties,omitempty"` // whether there may be members that are not listed, or their schema
	AnyOf       []*schemaObject `json:"anyOf,omitempty"`
	AllOf       []*schemaObject `json:"allOf,omitempty"`
	Deprecated  bool            `json:"deprecated,omitempty"`
}

// properties are the members of an object, in their order.
type properties []property

type property struct {
	name   string
	schema *schemaObject
}

// MarshalJSON writes an object.
func (p properties) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	for i, m := range p {
		out.WriteByte("{,"[min(i, 1)])
		out.Write(encode(m.name))
		out.WriteByte(':')
		out.Write(encode(m.schema))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
