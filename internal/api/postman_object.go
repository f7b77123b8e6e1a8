package api

import "encoding/json"

// The objects of a collection for Postman, as far as ours has them.

type postman struct {
	Info     postmanInfo     `json:"info"`
	Item     []postmanFolder `json:"item"`
	Auth     *postmanAuth    `json:"auth"`
	Event    []postmanEvent  `json:"event"`
	Variable []postmanPair   `json:"variable"`
}

type postmanInfo struct {
	Name        string `json:"name"`
	Version     string `json:"version"`
	Description string `json:"description"`
	Schema      string `json:"schema"`
}

type postmanFolder struct {
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Item        []postmanItem `json:"item"`
}

type postmanItem struct {
	Name     string            `json:"name"`
	Event    []postmanEvent    `json:"event"`
	Request  postmanRequest    `json:"request"`
	Response []postmanResponse `json:"response"`
}

type postmanEvent struct {
	Listen string        `json:"listen"`
	Script postmanScript `json:"script"`
}

type postmanScript struct {
	Type string   `json:"type"`
	Exec []string `json:"exec"`
}

type postmanRequest struct {
	Auth        *postmanAuth  `json:"auth,omitempty"`
	Method      string        `json:"method"`
	Header      []postmanPair `json:"header"`
	Body        *postmanBody  `json:"body,omitempty"`
	URL         postmanURL    `json:"url"`
	Description string        `json:"description,omitempty"`
}

type postmanURL struct {
	Raw      string        `json:"raw"`
	Host     []string      `json:"host"`
	Path     []string      `json:"path"`
	Query    []postmanPair `json:"query,omitempty"`
	Variable []postmanPair `json:"variable,omitempty"`
}

type postmanBody struct {
	Mode    string          `json:"mode"`
	Raw     string          `json:"raw"`
	Options json.RawMessage `json:"options"`
}

type postmanResponse struct {
	Name     string         `json:"name"`
	Original postmanRequest `json:"originalRequest"`
	Status   string         `json:"status"`
	Code     int            `json:"code"`
	Language string         `json:"_postman_previewlanguage"`
	Header   []postmanPair  `json:"header"`
	Cookie   []postmanPair  `json:"cookie"`
	Body     string         `json:"body"`
}

type postmanAuth struct {
	Type   string        `json:"type"`
	Basic  []postmanPair `json:"basic,omitempty"`
	Bearer []postmanPair `json:"bearer,omitempty"`
	OAuth  []postmanPair `json:"oauth2,omitempty"`
}

type postmanPair struct {
	Key         string `json:"key"`
	Value       string `json:"value"`
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
}
