package connect_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/connect"
)

// Every row is what npm's atlassian-jwt 2.0.3 made of the request.
func TestARequestHasTheCanonicalFormOfAtlassiansLibrary(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ method, path, query, want string }{
		{`GET`, `/`, ``, `GET&/&`},
		{`get`, `/rest/api/user/current`, ``, `GET&/rest/api/user/current&`},
		{`POST`, `/rest/api/user/current/`, ``, `POST&/rest/api/user/current&`},
		{`GET`, `/rest//`, ``, `GET&/rest/&`},
		{`GET`, `/rest/api/user`, `accountId=557058:ada&expand=operations`, `GET&/rest/api/user&accountId=557058%3Aada&expand=operations`},
		{`GET`, `/rest/api/user`, `expand=operations&accountId=557058%3Aada`, `GET&/rest/api/user&accountId=557058%3Aada&expand=operations`},
		{`GET`, `/rest/api/user/bulk`, `accountId=b&accountId=a&accountId=B`, `GET&/rest/api/user/bulk&accountId=B,a,b`},
		{`GET`, `/a`, `k=a,b&k=c%2Cd`, `GET&/a&k=a%2Cb,c%2Cd`},
		{`GET`, `/a`, `k=b&j=1&k=a`, `GET&/a&j=1&k=a,b`},
		{`DELETE`, `/rest/api/group&admin`, ``, `DELETE&/rest/api/group%26admin&`},
		{`GET`, `/a%26b&c`, `d=e&f=g`, `GET&/a%26b%26c&d=e&f=g`},
		{`GET`, `/a%2fb%2Fc%C3%A9%c3%a9`, ``, `GET&/a%2fb%2Fc%C3%A9%c3%a9&`},
		{`GET`, `/~!*'()@;:,+$=[]{}`, ``, `GET&/~!*'()@;:,+$=[]{}&`},
		{`GET`, `/a`, `a+b=c+d`, `GET&/a&a%20b=c%20d`},
		{`GET`, `/a`, `a%20b=c%2Bd`, `GET&/a&a%20b=c%2Bd`},
		{`GET`, `/a`, `q=%7e~-._`, `GET&/a&q=~~-._`},
		{`GET`, `/a`, `q=!*'()`, `GET&/a&q=%21%2A%27%28%29`},
		{`GET`, `/a`, `q=%c3%a9é`, `GET&/a&q=%C3%A9%C3%A9`},
		{`GET`, `/a`, `empty=`, `GET&/a&empty=`},
		{`GET`, `/a`, `empty`, `GET&/a&empty=`},
		{`GET`, `/a`, `=value`, `GET&/a&=value`},
		{`GET`, `/a`, `=`, `GET&/a&=`},
		{`GET`, `/a`, `&&a=1&&`, `GET&/a&a=1`},
		{`GET`, `/a`, `a=1=2=3`, `GET&/a&a=1%3D2%3D3`},
		{`GET`, `/a`, `a=1;b=2`, `GET&/a&a=1%3Bb%3D2`},
		{`GET`, `/a`, `a=b?c`, `GET&/a&a=b%3Fc`},
		{`GET`, `/a`, `jwt=x.y.z&a=1`, `GET&/a&a=1`},
		{`GET`, `/a`, `jwt=x`, `GET&/a&`},
		{`GET`, `/a`, `%6Awt=x&JWT=y`, `GET&/a&JWT=y`},
		{`GET`, `/a`, `__proto__=1&constructor=2`, `GET&/a&constructor=2`},
		{`GET`, `/a`, `b=1&a=2&B=3&A=4&10=5&9=6`, `GET&/a&10=5&9=6&A=4&B=3&a=2&b=1`},
		{`GET`, `/a`, `_=1&[=2&a=3&~=4&%C3%A9=5`, `GET&/a&%5B=2&_=1&a=3&~=4&%C3%A9=5`},
		{`GET`, `/a`, `%F0%9F%98%80=1&%EF%BC%A1=2&%EE%80%80=3&z=4`, `GET&/a&z=4&%F0%9F%98%80=1&%EE%80%80=3&%EF%BC%A1=2`},
		{`GET`, `/a`, `k=%F0%9F%98%80&k=%EF%BC%A1`, `GET&/a&k=%F0%9F%98%80,%EF%BC%A1`},
		{`GET`, `/a`, `p=100%`, `GET&/a&p=100%25`},
		{`GET`, `/a`, `p=%zz%4`, `GET&/a&p=%25zz%254`},
		{`GET`, `/a`, `p=%%41`, `GET&/a&p=%25A`},
		{`GET`, `/a`, `p=%00%0A`, `GET&/a&p=%00%0A`},
		{`GET`, `/a`, `p=%FF`, `GET&/a&p=%EF%BF%BD`},
		{`GET`, `/a`, `p=%E2%82`, `GET&/a&p=%EF%BF%BD`},
		{`GET`, `/a`, `p=%F0%9F%98`, `GET&/a&p=%EF%BF%BD`},
		{`GET`, `/a`, `p=%ED%A0%80`, `GET&/a&p=%EF%BF%BD%EF%BF%BD%EF%BF%BD`},
		{`GET`, `/a`, `p=%C0%80`, `GET&/a&p=%EF%BF%BD%EF%BF%BD`},
		{`GET`, `/a`, `p=%E2%28%A1`, `GET&/a&p=%EF%BF%BD%28%EF%BF%BD`},
		{`GET`, `/a`, `p=%F4%90%80%80`, `GET&/a&p=%EF%BF%BD%EF%BF%BD%EF%BF%BD%EF%BF%BD`},
		{`GET`, ``, ``, `GET&/&`},
		{`GET`, `rest`, ``, `GET&/rest&`},
	} {
		if got := connect.Canonical(tt.method, tt.path, tt.query); got != tt.want {
			t.Errorf("%s %s?%s is\n%s, not\n%s", tt.method, tt.path, tt.query, got, tt.want)
		}
	}
}

