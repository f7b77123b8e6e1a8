package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// postmanText is the collection, with anySite and anyServer for the addresses.
var postmanText = sync.OnceValue(func() []byte { return encode(postmanCollection(operations)) })

// postmanTemplate is the collection as it is served.
var postmanTemplate = sync.OnceValue(func() *addressed { return newAddressed(postmanText()) })

// showPostman serves the operations as a collection for Postman.
func (s *Server) showPostman(w http.ResponseWriter, r *http.Request, c *call) error {
	return postmanTemplate().serve(w, r, jsonType, c.base, s.PublicURL)
}

// postmanCollection is a collection of Postman's format 2.1: a folder for each section of the reference. Its variables are
// the site's address and the credentials.
func postmanCollection(table []operation) postman {
	p := postman{
		Info: postmanInfo{"Roster", documentVersion, about, "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		Auth: &postmanAuth{
			Type: "basic", Basic: []postmanPair{{Key: "username", Value: "{{email}}"}, {Key: "password", Value: "{{token}}"}},
			OAuth: []postmanPair{
				{Key: "authUrl", Value: anyServer + "/authorize"},
				{Key: "accessTokenUrl", Value: anyServer + "/oauth/token"},
				{Key: "addTokenTo", Value: "header"},
			},
		},
		Variable: []postmanPair{
			{Key: "baseUrl", Value: anySite, Description: "The site."},
			{Key: "email", Description: "The address of a site administrator."},
			{Key: "token", Description: "An API token of theirs."},
			{Key: "appToken", Description: "A token of an app that is approved for e-mail addresses. Only the e-mail operations use it."},
			{Key: memberToken, Description: "An API token of somebody who administers nothing. Only saved refusals use it."},
			{Key: outsiderToken, Description: "An API token of somebody who may not use the site. Only saved refusals use it."},
		},
	}
	for _, t := range tags {
		folder := postmanFolder{Name: t.Name, Description: t.Description}
		for _, op := range inRunningOrder(table) {
			if string(op.tag) == t.Name {
				folder.Item = append(folder.Item, op.postman())
			}
		}
		p.Item = append(p.Item, folder)
	}
	return p
}

// inRunningOrder is a table with what makes something first and what takes it away last, so that a run of the whole
// collection finds what it asks for.
func inRunningOrder(table []operation) []*operation {
	order := make([]*operation, len(table))
	for i := range table {
		order[i] = &table[i]
	}
	at := func(op *operation) int { return strings.Index("POST GET PUT DELETE", op.method()) }
	slices.SortStableFunc(order, func(a, b *operation) int { return at(a) - at(b) })
	return order
}

// postman is an operation as an entry of a folder, with what the demo site answered for each status that it documents.
func (op *operation) postman() postmanItem {
	saved := op.savedAnswers()
	status := strconv.Itoa(op.status)
	item := postmanItem{Name: op.title, Request: op.described(saved[0].request), Event: []postmanEvent{{"test", postmanScript{
		"text/javascript",
		[]string{"pm.test('the status is " + status + "', () => pm.response.to.have.status(" + status + "));"},
	}}}}
	for _, a := range saved {
		item.Response = append(item.Response, a.postman(op))
	}
	return item
}
