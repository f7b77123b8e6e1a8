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
		Page:     &pageObject{"This operation on a page of its own", anySite + "/docs/" + op.id},
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
	if op.anonymous() {
		list = append(list, map[string][]string{}) // where a site lets anonymous callers in
	}
	return list
}

// anonymous reports whether callers without a credential may call where a site lets them in. They can watch nothing.
func (op *operation) anonymous() bool { return op.needs&(credential|adminForOthers) == 0 }

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

// description says in words what an operation does and, from its row, who may call it, in which ways and by which scopes.
func (op *operation) description() string {
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
	return op.purpose() + "\n\n" +
		"**Permission:** " + op.inWords(^needs(0)) + "\n\n" +
		"- **Ways in:** " + op.waysIn() + "\n" +
		op.scopeLines() +
		"- **Connect scope:** " + connect + "\n" +
		"- **Data security policy:** " + policy
}

// scopeLines name the scopes: two lists where there are a classic one and granular ones, of which either will do.
func (op *operation) scopeLines() string {
	if op.scopes.classic != "" && op.scopes.granular != "" {
		return "- **Classic scope (RECOMMENDED):** " + quoted(op.scopes.classic) + "\n" +
			"- **Granular scopes:** " + quoted(op.scopes.granular) + "\n"
	}
	return "- **Scope:** " + cmp.Or(quoted(op.scopes.classic+op.scopes.granular), "none gives access") + "\n"
}

// waysIn names the kinds of credentials that an operation takes.
func (op *operation) waysIn() string {
	var list []string
	switch {
	case op.needs.has(approvedApp):
		list = append(list, "an app's own token (Bearer)")
	case op.scopes == (scopes{}):
		list = append(list, "API token without scopes (Basic or Bearer)")
	default:
		list = append(list, "API token (Basic or Bearer)", "OAuth 2.0")
	}
	if op.connect != inaccessible {
		list = append(list, "Connect")
	}
	switch {
	case op.needs.has(approvedApp):
		list = append(list, "Forge (`asApp()`)")
	case op.scopes != (scopes{}):
		list = append(list, "Forge")
	}
	if op.anonymous() {
		list = append(list, "no credential, where the site lets anonymous callers in")
	}
	return strings.Join(list, "; ")
}

// quoted is a list of scopes as Markdown.
func quoted(list string) string {
	if list == "" {
		return ""
	}
	return "`" + strings.Join(strings.Fields(list), "` and `") + "`"
}
