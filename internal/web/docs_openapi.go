package web

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// openAPI is as much of an OpenAPI document as pages show.
type openAPI struct {
	Info       struct{ Version string }
	Tags       []struct{ Name, Description string }
	Paths      map[string]map[string]*openOperation
	Components struct {
		Parameters map[string]*openParameter
		Responses  map[string]*openResponse
		Headers    map[string]*openHeader
		Schemas    map[string]*openSchema
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
	Experimental bool        `json:"x-experimental"`
	Samples      []refSample `json:"x-codeSamples"`
}

type openParameter struct {
	Ref                   string `json:"$ref"`
	Name, In, Description string
	Required, Deprecated  bool
	Schema                *openSchema
}

type openSchema struct {
	Ref                                  string `json:"$ref"`
	Type                                 any    // a name or a list of them
	Description, Pattern                 string
	Default                              any
	Enum                                 []any
	Minimum, Maximum, MinItems, MaxItems *int
	Items                                *openSchema
	Properties                           openProperties
	Required                             []string
	AnyOf                                []*openSchema
	Deprecated                           bool
}

// openProperties are the members of an object, in the order of the document.
type openProperties []openProperty

type openProperty struct {
	Name   string
	Schema *openSchema
}

// UnmarshalJSON reads an object.
func (p *openProperties) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		one := openProperty{Name: fmt.Sprint(name)}
		if err := d.Decode(&one.Schema); err != nil {
			return err
		}
		*p = append(*p, one)
	}
	return nil
}

type openResponse struct {
	Ref         string `json:"$ref"`
	Description string
	Headers     map[string]*openHeader
	Content     map[string]openMedia
}

type openHeader struct {
	Ref         string `json:"$ref"`
	Description string
}

type openMedia struct {
	Schema  *openSchema
	Example json.RawMessage
}
