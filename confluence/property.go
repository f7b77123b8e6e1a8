package confluence

import "encoding/json"

// UserProperty is a JSON object that an app keeps with a user: the official v1 schema UserProperty.
// Value holds the bytes as they were stored.
type UserProperty struct {
	Key              string          `json:"key" required:"true" doc:"The name of the property."`
	Value            json.RawMessage `json:"value" required:"true" doc:"The stored JSON object."`
	ID               string          `json:"id" required:"true" doc:"The ID of the property."`
	LastModifiedDate string          `json:"lastModifiedDate" required:"true" format:"date-time" doc:"When the value last changed."`
	CreatedDate      string          `json:"createdDate" required:"true" format:"date-time" doc:"When the property was made."`
	Links            Links           `json:"_links,omitempty" doc:"References to this property."`
}

// UserPropertyKey names one property in a [UserPropertyKeyArray].
type UserPropertyKey struct {
	Key string `json:"key" doc:"The name of the property."`
}

// UserPropertyKeyArray is one page of property names: the official v1 schema UserPropertyKeyArray.
type UserPropertyKeyArray struct {
	Results []UserPropertyKey `json:"results" required:"true" doc:"The names on this page; never null."`
	Start   int               `json:"start" format:"int32" doc:"How many names come before this page."`
	Limit   int               `json:"limit" format:"int32" doc:"How many names the page may hold."`
	Size    int               `json:"size" format:"int32" doc:"How many names the page holds."`
	Links   Links             `json:"_links,omitempty" doc:"References to this page and its neighbours."`
}

// UserPropertyCreate is the body that makes or replaces a property:
// the official v1 schemas UserPropertyCreate and UserPropertyUpdate.
type UserPropertyCreate struct {
	Value json.RawMessage `json:"value" required:"true" doc:"The JSON object to store."`
}
