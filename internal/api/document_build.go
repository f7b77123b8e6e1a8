package api

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// documentVersion is the date of Confluence's own description that ours follows.
const documentVersion = "2026-07-21"

// anySite stands for the address of the site until a document is served. It cannot be one.
const anySite = "https://site.invalid/0"

// anyServer is that for the address of the server, where the endpoints of OAuth 2.0 are: they are the same for all sites.
const anyServer = "https://server.invalid/0"

const about = `Roster is a user directory of your own that speaks the user part of Confluence Cloud's REST API, v1 and v2.

It is described here as this site serves it. Operations keep the IDs that they have in Confluence's own description.
Statuses that an operation shares with all others, such as those for a URL that is too long, are listed with each.`

var tags = []tagObject{
	{string(tagUsers), "People and apps, one or many at a time, as the caller may see them."},
	{string(tagSearch), "People found by a query."},
	{string(tagWatches), "What people are told about when it changes."},
	{string(tagProperties), "JSON that apps keep with a user."},
	{string(tagGroup), "Named sets of users."},
	{string(tagUserV2), "People by ID or e-mail address, in v2."},
	{string(tagContent), "The little of Confluence's content that there is to watch. These operations are not in the user part of Confluence's API."},
	{string(tagSpace), "The places for content, and who watches them. These operations are not in the user part of Confluence's API."},
	{string(tagAdminKey), "A key that lets an administrator see everything for a while."},
}

// documentBuilder collects what the operations of one document share.
type documentBuilder struct {
	form     documentForm
	schemas  map[string]*schemaObject
	shared   map[string]*parameterObject
	failures map[string]*responseObject
}

// describe makes the document of a table.
func describe(table []operation, form documentForm) *documentObject {
	b := &documentBuilder{form, map[string]*schemaObject{}, map[string]*parameterObject{}, map[string]*responseObject{}}
	d := &documentObject{
		OpenAPI: form.version(),
		Info: infoObject{
			Title: "Roster", Description: about, Version: documentVersion,
			License: licenseObject{"Apache 2.0", "https://www.apache.org/licenses/LICENSE-2.0"},
		},
		Servers: []serverObject{{anySite, "This site."}},
		Tags:    tags,
		Paths:   map[string]map[string]*operationObject{},
	}
	var all []*operationObject
	for i := range table {
		op := &table[i]
		o := b.operation(op)
		if !form.yaml { // which is for people to read: code would be nine tenths of it
			o.Samples = samplesByID()[op.id]
		}
		all = append(all, o)
		if d.Paths[op.path()] == nil {
			d.Paths[op.path()] = map[string]*operationObject{}
		}
		d.Paths[op.path()][strings.ToLower(op.method())] = o
	}
	b.shareParameters(all)
	d.Components = componentsObject{b.schemas, b.shared, b.failures, sharedHeaders(), securitySchemes(table)}
	return d
}

func sharedHeaders() map[string]*headerObject {
	all := map[string]*headerObject{
		requestID:     {Description: "The ID of the request in Roster's log.", Required: true, Schema: &schemaObject{Type: "string"}},
		"Retry-After": {Description: "How many seconds to wait, or until which date; absent where waiting does not help.", Schema: &schemaObject{Type: "string"}},
	}
	maps.Copy(all, limitHeaders())
	return all
}

// The ways to show who calls, as Confluence's own description names them, and one that it leaves out.
const (
	basicAuth  = "basicAuth"
	bearerAuth = "bearerAuth"
	oAuth      = "oAuthDefinitions"
)

func securitySchemes(table []operation) map[string]schemeObject {
	held := map[string]string{}
	for i := range table {
		op := &table[i]
		for _, scope := range slices.Concat(strings.Fields(op.scopes.classic), strings.Fields(op.scopes.granular)) {
			held[scope] = scopeMeanings[scope]
		}
	}
	return map[string]schemeObject{
		basicAuth:  {Type: "http", Scheme: "basic", Description: "An e-mail address and an API token of its account."},
		bearerAuth: {Type: "http", Scheme: "bearer", Description: "An API token alone."},
		oAuth: {
			Type:        "oauth2",
			Description: "A token with scopes, sent as Bearer: an app's, for a person who allowed it or as itself, or one that `roster token add --scope` made.",
			Flows:       map[string]flowObject{"authorizationCode": {anyServer + "/authorize", anyServer + "/oauth/token", held}},
		},
	}
}

// text is the document as JSON.
func (d *documentObject) text() []byte { return encode(json.RawMessage(encode(d))) }
