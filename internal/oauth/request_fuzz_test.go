package oauth

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzABodyIsReadOrRefusedAsTheClientsFault(f *testing.F) {
	for _, seed := range [][3]string{
		{"application/json", `{"grant_type":"refresh_token","client_id":"a","refresh_token":"b"}`, ""},
		{"application/json", `{"code":"\u0000"}`, ""},
		{"application/json", `{"code":1}`, "Basic YTpi"},
		{"application/x-www-form-urlencoded", "grant_type=authorization_code&code=%00&x=1&x=2", ""},
		{"application/x-www-form-urlencoded", "client_id=a&client_secret=b", "Basic YTpi"},
		{"application/x-www-form-urlencoded", "client_id=a&code=c", "Basic YTolMDA="},
		{"text/plain", "x", "Basic %"},
		{"", "", "Bearer x"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, kind, body, authorization string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, TokenPath, strings.NewReader(body))
		r.Header = http.Header{"Content-Type": {kind}, "Authorization": {authorization}}
		in, err := readRequest(httptest.NewRecorder(), r)
		if err != nil {
			if status := errorOf(err).Status(); status != http.StatusBadRequest && status != http.StatusUnauthorized && status != http.StatusRequestEntityTooLarge {
				t.Errorf("%q is %d (%v)", body, status, err)
			}
			return
		}
		for name, at := range in.at() {
			if !utf8.ValidString(*at) || strings.ContainsRune(*at, 0) {
				t.Errorf("%s is %q", name, *at)
			}
		}
		form, err := url.ParseQuery(body)
		if strings.HasPrefix(strings.ToLower(kind), "application/x-www-form-urlencoded") && (err != nil || in.Code != form.Get("code") || authorization == "" && in.ClientID != form.Get("client_id")) {
			t.Errorf("%q is %+v", body, in)
		}
	})
}

func FuzzAnObjectHasTheMembersThatTheStandardLibrarySees(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":1}`, `{"a":1,"a":2}`, `{"a":{"b":[1,2,{}]},"b":null}`, `[]`, `null`, `{"a":1}x`, `{"a":}`, "{\"\xff\":1}", `{"a" 1}`, `{"a":1,}`, `{,}`, `{"\u0061":1,"a":2}`, "\ufeff{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		members, err := membersOf(body)
		var std map[string]json.RawMessage
		bad := json.Unmarshal(body, &std) != nil || std == nil || !utf8.Valid(body)
		if err == nil && (bad || len(std) != len(members)) {
			t.Fatalf("%q is %v, the standard library says %v", body, members, std)
		}
		for name, value := range members {
			var a, b any
			if json.Unmarshal(value, &a) != nil || json.Unmarshal(std[name], &b) != nil || !reflect.DeepEqual(a, b) {
				t.Errorf("%q: %q is %s, not %s", body, name, value, std[name])
			}
		}
	})
}

func FuzzADescriptionHasOnlyWhatAnErrorMayHave(f *testing.F) {
	f.Add("x \"\\\xff\x00é")
	f.Fuzz(func(t *testing.T, text string) {
		got := plain(text)
		if i := strings.IndexFunc(got, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }); i >= 0 {
			t.Errorf("%q is %q", text, got)
		}
	})
}