func TestTheHashOfARequestIsThatOfAtlassiansLibrary(t *testing.T) {
	t.Parallel()
	const want = "7de2bc3e39750ea63b6baee01279fc2f8f3d73b4c0f12fbbb22b53ca09d27a37"
	if got := connect.QSH("GET", "/rest/api/user", "accountId=557058:ada&expand=operations,personalSpace"); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

// npm's library leaves out what comes after a thousand parameters, so that one could be added to a signed request.
func TestTheHashCoversEveryParameter(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("a=1&", 1500)
	if connect.QSH("GET", "/a", many) == connect.QSH("GET", "/a", many+"b=2") {
		t.Error("a parameter can be added")
	}
}

// pieces are what queries of the tests are made of. None makes an escape of what is not UTF-8: the table above has those.
var pieces = []string{
	"k", "L", "z", "_", "=", "&", "&", "=", "+", "%20", "%2B", "%41", "%", "%z", "%4", ";", ",", "*", "~", "'", "%c3%a9", "é", "漢",
	"%F0%9F%98%80", "%EE%80%80", "jwt", "__proto__",
}

// The query is read and written once more, in the plainest way.
func TestTheCanonicalQueryIsThatOfThePlainestReading(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		query := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 20).Draw(t, "query"), "")
		if got, want := connect.Canonical("GET", "/", query), "GET&/&"+plainest(query); got != want {
			t.Fatalf("%q is\n%s, not\n%s", query, got, want)
		}
	})
}

func plainest(query string) string {
	values := map[string][]string{}
	for _, pair := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if pair != "" {
			values[unescape(name)] = append(values[unescape(name)], unescape(value))
		}
	}
	delete(values, "jwt")
	delete(values, "__proto__")
	var names, all []string
	for name := range values {
		names = append(names, name)
	}
	for _, name := range sorted(names) {
		var list []string
		for _, value := range sorted(values[name]) {
			list = append(list, escape(value))
		}
		all = append(all, escape(name)+"="+strings.Join(list, ","))
	}
	return strings.Join(all, "&")
}

// unescape reads each "%" that starts no escape as itself.
func unescape(s string) string {
	var b strings.Builder
	for s != "" {
		n := min(3, len(s))
		plain, err := url.QueryUnescape(s[:n])
		if s[0] != '%' || err != nil {
			n, plain = 1, strings.ReplaceAll(s[:1], "+", " ")
		}
		b.WriteString(plain)
		s = s[n:]
	}
	return b.String()
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func sorted(list []string) []string {
	slices.SortFunc(list, func(a, b string) int { return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b))) })
	return list
}

func FuzzQSH(f *testing.F) {
	f.Add("GET", "/rest/api/user", "accountId=557058%3Aada&expand=operations&expand=personalSpace")
	f.Add("delete", "/a&b/", "=&&a+b=%zz%FF%E2%82&jwt=x&é=😀")
	f.Fuzz(func(t *testing.T, method, path, query string) {
		whole := connect.Canonical(method, path, query)
		pairs := strings.Split(query, "&")
		slices.Reverse(pairs)
		if turned := connect.Canonical(method, path, strings.Join(pairs, "&")); turned != whole {
			t.Errorf("the order of parameters counts: %q, %q", whole, turned)
		}
		if !strings.Contains(method, "&") && strings.Count(whole[strings.Index(whole, "&"):], "&") < 2 {
			t.Errorf("%q has lost a separator", whole)
		}
		if len(connect.QSH(method, path, query)) != 64 {
			t.Error("the hash is not 64 digits")
		}
	})
}

func BenchmarkQSH(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		connect.QSH("GET", "/rest/api/user", "accountId=557058%3Aada&expand=operations%2CpersonalSpace")
	}
}
