package seed_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/seed"
)

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := seed.Schema()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("seed.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("seed.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// asJSON is the first document of a YAML text as a JSON value.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	v, err = jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheDemoFitsTheSchema(t *testing.T) {
	t.Parallel()
	if err := compile(t).Validate(asJSON(t, string(seed.DemoFile()))); err != nil {
		t.Error(err)
	}
}

func TestTheSchemaAndTheParserAgree(t *testing.T) {
	t.Parallel()
	schema := compile(t)
	for text, want := range map[string]bool{
		"site: {name: a}": true,
		"{}":              false,
		"{site: {name: a}, spaces: [{lookAndFeel: {content: {screen: {layer: {width: '1px'}}}}}]}": true,
		"{site: {name: a}, spaces: [{lookAndFeel: {headings: {colour: red}}}]}":                    false,
		"{site: {name: a}, spaces: [{lookAndFeel: {spaceReference: red}}]}":                        false,
		"{site: {name: a}, spaces: [{theme: {name: Loom}}]}":                                       false,
		"{site: {name: a}, spaces: [{settings: {contentMode: wide}}]}":                             false,
		"site: {}":        false,
		"site: {name: 1}": false,
		"site: {name: a, settings: {bulkCap: 50, emailApi: false, fidelity: observed}}": true,
		"site: {name: a, settings: {bulkCap: 0}}":                                       false,
		"site: {name: a, settings: {emailApi: perhaps}}":                                false,
		"site: {name: a, settings: {fidelity: both}}":                                   false,
		"site: {name: a, settings: {speed: 1}}":                                         false,
		"{site: {name: a}, time: '2026-01-01T00:00:00Z'}":                               true,
		"{site: {name: a}, time: 'noon'}":                                               false,
		"{site: {name: a}, users: []}":                                                  false,
		"{site: {name: a}, groups: [{name: g, permissions: [use]}]}":                    true,
		"{site: {name: a}, groups: [{name: g, permissions: [fly]}]}":                    false,
		"{site: {name: a}, groups: [{}]}":                                               false,
		"{site: {name: a}, groups: {}}":                                                 false,
		"{site: {name: a}, accounts: [{visibility: me}, {visibility: {name: anyone}}]}": true,
		"{site: {name: a}, accounts: [{visibility: friends}]}":                          false,
		"{site: {name: a}, accounts: [{visibility: {shoe: me}}]}":                       false,
		"{site: {name: a}, accounts: [{visibility: []}]}":                               false,
		"{site: {name: a}, accounts: [{isGuest: 'true'}]}":                              false,
		"{site: {name: a}, accounts: [{tokens: [{label: x, expiresIn: 12h}]}]}":         true,
		"{site: {name: a}, accounts: [{tokens: [{label: x, expiresIn: soon}]}]}":        false,
		"{site: {name: a}, spaces: [{id: 5}]}":                                          true,
		"{site: {name: a}, spaces: [{id: 0}]}":                                          false,
		"{site: {name: a}, spaces: [{pages: [{type: page}]}]}":                          false,
		"{site: {name: a}, accounts: [{accountType: robot}]}":                           false,
	} {
		_, parsing := seed.Parse(strings.NewReader(text))
		validating := schema.Validate(asJSON(t, text))
		if (parsing == nil) != want || (validating == nil) != want {
			t.Errorf("%s\n  parser: %v\n  schema: %v", text, parsing, validating)
		}
	}
}

func TestEveryKeyOfASeedIsDescribed(t *testing.T) {
	t.Parallel()
	for _, typ := range []reflect.Type{
		reflect.TypeFor[seed.Document](), reflect.TypeFor[seed.Site](), reflect.TypeFor[seed.Group](), reflect.TypeFor[seed.Account](), reflect.TypeFor[seed.Token](),
		reflect.TypeFor[seed.Space](), reflect.TypeFor[seed.SpacePermission](), reflect.TypeFor[seed.Page](), reflect.TypeFor[seed.Restriction](),
	} {
		for i := range typ.NumField() {
			f := typ.Field(i)
			if f.Tag.Get("yaml") == "" || f.Tag.Get("yaml") != "-" && f.Tag.Get("doc") == "" {
				t.Errorf("%s.%s has no key or no description", typ, f.Name)
			}
		}
	}
}

func TestEveryWordOfAListCanStandInASeed(t *testing.T) {
	t.Parallel()
	oneOf := func(typ reflect.Type, name string) []string {
		f, _ := typ.FieldByName(name)
		return strings.Fields(f.Tag.Get("oneof"))
	}
	for _, p := range directory.Permissions {
		if !slices.Contains(oneOf(reflect.TypeFor[seed.Group](), "Permissions"), string(p)) {
			t.Errorf("the permission %s is missing", p)
		}
	}
	for _, o := range content.Operations {
		permission := reflect.TypeFor[seed.SpacePermission]()
		if !slices.Contains(oneOf(permission, "Operation"), o.Name) || !slices.Contains(oneOf(permission, "Target"), o.Target) {
			t.Errorf("the operation %v is missing", o)
		}
	}
	if want := oneOf(reflect.TypeFor[seed.Page](), "Type"); !slices.Equal(want, content.Types) {
		t.Errorf("pages are one of %v, want %v", want, content.Types)
	}
}
