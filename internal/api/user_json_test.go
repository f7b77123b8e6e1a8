package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/site"
)

// plainly encodes by encoding/json alone.
func plainly(t interface{ Fatal(...any) }, body any) string {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
}

// anyText is a text that may have anything in it, broken UTF-8 and what scripts take for the end of a line included.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringN(0, 12, 40),
		rapid.StringMatching(`[A-Za-z0-9:/?=._ -]{0,20}`),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"", "<b>&", "\u2028\u2029", "\x7f\x00\n\t\\\"", "Ada Lovelace", "Łukasz", "日本"}),
	)
}

func maybe[T any](t *rapid.T, name string, value *rapid.Generator[T]) confluence.Nullable[T] {
	switch rapid.IntRange(0, 2).Draw(t, name+" is") {
	case 0:
		return confluence.Nullable[T]{}
	case 1:
		return confluence.Null[T]()
	}
	return confluence.Value(value.Draw(t, name))
}

func texts(t *rapid.T, name string) map[string]string {
	if rapid.Bool().Draw(t, name+" is nil") {
		return nil
	}
	return rapid.MapOfN(anyText(), anyText(), 0, 12).Draw(t, name)
}

func drawUser(t *rapid.T) confluence.User {
	text, yes := anyText(), rapid.Bool()
	u := confluence.User{
		Type: text.Draw(t, "type"), AccountID: text.Draw(t, "id"), AccountType: text.Draw(t, "accountType"), Email: text.Draw(t, "email"),
		PublicName: text.Draw(t, "publicName"), DisplayName: text.Draw(t, "displayName"), TimeZone: maybe(t, "timeZone", text),
		IsExternalCollaborator: yes.Draw(t, "external"), IsGuest: yes.Draw(t, "guest"), Locale: text.Draw(t, "locale"), AccountStatus: text.Draw(t, "status"),
		Expandable: texts(t, "expandable"), Links: texts(t, "links"),
		ProfilePicture: maybe(t, "picture", rapid.Custom(func(t *rapid.T) confluence.Icon {
			return confluence.Icon{Path: text.Draw(t, "path"), Width: rapid.Int().Draw(t, "width"), Height: rapid.Int().Draw(t, "height"), IsDefault: yes.Draw(t, "isDefault")}
		})),
		PersonalSpace: maybe(t, "space", rapid.Custom(func(t *rapid.T) confluence.Space {
			return confluence.Space{Key: text.Draw(t, "key"), Name: text.Draw(t, "name"), Links: maps.Clone(texts(t, "space links"))}
		})),
	}
	if yes.Draw(t, "old word") {
		u.ExternalCollaborator = new(yes.Draw(t, "old word says"))
	}
	switch rapid.IntRange(0, 2).Draw(t, "operations") {
	case 1:
		u.Operations = mayUse(false)
	case 2:
		u.Operations = mayUse(true)
	}
	if yes.Draw(t, "details") {
		u.Details = &confluence.UserDetails{Business: &confluence.UserDetailsBusiness{Position: text.Draw(t, "position")}}
	}
	return u
}

func TestUsersAreEncodedAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		users := rapid.SliceOfN(rapid.Custom(drawUser), 0, 3).Draw(t, "users")
		if users == nil {
			users = []confluence.User{}
		}
		links := texts(t, "page links")
		all := []any{
			&confluence.BulkUserArray{Results: users, Limit: 7, Size: 3, Links: links},
			&confluence.UserArray{Results: users, Start: 5, Limit: 7, TotalSize: new(int64(9)), Links: links},
		}
		if len(users) > 0 {
			all = append(all, &users[0])
		}
		for _, body := range all {
			if got, want := string(encode(body)), plainly(t, body); got != want {
				t.Fatalf("encoded\n%s\nwant\n%s", got, want)
			}
		}
	})
}

func BenchmarkEncodeUser(b *testing.B) {
	u := &confluence.User{
		Type: "known", AccountID: "557058:ada", AccountType: "atlassian", PublicName: "Ada", DisplayName: "Ada Lovelace", Locale: "en_GB", AccountStatus: "active",
		ProfilePicture: confluence.Value(confluence.Icon{Path: "/wiki/aa-avatar/557058:ada", Width: 48, Height: 48}), TimeZone: confluence.Value("Europe/London"),
		ExternalCollaborator: new(false), Expandable: confluence.Expandable{"operations": "", "details": "", "personalSpace": ""},
		Links: confluence.Links{"base": "http://127.0.0.1:8080/wiki", "context": "/wiki", "self": "http://127.0.0.1:8080/wiki/rest/api/user?accountId=557058:ada"},
	}
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			encode(u)
		}
	})
	b.Run("by encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			plainly(b, u)
		}
	})
}

func TestARefusalIsEncodedAsEncodingJSONWould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := confluence.ErrorV1{StatusCode: rapid.Int().Draw(t, "status"), Message: anyText().Draw(t, "message")}
		if rapid.Bool().Draw(t, "with data") {
			e.Data = &confluence.ErrorV1Data{Authorized: rapid.Bool().Draw(t, "authorized"), Valid: rapid.Bool().Draw(t, "valid"), Successful: rapid.Bool().Draw(t, "successful")}
			e.Data.Errors = rapid.SampledFrom([][]confluence.ErrorV1Item{nil, {}, {{}}}).Draw(t, "errors")
		}
		if got, want := string(encode(e)), plainly(t, e); got != want {
			t.Fatalf("%s, not %s", got, want)
		}
	})
}

func TestWhatNothingExpandsIsAllThatCanBe(t *testing.T) {
	t.Parallel()
	for _, fidelity := range []site.Fidelity{site.Documented, site.Observed} {
		c := &call{}
		c.site.Settings.Fidelity = fidelity
		if got, want := c.unexpanded(nil), c.unexpanded(expansion{"unknown": {}}); !maps.Equal(got, want) {
			t.Errorf("%v, not %v", got, want)
		}
	}
}

func TestTheAddressOfAUserIsEscapedButForItsColon(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := anyText().Draw(t, "id")
		if got, want := userPath(id), "/rest/api/user?accountId="+strings.ReplaceAll(url.QueryEscape(id), "%3A", ":"); got != want {
			t.Fatalf("%s, not %s", got, want)
		}
	})
}
