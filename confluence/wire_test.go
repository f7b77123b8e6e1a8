package confluence

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plain encodes v the way the server does.
func plain(t *testing.T, v any) string {
	t.Helper()
	out, err := encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestUserIsWrittenInTheOrderRecordedFromSites(t *testing.T) {
	t.Parallel()
	no := false
	user := User{
		Type: "known", AccountID: "557058:ada", AccountType: "atlassian", Email: "", PublicName: "Ada",
		ProfilePicture: Value(Icon{Path: "/wiki/aa-avatar/557058:ada", Width: 48, Height: 48}),
		DisplayName:    "Ada Lovelace", Locale: "en_GB", AccountStatus: "active",
		Expandable: Expandable{"personalSpace": "", "operations": ""},
		Links:      Links{"self": "https://acme.example/wiki/rest/api/user?accountId=557058:ada&x=<1>"},
	}
	const head = `{"type":"known","accountId":"557058:ada","accountType":"atlassian","email":"","publicName":"Ada",` +
		`"profilePicture":{"path":"/wiki/aa-avatar/557058:ada","width":48,"height":48,"isDefault":false},"displayName":"Ada Lovelace",`
	const observed = head + `"isExternalCollaborator":false,"isGuest":false,"locale":"en_GB","accountStatus":"active",` +
		`"_expandable":{"operations":"","personalSpace":""},` +
		`"_links":{"self":"https://acme.example/wiki/rest/api/user?accountId=557058:ada&x=<1>"}}`
	if diff := cmp.Diff(observed, plain(t, user)); diff != "" {
		t.Error(diff)
	}

	user.TimeZone, user.ExternalCollaborator, user.PersonalSpace = Null[string](), &no, Null[Space]()
	user.Operations = []OperationCheckResult{}
	user.Details = &UserDetails{Personal: &UserDetailsPersonal{}}
	user.Expandable, user.Links = Expandable{}, Links{}
	const full = head + `"timeZone":null,"externalCollaborator":false,"isExternalCollaborator":false,"isGuest":false,` +
		`"locale":"en_GB","accountStatus":"active","operations":[],` +
		`"details":{"personal":{"phone":"","im":"","website":"","email":""}},"personalSpace":null,"_expandable":{},"_links":{}}`
	if diff := cmp.Diff(full, plain(t, user)); diff != "" {
		t.Error(diff)
	}
}

func TestWireTypesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	total := int64(7)
	for name, test := range map[string]struct{ in, into any }{
		"space": {&Space{
			ID: 42, Key: "~ada", Name: "Ada", Icon: Null[Icon](), Homepage: Value(Content{ID: "1", Ancestors: []Content{}}),
			Permissions: []SpacePermission{{Subjects: &PermissionSubjects{Group: &GroupSubjects{Results: []Group{{Name: "ops"}}}}}},
			LookAndFeel: &LookAndFeel{
				Header:         HeaderLookAndFeel{Button: Null[ButtonLookAndFeel](), PrimaryNavigation: Value(NavigationLookAndFeel{Color: "red"}), SecondaryNavigation: Null[NavigationLookAndFeel](), Search: Null[SearchFieldLookAndFeel]()},
				SpaceReference: Null[map[string]any](),
			},
			Expandable: Expandable{"theme": "/x"}, Links: Links{"webui": "/spaces/~ada"},
		}, new(Space)},
		"groups": {&GroupArray{Results: []Group{}, TotalSize: &total, Links: Links{}}, new(GroupArray)},
		"search": {&SearchPage{Results: []SearchResult{{User: &User{ProfilePicture: Null[Icon]()}, Breadcrumbs: []Breadcrumb{}}}, Links: Links{}}, new(SearchPage)},
		"v2": {&UsersBulk{Results: []UserV2{{
			TimeZone: Null[string](), PersonalSpaceID: Value("9"), ProfilePicture: Value(IconV2{Path: "/p"}),
		}}, Links: MultiEntityLinks{Base: "b"}}, new(UsersBulk)},
		"property": {&UserProperty{Key: "k", Value: json.RawMessage(`{"a":"<"}`)}, new(UserProperty)},
		"v2 error": {&ErrorV2{Errors: []ErrorV2Item{{Detail: Null[string]()}, {Detail: Value("")}, {}}}, new(ErrorV2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := json.Unmarshal([]byte(plain(t, test.in)), test.into); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.in, test.into); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrorBodiesLeaveOutWhatSitesLeaveOut(t *testing.T) {
	t.Parallel()
	for want, body := range map[string]any{
		`{"statusCode":403,"message":"no"}`: ErrorV1{StatusCode: 403, Message: "no"},
		`{"statusCode":404,"data":{"authorized":true,"valid":true,"errors":[],"successful":false},"message":"no"}`: ErrorV1{404, &ErrorV1Data{true, true, []ErrorV1Item{}, false}, "no"},
		`{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}`:                         ErrorV2{[]ErrorV2Item{{404, "NOT_FOUND", "Not Found", Null[string]()}}},
		`{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found"}]}`:                                       ErrorV2{[]ErrorV2Item{{Status: 404, Code: "NOT_FOUND", Title: "Not Found"}}},
		`{"code":401,"message":"Unauthorized; scope does not match"}`:                                              ErrorGateway{401, "Unauthorized; scope does not match"},
	} {
		if got := plain(t, body); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestReadingAcceptsEveryFormThatSitesSend(t *testing.T) {
	t.Parallel()
	read := func(text string, into any) {
		t.Helper()
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	var user User
	read(`{"type":"known","email":null,"displayName":null,"timeZone":null,"operations":null,"unheard":{"of":[1]},
		"_links":{"self":"s","odd":{"href":"x"},"none":null},"_expandable":null}`, &user)
	want := User{Type: "known", TimeZone: Null[string](), Links: Links{"self": "s"}}
	if diff := cmp.Diff(want, user); diff != "" {
		t.Error(diff)
	}
	var labels struct{ A, B LabelArray }
	read(`{"a":[{"name":"x"}],"b":{"results":[{"name":"x"}],"size":1}}`, &labels)
	if diff := cmp.Diff(labels.A, labels.B); diff != "" {
		t.Error(diff)
	}
	var uris WebResourceURIs
	read(`{"all":"one","css":["one","two"],"js":null}`, &uris)
	if diff := cmp.Diff(WebResourceURIs{All: Strings{"one"}, CSS: Strings{"one", "two"}}, uris); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []struct {
		text string
		into any
	}{{`[]`, new(Links)}, {`7`, new(Expandable)}, {`[7]`, new(LabelArray)}, {`7`, new(Strings)}} {
		if err := json.Unmarshal([]byte(bad.text), bad.into); err == nil {
			t.Errorf("%s was read as %T", bad.text, bad.into)
		}
	}
}

func TestAPropertyKeepsItsOwnBytes(t *testing.T) {
	t.Parallel()
	const value = `{"b":1.0,"a":"<é>","b2":1e2}`
	var p UserProperty
	if err := json.Unmarshal([]byte(`{"key":"k","value":`+value+`}`), &p); err != nil {
		t.Fatal(err)
	}
	if string(p.Value) != value || !bytes.Contains([]byte(plain(t, p)), []byte(value)) {
		t.Errorf("%s became %s, then %s", value, p.Value, plain(t, p))
	}
}
