package api

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rosterhq/roster/internal/action"
)

// Actions returns the operations as actions, in the order of the table. Nobody may change them.
func Actions() action.Catalogue { return slices.Clone(operationActions()) }

var operationActions = sync.OnceValue(func() action.Catalogue {
	all := make(action.Catalogue, len(operations))
	for i := range operations {
		all[i] = operations[i].action()
	}
	return all
})

// action describes one row of the table as something that a person can automate.
func (op *operation) action() action.Action {
	does := effects[op.id]
	if does == 0 {
		does = effectsOf[op.method()]
	}
	return action.Action{
		Name: "confluence." + op.id, Title: op.title, Description: purposes[op.id], Notes: op.notes(), Permission: op.inWords(permissions),
		Scopes: action.Scopes{Classic: op.scopes.classic, Granular: op.scopes.granular}, Reference: op.reference(), Connection: "confluence",
		Parameters: op.actionParameters(), Example: exampleOf(op.serve.out),
		Effect: does != reads, Repeatable: does != once, Trial: op.needs.has(experimental),
		Method: op.method(), Path: op.path(),
	}
}

// effect is what a call leaves behind.
type effect int

const (
	reads  effect = iota + 1 // nothing
	states                   // what a second call leaves as it is
	once                     // more with each call
)

var effectsOf = map[string]effect{"GET": reads, "PUT": states, "DELETE": states, "POST": once}

// effects are those of operations that leave behind other than their method says.
var effects = map[string]effect{
	"createBulkUserLookup":    reads,
	"checkAccessByEmail":      reads,
	"addContentWatcher":       states,
	"addLabelWatcher":         states,
	"addSpaceWatcher":         states,
	"addUserToGroupByGroupId": states,
	"addLabelsToContent":      states,
}

// permissions are the needs that say who may call.
const permissions = canUse | viewProfiles | adminForOthers | spaceAdmin | siteAdmin | credential | approvedApp | ownProperties

// inWords says those of the needs in sentences that are among some.
func (op *operation) inWords(some needs) string {
	var said needs
	var who []string
	for _, n := range needsInWords {
		if wanted := op.needs & some; wanted&n.needs == n.needs && said&n.needs != n.needs {
			who = append(who, n.text)
			said |= n.needs
		}
	}
	return strings.Join(who, " ")
}

// notes are what else is worth knowing. The header against forged requests is not: who carries out actions sends it.
func (op *operation) notes() []string {
	list := slices.Clone(remarks[op.id])
	for _, n := range []needs{experimental, emailAPI, accessAPI, limited, adminKey} {
		if text := op.inWords(n); text != "" {
			list = append(list, text)
		}
	}
	var old []string
	for _, q := range op.serve.params.list {
		if q.deprecated {
			old = append(old, q.name)
		}
	}
	switch len(old) {
	case 0:
	case 1:
		list = append(list, "The parameter "+old[0]+" is deprecated.")
	default:
		list = append(list, "The parameters "+strings.Join(old, " and ")+" are deprecated.")
	}
	switch {
	case op.app == ruled:
		list = append(list, "App access rules of the space apply.")
	case op.scopes == (scopes{}):
		list = append(list, "No scope gives access.")
	default:
		list = append(list, "App access rules do not apply.")
	}
	if op.connect == inaccessible {
		list = append(list, "Connect apps have no access.")
	}
	return list
}

// referenceRoot is where Atlassian's pages about the API stand.
const referenceRoot = "https://developer.atlassian.com/cloud/confluence/rest/"

// reference is the address of Atlassian's page about an operation, at its place on it.
func (op *operation) reference() string {
	version, below := "v1", strings.TrimPrefix(op.path(), "/")
	if op.v2() {
		version, below = "v2", strings.TrimPrefix(op.path(), "/wiki/api/v2/")
	}
	group := string(op.tag)
	switch { // of content and spaces, some operations stand with others there
	case strings.Contains(below, "/content/{id}/label"):
		group = "content-labels"
	case strings.Contains(below, "/notification/"), strings.HasSuffix(below, "/watch"):
		group = "content-watches"
	}
	plain := strings.NewReplacer("/", "-", "{", "", "}", "", " ", "-")
	return strings.ToLower(referenceRoot + version + "/api-group-" + plain.Replace(group) + "/#api-" + plain.Replace(below) + "-" + op.method())
}

// actionParameters are the parameters of the path and the query, and after them the members of the body, or the body
// where it is no object.
func (op *operation) actionParameters() []action.Parameter {
	list := []action.Parameter{}
	for _, q := range op.serve.params.list {
		list = append(list, op.actionParameter(q))
	}
	body := op.serve.params.body
	if body == nil {
		return list
	}
	t := op.serve.params.in.FieldByIndex(body).Type
	bare, _ := bareType(t)
	if bare.Kind() != reflect.Struct {
		return append(list, action.Parameter{
			Name: "body", Label: "Body", Type: actionType(bare), In: "body", Help: bodies[op.id], Required: t.Kind() != reflect.Pointer, Whole: true,
		})
	}
	for f := range bare.Fields() {
		list = append(list, memberParameter(f))
	}
	return list
}

func (op *operation) actionParameter(q param) action.Parameter {
	p := action.Parameter{Name: q.name, Label: label(q.name), Type: "string", In: q.in, Help: q.doc, Required: q.required}
	if q.def != "" {
		p.Default = q.def
	}
	switch q.kind {
	case reflect.Slice:
		p.Type = "array"
	case reflect.Bool:
		p.Type, p.Default = "boolean", q.def == "true"
	case reflect.Int:
		p.Type = "integer"
		if n, err := strconv.Atoi(q.def); err == nil {
			p.Default = n
		}
	}
	for _, v := range slices.Concat(q.enum, q.offered) {
		p.Values = append(p.Values, action.Value{Value: v, Help: op.meaning(q, v)})
	}
	return p
}

// memberParameter is a member of a body as a parameter.
func memberParameter(f reflect.StructField) action.Parameter {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	bare, _ := bareType(f.Type)
	p := action.Parameter{Name: name, Label: label(name), Type: actionType(bare), In: "body", Help: f.Tag.Get("doc") + limits(f.Tag), Required: f.Tag.Get("required") != ""}
	if enum, ok := f.Tag.Lookup("enum"); ok {
		for v := range strings.FieldsSeq(enum) {
			p.Values = append(p.Values, action.Value{Value: v, Help: valueWords[name][v]})
		}
	}
	return p
}

// limits says in sentences what the tag of a member of a body does of its values.
func limits(tag reflect.StructTag) string {
	text := ""
	if most := tag.Get("maxItems"); most != "" {
		text += " From " + tag.Get("minItems") + " to " + most + " of them."
	}
	if most := tag.Get("max"); most != "" {
		text += " At most " + most + "."
	}
	if def := tag.Get("default"); def != "" {
		text += " " + def + " unless given."
	}
	return text
}

// actionType is the type of a parameter that is held by a Go type.
func actionType(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[rawJSON](), t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		return "object"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return "array"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64:
		return "integer"
	case reflect.String:
		return "string"
	}
	return "any"
}

// label is a name in words: accountId is "Account ID".
func label(name string) string {
	var words []string
	start := 0
	for i, r := range name + "A" {
		if 'A' <= r && r <= 'Z' && i > start {
			words = append(words, strings.ToLower(name[start:i]))
			start = i
		}
	}
	for i, w := range words {
		switch {
		case w == "id" || w == "cql":
			words[i] = strings.ToUpper(w)
		case w == "ids":
			words[i] = "IDs"
		case i == 0:
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, " ")
}
