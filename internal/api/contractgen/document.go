package main

import "encoding/json"

// document is what is read of an OpenAPI document: the facts, not the words.
type document struct {
	Paths      map[string]map[string]described `json:"paths"`
	Components struct {
		Schemas       map[string]schema    `json:"schemas"`
		Parameters    map[string]parameter `json:"parameters"`
		RequestBodies map[string]body      `json:"requestBodies"`
	} `json:"components"`
}

type described struct {
	OperationID string                `json:"operationId"`
	Tags        []string              `json:"tags"`
	Deprecated  bool                  `json:"deprecated"`
	Parameters  []parameter           `json:"parameters"`
	RequestBody *body                 `json:"requestBody"`
	Responses   map[string]response   `json:"responses"`
	Security    []map[string][]string `json:"security"`

	Experimental bool   `json:"x-experimental"`
	Connect      string `json:"x-atlassian-connect-scope"`
	Scopes       []struct {
		State  string   `json:"state"`
		Scopes []string `json:"scopes"`
	} `json:"x-atlassian-oauth2-scopes"`
	Policy []struct {
		Exempt *bool `json:"app-access-rule-exempt"`
	} `json:"x-atlassian-data-security-policy"`
}

type parameter struct {
	Ref        string `json:"$ref"`
	Name       string `json:"name"`
	In         string `json:"in"`
	Required   bool   `json:"required"`
	Deprecated bool   `json:"deprecated"`
	Style      string `json:"style"`
	Explode    *bool  `json:"explode"`
	Schema     schema `json:"schema"`
}

type body struct {
	Ref      string             `json:"$ref"`
	Required bool               `json:"required"`
	Content  map[string]content `json:"content"`
}

type response struct {
	Content map[string]content         `json:"content"`
	Headers map[string]json.RawMessage `json:"headers"`
}

type content struct {
	Schema schema `json:"schema"`
}

type schema struct {
	Ref        string            `json:"$ref"`
	Title      string            `json:"title"`
	Type       string            `json:"type"`
	Format     string            `json:"format"`
	Pattern    string            `json:"pattern"`
	Nullable   bool              `json:"nullable"`
	Deprecated bool              `json:"deprecated"`
	Required   []string          `json:"required"`
	Enum       []string          `json:"enum"`
	Default    json.RawMessage   `json:"default"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
	Additional json.RawMessage   `json:"additionalProperties"` // a boolean or a schema
	OneOf      []schema          `json:"oneOf"`
	AnyOf      []schema          `json:"anyOf"`
	AllOf      []schema          `json:"allOf"`

	Minimum   json.Number `json:"minimum"`
	Maximum   json.Number `json:"maximum"`
	MinItems  json.Number `json:"minItems"`
	MaxItems  json.Number `json:"maxItems"`
	MinLength json.Number `json:"minLength"`
	MaxLength json.Number `json:"maxLength"`

	// Description is read only to see whether it begins by calling the schema deprecated,
	// which is how v1 marks members.
	Description string `json:"description"`
}
