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
		Info:  postmanInfo{"Roster", documentVersion, about, "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		Auth:  collectionAuth(),
		Event: []postmanEvent{script("prerequest", "pm.variables.set('"+padding+"', 'x'.repeat("+strconv.Itoa(longestURL)+"));")},
		Variable: []postmanPair{
			{Key: "baseUrl", Value: anySite, Description: "The site."},
			{Key: "email", Description: "The address of a site administrator."},
			{Key: "token", Description: "An API token of theirs."},
			{Key: "appToken", Description: "A token of an app that is approved for e-mail addresses. Only the e-mail operations use it."},
			{Key: memberToken, Description: "An API token of somebody who administers nothing. Only saved refusals use it."},
			{Key: outsiderToken, Description: "An API token of somebody who may not use the site. Only saved refusals use it."},
			{Key: padding, Description: "What makes a request too large. Only saved refusals use it, and a script fills it in before each request."},
			{Key: "serverUrl", Value: anyServer, Description: "The server of the site, which lets apps in by OAuth 2.0."},
			{Key: "clientId", Description: "The client ID of an app, for OAuth 2.0."},
			{Key: "clientSecret", Description: "Its client secret; empty for a public app."},
			{Key: "callbackUrl", Value: "http://localhost:3000/callback", Description: "A redirect URI that the app is registered with."},
			{Key: "scope", Value: classicScopes(table), Description: "The scopes to ask for: leave out those that the app is not registered with. For offline_access there is a refresh token."},
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

// collectionAuth is Basic with an API token, and, for whoever chooses it instead, OAuth 2.0 with a code and PKCE.
func collectionAuth() *postmanAuth {
	return &postmanAuth{
		Type:  "basic",
		Basic: []postmanPair{authText("username", "{{email}}"), authText("password", "{{token}}")},
		OAuth: []postmanPair{
			authText("tokenName", "Roster"),
			authText("grant_type", "authorization_code_with_pkce"),
			authText("challengeAlgorithm", "S256"),
			authText("authUrl", "{{serverUrl}}/authorize"),
			authText("accessTokenUrl", "{{serverUrl}}/oauth/token"),
			authText("refreshTokenUrl", "{{serverUrl}}/oauth/token"),
			authText("redirect_uri", "{{callbackUrl}}"),
			authText("clientId", "{{clientId}}"),
			authText("clientSecret", "{{clientSecret}}"),
			authText("scope", "{{scope}}"),
			authText("client_authentication", "body"),
			authText("addTokenTo", "header"),
		},
	}
}

// authText is a text that a way to show who calls needs, in the form that Postman has for it.
func authText(key, value string) postmanPair {
	return postmanPair{Key: key, Value: value, Type: "string"}
}

// classicScopes are those of a table by name, and the one for a refresh token.
func classicScopes(table []operation) string {
	all := []string{"offline_access"}
	for i := range table {
		all = append(all, strings.Fields(table[i].scopes.classic)...)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
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
	item := postmanItem{Name: op.title, Request: op.described(saved[0].request), Event: []postmanEvent{
		script("test", "pm.test('the status is "+status+"', () => pm.response.to.have.status("+status+"));"),
	}}
	for _, a := range saved {
		item.Response = append(item.Response, a.postman(op))
	}
	return item
}

// script is what Postman runs before a request or after it.
func script(listen, line string) postmanEvent {
	return postmanEvent{listen, postmanScript{"text/javascript", []string{line}}}
}
