package api

import (
	"cmp"
	"encoding/json"
	"reflect"
	"strings"
)

// operation describes one row of the table.
func (b *documentBuilder) operation(op *operation) *operationObject {
	o := &operationObject{
		Tags: []string{string(op.tag)}, Summary: op.title, Description: op.description(), OperationID: op.id,
		Parameters: b.parameters(op), Responses: b.responses(op),
		Security: op.security(), Experimental: op.needs.has(experimental), Connect: op.connect,
	}
	if body := op.serve.params.body; body != nil {
		t := op.serve.params.in.FieldByIndex(body).Type
		o.RequestBody = &bodyObject{Required: t.Kind() != reflect.Pointer, Content: map[string]mediaObject{jsonType: {b.schema(t, ""), json.RawMessage(examples[op.id].body)}}}
		if op.serve.params.closed {
			b.schemas[t.Name()].Others = false
		}
	}
	if op.scopes != (scopes{}) {
		o.Policy = []policyObject{{bool(op.app)}}
	}
	for _, s := range []scopesObject{{oAuth, "Current", strings.Fields(op.scopes.classic)}, {oAuth, "Beta", strings.Fields(op.scopes.granular)}} {
		if len(s.Scopes) > 0 {
			o.Scopes = append(o.Scopes, s)
		}
	}
	return o
}

// security lists the credentials that an operation takes, any of which will do.
func (op *operation) security() []map[string][]string {
	list := []map[string][]string{{basicAuth: {}}, {bearerAuth: {}}}
	if op.needs.has(approvedApp) {
		return list
	}
	for _, s := range []string{op.scopes.classic, op.scopes.granular} {
		if s != "" {
			list = append(list, map[string][]string{oAuth: strings.Fields(s)})
		}
	}
	if !op.needs.has(credential) {
		list = append(list, map[string][]string{}) // where a site lets anonymous callers in
	}
	return list
}

// needsInWords says each need in a sentence.
var needsInWords = []struct {
	needs needs
	text  string
}{
	{canUse, "The caller must be allowed to use the site."},
	{viewProfiles, "The caller must be allowed to view user profiles, unless the request is about the caller alone."},
	{adminForOthers | spaceAdmin, "To name another user, the caller must administer Confluence, or the space."},
	{adminForOthers, "To name another user, the caller must administer Confluence."},
	{siteAdmin, "The caller must be a site administrator."},
	{ownProperties, "Where the site's propertyAccess is owner, only the user, an administrator and the app that made it may touch a property; an app sees its own."},
	{credential, "Anonymous callers are refused, even where the site lets them in."},
	{approvedApp, "Only an app that is approved for e-mail addresses may call, as itself."},
	{emailAPI, "A site may switch the e-mail operations off."},
	{accessAPI, "A site may switch the access operations off."},
	{limited, "The site bounds how often an account may call the access operations in a minute."},
	{xsrf, "The header X-Atlassian-Token: no-check must be sent."},
	{adminKey, "With the header Atl-Confluence-With-Admin-Key: true, a site administrator who has an admin key in force reads what is hidden, which is recorded."},
	{experimental, "The operation is experimental: it may change."},
}

// description says in words what the row of an operation says: who may call it, and by which scopes.
func (op *operation) description() string {
	var said needs
	var who []string
	for _, n := range needsInWords {
		if op.needs&n.needs == n.needs && said&n.needs != n.needs {
			who = append(who, n.text)
			said |= n.needs
		}
	}
	scope := func(list string) string { return cmp.Or(quoted(list), "none gives access") }
	connect, policy := "`"+op.connect+"`", "no app calls by a scope, so app access rules do not matter"
	if op.connect == inaccessible {
		connect = "Connect apps have no access"
	}
	switch {
	case op.app == ruled:
		policy = "app access rules of the space apply"
	case op.scopes != (scopes{}):
		policy = "exempt from app access rules"
	}
	return "**Permission:** " + strings.Join(who, " ") + "\n\n" +
		"- **Classic scope (RECOMMENDED):** " + scope(op.scopes.classic) + "\n" +
		"- **Granular scopes:** " + scope(op.scopes.granular) + "\n" +
		"- **Connect scope:** " + connect + "\n" +
		"- **Data security policy:** " + policy
}

// quoted is a list of scopes as Markdown.
func quoted(list string) string {
	if list == "" {
		return ""
	}
	return "`" + strings.Join(strings.Fields(list), "` and `") + "`"
}
