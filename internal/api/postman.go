package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rosterhq/roster/internal/samples"
)

// postmanText is the collection, with anySite and anyServer for the addresses.
var postmanText = sync.OnceValue(func() []byte { return encode(postmanCollection(operations)) })

// showPostman serves the operations as a collection for Postman.
func (s *Server) showPostman(w http.ResponseWriter, r *http.Request, c *call) error {
	return serveDocument(w, r, jsonType, postmanOf(c.base, s.PublicURL))
}

// postmanOf is the collection for a site at an address of a server.
func postmanOf(address, server string) []byte {
	text := bytes.ReplaceAll(postmanText(), []byte(anySite), bytes.Trim(encode(address), `"`))
	return bytes.ReplaceAll(text, []byte(anyServer), bytes.Trim(encode(server), `"`))
}

// postmanCollection is a collection of Postman's format 2.1: a folder for each section of the reference. Its variables are
// the site's address and the credential.
func postmanCollection(table []operation) postman {
	p := postman{
		Info: postmanInfo{"Roster", about, "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		Auth: &postmanAuth{
			Type: "basic", Basic: []postmanPair{{Key: "username", Value: "{{email}}"}, {Key: "password", Value: "{{token}}"}},
			OAuth: []postmanPair{
				{Key: "authUrl", Value: anyServer + "/authorize"},
				{Key: "accessTokenUrl", Value: anyServer + "/oauth/token"},
				{Key: "addTokenTo", Value: "header"},
			},
		},
		Variable: []postmanPair{{Key: "baseUrl", Value: anySite}, {Key: "email"}, {Key: "token"}, {Key: "appToken"}},
	}
	for _, t := range tags {
		folder := postmanFolder{Name: t.Name, Description: t.Description}
		for i := range table {
			if op := &table[i]; string(op.tag) == t.Name {
				folder.Item = append(folder.Item, op.postman())
			}
		}
		p.Item = append(p.Item, folder)
	}
	return p
}

// postman is an operation as an entry of a folder, with a saved answer for each status that the row documents.
func (op *operation) postman() postmanItem {
	o := op.sampled(examples[op.id])
	request := op.postmanRequest(o)
	item := postmanItem{Name: op.title, Request: request, Event: []postmanEvent{{"test", postmanScript{
		"text/javascript",
		[]string{"pm.test('the status is " + strconv.Itoa(op.status) + "', () => pm.response.to.have.status(" + strconv.Itoa(op.status) + "));"},
	}}}}
	body := []byte(nil)
	if o.Answer != nil {
		body = encode(specimen(o.Answer))
	}
	item.Response = []postmanResponse{saved("Done.", request, op.status, body)}
	for _, c := range op.fails {
		body := encode(v1Body(c.status, c.text))
		if op.v2() {
			body = encode(v2Body(c.status, codeOf(c.status), http.StatusText(c.status), c.text))
		}
		item.Response = append(item.Response, saved(c.text, request, c.status, body))
	}
	return item
}

func (op *operation) postmanRequest(o samples.Operation) postmanRequest {
	r := postmanRequest{Method: o.Method, Description: op.description(), Header: []postmanPair{{Key: "Accept", Value: jsonType}}}
	path, query := o.Path, ""
	for _, n := range o.Names {
		path = strings.ReplaceAll(path, "{"+n.Name+"}", ":"+n.Name)
		r.URL.Variable = append(r.URL.Variable, postmanPair{Key: n.Name, Value: n.Text, Description: op.parameterText(n.Name)})
	}
	for _, q := range o.Query {
		for _, value := range op.entries(q) {
			query += string("?&"[min(len(query), 1)]) + q.Name + "=" + value
			r.URL.Query = append(r.URL.Query, postmanPair{Key: q.Name, Value: value, Description: op.parameterText(q.Name)})
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
		r.Auth = &postmanAuth{Type: "bearer", Bearer: []postmanPair{{Key: "token", Value: "{{appToken}}"}}}
	}
	return r
}

// entries are the values of a parameter: a list is given by repeating it.
func (op *operation) entries(q samples.Value) []string {
	if q.Name == "expand" {
		return strings.Split(q.Text, ",")
	}
	return []string{q.Text}
}

// parameterText describes a parameter, those first that must be given.
func (op *operation) parameterText(name string) string {
	i := slices.IndexFunc(op.serve.params.list, func(q param) bool { return q.name == name })
	q := op.serve.params.list[i]
	if q.required {
		return "(Required) " + q.doc
	}
	return q.doc
}

// saved is an answer to a request as it is kept with it.
func saved(name string, request postmanRequest, status int, body []byte) postmanResponse {
	r := postmanResponse{
		Name: name, Original: request, Status: http.StatusText(status), Code: status, Language: "text",
		Header: []postmanPair{{Key: requestID, Value: "01890a5d-ac96-774b-bcce-b302099a8057"}}, Cookie: []postmanPair{}, Body: string(body),
	}
	if body != nil {
		r.Language = "json"
		r.Header = append(r.Header, postmanPair{Key: "Content-Type", Value: jsonType})
	}
	return r
}

// specimen is a value of a tree, with an entry in each list.
func specimen(n *samples.Node) any {
	switch n.Kind {
	case samples.Text:
		return cmp.Or(n.Example, "string")
	case samples.Number:
		return 0
	case samples.Flag:
		return false
	case samples.List:
		return []any{specimen(n.Item)}
	}
	members := map[string]any{}
	for _, m := range n.Members {
		if m.Presence != samples.Entry {
			members[m.Name] = specimen(m)
		}
	}
	return members
}
