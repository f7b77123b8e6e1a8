package api

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/samples"
)

// The variables of a collection that hold the tokens of those who are refused.
const (
	memberToken   = "memberToken"
	outsiderToken = "outsiderToken"
)

// padding is the variable that holds as much as a URL may have. A script makes it: in the collection it would be too much.
const padding = "padding"

// postmanRequest is a request as a collection has it.
func (op *operation) postmanRequest(o samples.Operation) postmanRequest {
	r := postmanRequest{Method: o.Method, Header: []postmanPair{{Key: "Accept", Value: jsonType}}}
	path, query := o.Path, ""
	for _, n := range o.Names {
		path = strings.ReplaceAll(path, "{"+n.Name+"}", ":"+n.Name)
		r.URL.Variable = append(r.URL.Variable, postmanPair{Key: n.Name, Value: n.Text})
	}
	for _, q := range o.Query {
		for _, value := range op.entries(q) {
			query += string("?&"[min(len(query), 1)]) + q.Name + "=" + value
			r.URL.Query = append(r.URL.Query, postmanPair{Key: q.Name, Value: value})
		}
	}
	r.URL.Raw, r.URL.Host, r.URL.Path = "{{baseUrl}}"+path+query, []string{"{{baseUrl}}"}, strings.Split(path[1:], "/")
	if o.Token {
		r.Header = append(r.Header, postmanPair{Key: xsrfHeader, Value: "no-check", Description: "(Required)"})
	}
	if o.Body != "" {
		r.Header = append(r.Header, postmanPair{Key: "Content-Type", Value: jsonType})
		r.Body = &postmanBody{"raw", o.Body, json.RawMessage(`{"raw":{"language":"json"}}`)}
	}
	if o.App {
		r.Auth = bearing("appToken")
	}
	return r
}

// onNoSite is the address, at the gateway, of the same on a site that there is not.
func (u postmanURL) onNoSite() postmanURL {
	const server = "{{serverUrl}}"
	u.Raw = strings.Replace(u.Raw, u.Host[0], server+"/ex/confluence/"+absentID, 1)
	u.Host, u.Path = []string{server}, slices.Concat([]string{"ex", "confluence", absentID}, u.Path)
	return u
}

// described is a request of an operation with all that there is to say about it.
func (op *operation) described(r postmanRequest) postmanRequest {
	r.Description = op.description()
	say := func(pairs []postmanPair) []postmanPair {
		pairs = slices.Clone(pairs)
		for i := range pairs {
			pairs[i].Description = op.pairText(pairs[i].Key)
		}
		return pairs
	}
	r.URL.Query, r.URL.Variable = say(r.URL.Query), say(r.URL.Variable)
	return r
}

// bearing is the credential of whoever has the token that a variable holds.
func bearing(variable string) *postmanAuth {
	return &postmanAuth{Type: "bearer", Bearer: []postmanPair{authText("token", "{{"+variable+"}}")}}
}

// entries are the values of a parameter: a list is given by repeating it.
func (op *operation) entries(q samples.Value) []string {
	if q.Name == "expand" {
		return strings.Split(q.Text, ",")
	}
	return []string{q.Text}
}

// pairText describes the parameter of a name and says of those that must be given that they must.
func (op *operation) pairText(name string) string {
	i := slices.IndexFunc(op.serve.params.list, func(q param) bool { return q.name == name })
	q := op.serve.params.list[i]
	if q.required {
		return "(Required) " + op.parameterText(q)
	}
	return op.parameterText(q)
}
