package connect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/failure"
)

const descriptor = `{
	"key": "com.example.watcher", "name": "Watcher", "description": null, "baseUrl": "https://app.example.com/roster/",
	"authentication": {"type": "jwt"}, "apiVersion": 2, "enableLicensing": false, "vendor": {"name": "Example"},
	"lifecycle": {"installed": "/installed", "disabled": "/off?why=x", "dare-migrated": 1, "enabled": null},
	"scopes": ["read", "WRITE", "read", "access_email_addresses"], "links": {"self": "https://app.example.com/d.json"},
	"modules": {"generalPages": [{"key": "a"}]}, "Key": 1
}`

func TestADescriptorIsReadAndWhatItDoesNotKnowIgnored(t *testing.T) {
	t.Parallel()
	got, err := connect.ParseDescriptor([]byte(descriptor))
	if err != nil {
		t.Fatal(err)
	}
	want := connect.Descriptor{
		Key: "com.example.watcher", Name: "Watcher", BaseURL: "https://app.example.com/roster", Auth: connect.ByJWT, APIVersion: 2,
		Lifecycle: map[connect.Event]string{connect.Installed: "/installed", connect.Disabled: "/off?why=x"},
		Scopes:    connect.Scopes{"ACCESS_EMAIL_ADDRESSES", "READ", "WRITE"},
		Links:     map[string]string{"self": "https://app.example.com/d.json"},
		Modules:   []byte(`{"generalPages": [{"key": "a"}]}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheSmallestDescriptor(t *testing.T) {
	t.Parallel()
	got, err := connect.ParseDescriptor([]byte(`{"key":"a","baseUrl":"http://127.0.0.1:3000","authentication":{"type":"NONE"}}`))
	if err != nil || got.Auth != connect.ByNobody || got.APIVersion != 1 || got.Scopes != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatIsWrongInADescriptorIsNamed(t *testing.T) {
	t.Parallel()
	const most = `"key":"a","baseUrl":"https://example.com","authentication":{"type":"jwt"}`
	for text, named := range map[string]string{
		``:                        "not JSON",
		`[]`:                      "not a JSON object",
		`{} {}`:                   "not JSON",
		"{\"name\":\"\xff\"}":     "not UTF-8",
		`{"baseUrl":"https://a"}`: "no member key",
		`{"key":1}`:               "member key that is not a string",
		`{"key":"` + strings.Repeat("a", 65) + `","baseUrl":"https://a","authentication":{"type":"jwt"}}`: "member key that is not 1 to 64",
		`{"key":"a b","baseUrl":"https://a","authentication":{"type":"jwt"}}`:                             "member key that is not 1 to 64",
		`{"key":"a","key":"b"}`:                                  "twice",
		`{"key":"a","authentication":{"type":"jwt"}}`:            "no member baseUrl",
		`{"key":"a","baseUrl":"https://a"}`:                      "no member authentication",
		`{"authentication":{}}`:                                  "member authentication that has no member type",
		`{"authentication":"jwt"}`:                               "member authentication that is not a JSON object",
		`{"authentication":{"type":"oauth"}}`:                    "member type that is neither jwt nor none",
		`{"baseUrl":"ftp://a"}`:                                  "member baseUrl that is not an http or https URL",
		`{"baseUrl":"/a"}`:                                       "member baseUrl",
		`{"baseUrl":"https://"}`:                                 "member baseUrl",
		`{"baseUrl":"https://user:word@a"}`:                      "member baseUrl",
		`{"baseUrl":"https://a?b"}`:                              "member baseUrl",
		`{"baseUrl":"https://a#b"}`:                              "member baseUrl",
		`{"name":["a"]}`:                                         "member name that is not a string",
		`{"name":"` + strings.Repeat("a", 1501) + `"}`:           "member name that is longer",
		`{"description":"a\u0000"}`:                              "member description that holds a NUL",
		`{` + most + `,"scopes":"READ"}`:                         "member scopes that is not a list",
		`{` + most + `,"scopes":[null]}`:                         "member scopes that is not a list",
		`{` + most + `,"scopes":["READ","ROOT"]}`:                `member scopes that cannot be taken: "ROOT"`,
		`{` + most + `,"scopes":["Read"]}`:                       `"Read"`,
		`{` + most + `,"apiVersion":"1"}`:                        "member apiVersion",
		`{` + most + `,"apiVersion":1.5}`:                        "member apiVersion",
		`{` + most + `,"apiVersion":0}`:                          "member apiVersion",
		`{` + most + `,"links":{"self":1}}`:                      "member links that has a member self that is not a string",
		`{` + most + `,"modules":[]}`:                            "member modules that is not a JSON object",
		`{` + most + `,"lifecycle":[]}`:                          "member lifecycle that is not a JSON object",
		`{` + most + `,"lifecycle":{"installed":1}}`:             "member lifecycle that has a member installed that is not a string",
		`{` + most + `,"lifecycle":{"enabled":"https://b/x"}}`:   "member enabled that is not a path",
		`{` + most + `,"lifecycle":{"enabled":"//b/x"}}`:         "member enabled that is not a path",
		`{` + most + `,"lifecycle":{"enabled":"/\\b/x"}}`:        "member enabled that is not a path",
		`{` + most + `,"lifecycle":{"enabled":"@b/x"}}`:          "member enabled that is not a path",
		`{` + most + `,"lifecycle":{"enabled":""}}`:              "member enabled that is not a path",
		`{` + most + `,"lifecycle":{"enabled":"/a\nHost: b"}}`:   "member enabled that is not a path",
		`{` + most + `,"lifecycle":{"enabled":"/a#b"}}`:          "member enabled that is not a path",
		fmt.Sprintf(`{%s%s}`, most, numbered(100)):               "more than 100 members",
		`{"name":"` + strings.Repeat("a", connect.MaxDescriptor): "larger than",
	} {
		_, err := connect.ParseDescriptor([]byte(text))
		if kind, message := failure.Of(err); err == nil || kind != failure.Invalid || !strings.Contains(message, named) {
			t.Errorf("%.80s: %v", text, err)
		}
	}
}

func TestScopesBringOthersAlong(t *testing.T) {
	t.Parallel()
	needs := []string{"READ", "WRITE", "DELETE", "SPACE_ADMIN", "ADMIN", "PROJECT_ADMIN", "ACT_AS_USER", "ACCESS_EMAIL_ADDRESSES", "NONE", "INACCESSIBLE", "", "read"}
	for held, want := range map[string]string{
		"":                       "NONE",
		"NONE":                   "NONE",
		"read":                   "READ NONE",
		"WRITE":                  "READ WRITE NONE",
		"DELETE":                 "READ WRITE DELETE NONE",
		"SPACE_ADMIN":            "READ WRITE DELETE SPACE_ADMIN NONE",
		"ADMIN":                  "READ WRITE DELETE SPACE_ADMIN ADMIN NONE",
		"PROJECT_ADMIN":          "PROJECT_ADMIN NONE",
		"ACT_AS_USER":            "ACT_AS_USER NONE",
		"ACCESS_EMAIL_ADDRESSES": "ACCESS_EMAIL_ADDRESSES NONE",
		"READ ACT_AS_USER":       "READ ACT_AS_USER NONE",
	} {
		s, err := connect.ParseScopes(strings.Fields(held)...)
		if err != nil {
			t.Fatal(err)
		}
		var may []string
		for _, needed := range needs {
			if s.Allow(needed) {
				may = append(may, needed)
			}
		}
		if got := strings.Join(may, " "); got != want {
			t.Errorf("%q allows %s, not %s", held, got, want)
		}
	}
}
