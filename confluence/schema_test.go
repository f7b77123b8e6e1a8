package confluence

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// roots are the wire types that travel on their own, by the document and name of their official schema.
var roots = []struct {
	document, schema string
	value            any
}{
	{"users-v1.json", "User", User{}},
	{"users-v1.json", "UserAnonymous", UserAnonymous{}},
	{"users-v1.json", "UserArray", UserArray{}},
	{"users-v1.json", "GroupArrayWithLinks", GroupArray{}},
	{"users-v1.json", "GroupName", GroupName{}},
	{"users-v1.json", "AccountId", AccountID{}},
	{"users-v1.json", "AccountIdEmailRecord", AccountIDEmailRecord{}},
	{"users-v1.json", "SearchPageResponseSearchResult", SearchPage{}},
	{"users-v1.json", "UserWatch", UserWatch{}},
	{"users-v1.json", "UserProperty", UserProperty{}},
	{"users-v1.json", "UserPropertyKeyArray", UserPropertyKeyArray{}},
	{"users-v1.json", "UserPropertyCreate", UserPropertyCreate{}},
	{"users-v2.json", "User", UserV2{}},
	{"users-v2.json", "MultiEntityLinks", MultiEntityLinks{}},
	{"users-v2.json", "AdminKeyResponse", AdminKeyResponse{}},
}

// others are the wire types that have no schema of their own to compare with.
var others = []any{
	BulkUserArray{},
	UsersBulk{},
	UsersBulkRequest{},
	EmailsRequest{},
	CheckAccess{},
	ErrorV1{},
	ErrorV2{},
	ErrorGateway{},
	WatchArray{},
	SpaceWatchArray{},
	ContentCreate{},
	LabelCreates{},
	SpaceCreate{},
	SpaceArray{},
	LongTask{},
}

// different are members on which we and the official schemas differ, by Go type.
var different = map[string]string{
	"User.username":                "no longer sent",
	"User.userKey":                 "no longer sent",
	"User.locale":                  "sent, not in the schema",
	"User.accountStatus":           "sent, not in the schema",
	"UsersUserKeys.userAccountIds": "required by the schema, which does not declare it",
	"GroupSubjects.start":          "one type for two schemas, one requires it",
	"GroupSubjects.limit":          "one type for two schemas, one requires it",
	"WebResourceURIs._expandable":  "one type for two schemas, one without it",
	"WebResourceTags._expandable":  "one type for two schemas, one without it",
}

type schema struct {
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Required   []string           `json:"required"`
	Properties map[string]*schema `json:"properties"`
	Items      *schema            `json:"items"`
	Enum       []any              `json:"enum"`
	Format     string             `json:"format"`
}

func TestWireTypesHaveTheMembersOfTheOfficialSchemas(t *testing.T) {
	t.Parallel()
	documents := map[string]map[string]*schema{}
	for _, root := range roots {
		if documents[root.document] == nil {
			documents[root.document] = officialSchemas(t, root.document)
		}
		c := comparison{t, documents[root.document], map[string]bool{}}
		c.compare(reflect.TypeOf(root.value), c.schemas[root.schema])
	}
}

// officialSchemas reads a document that stands beside the project, and skips the test where there is none.
func officialSchemas(t *testing.T, name string) map[string]*schema {
	t.Helper()
	text, err := os.ReadFile("../../shared/reference/openapi/" + name)
	if os.IsNotExist(err) {
		t.Skip("the official document is not here")
	}
	var document struct {
		Components struct{ Schemas map[string]*schema }
	}
	if err == nil {
		err = json.Unmarshal(text, &document)
	}
	if err != nil {
		t.Fatal(err)
	}
	return document.Components.Schemas
}

type comparison struct {
	t       *testing.T
	schemas map[string]*schema
	seen    map[string]bool
}

// compare checks the struct type t, and every struct below it, against s.
func (c comparison) compare(t reflect.Type, s *schema) {
	for s != nil && s.Ref != "" {
		s = c.schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	t = bare(t)
	if s != nil && s.Items != nil && t.Kind() == reflect.Slice {
		c.compare(t.Elem(), s.Items)
		return
	}
	if s == nil || len(s.Properties) == 0 || t.Kind() != reflect.Struct || c.seen[t.Name()] {
		return
	}
	c.seen[t.Name()] = true
	ours := map[string]reflect.StructField{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		ours[name] = f
		if s.Properties[name] == nil && different[t.Name()+"."+name] == "" {
			c.t.Errorf("%s.%s is not in the official schema", t.Name(), name)
		}
	}
	for name, property := range s.Properties {
		f, ok := ours[name]
		if !ok {
			if different[t.Name()+"."+name] == "" {
				c.t.Errorf("%s.%s is missing", t.Name(), name)
			}
			continue
		}
		c.member(t, f, name, s, property)
	}
}

// member checks one member's tags against its schema.
func (c comparison) member(t reflect.Type, f reflect.StructField, name string, s, property *schema) {
	if required := f.Tag.Get("required") == "true"; required != slices.Contains(s.Required, name) && different[t.Name()+"."+name] == "" {
		c.t.Errorf("%s.%s: required is %v, officially %v", t.Name(), name, required, !required)
	}
	if format := f.Tag.Get("format"); format != property.Format {
		c.t.Errorf("%s.%s: format is %q, officially %q", t.Name(), name, format, property.Format)
	}
	if len(property.Enum) > 0 {
		ours := strings.Split(f.Tag.Get("enum"), " ")
		for _, value := range property.Enum {
			if !slices.Contains(ours, value.(string)) {
				c.t.Errorf("%s.%s may officially be %q", t.Name(), name, value)
			}
		}
		if len(ours) != len(property.Enum) {
			c.t.Errorf("%s.%s: %q has more values than %q", t.Name(), name, ours, property.Enum)
		}
	}
	c.compare(f.Type, property)
}

func TestEveryMemberSaysItsNameAndWhatItIs(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var check func(reflect.Type)
	check = func(typ reflect.Type) {
		typ = bare(typ)
		if typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
			check(typ.Elem())
			return
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		for f := range typ.Fields() {
			doc := f.Tag.Get("doc")
			if f.Tag.Get("json") == "" || !strings.HasSuffix(doc, ".") {
				t.Errorf("%s.%s has the tag %s", typ.Name(), f.Name, f.Tag)
			}
			check(f.Type)
		}
	}
	for _, root := range roots {
		check(reflect.TypeOf(root.value))
	}
	for _, other := range others {
		check(reflect.TypeOf(other))
	}
}

// bare returns the type below pointers and [Nullable].
func bare(t reflect.Type) reflect.Type {
	for {
		switch {
		case t.Kind() == reflect.Pointer:
			t = t.Elem()
		case strings.HasPrefix(t.Name(), "Nullable["):
			get, _ := t.MethodByName("Get")
			t = get.Type.Out(0)
		default:
			return t
		}
	}
}
