package connect_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/failure"
)

const secret = "the secret that an app shares with its site"

var (
	noon  = time.Unix(1767268800, 0)
	qsh   = connect.QSH("GET", "/rest/api/user/current", "")
	other = connect.QSH("GET", "/rest/api/user/current", "a=1")
)

// good are claims that hold at noon.
func good() connect.Claims {
	return connect.Claims{Issuer: "com.example.app", QSH: qsh, IssuedAt: noon.Add(-time.Minute), ExpiresAt: noon.Add(2 * time.Minute)}
}

func sign(t testing.TB, c connect.Claims) string {
	t.Helper()
	token, err := connect.Sign(c, secret)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// by signs a header and a payload as they stand.
func by(hash func() hash.Hash, key, header, payload string) string {
	signed := encode(header) + "." + encode(payload)
	h := hmac.New(hash, []byte(key))
	h.Write([]byte(signed))
	return signed + "." + encode(string(h.Sum(nil)))
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

const header = `{"typ":"JWT","alg":"HS256"}`

// payload is that of a good JWT, with more members.
func payload(more string) string {
	return fmt.Sprintf(`{"iss":"com.example.app","qsh":%q,"iat":%d,"exp":%d%s}`, qsh, noon.Unix()-60, noon.Unix()+120, more)
}

func hs256(header, payload string) string { return by(sha256.New, secret, header, payload) }

func TestAGoodTokenTellsItsClaims(t *testing.T) {
	t.Parallel()
	c := good()
	c.Subject, c.Audience = "557058:ada", []string{"a", "b"}
	token := sign(t, c)
	issuer, err := connect.Peek(token)
	if err != nil || issuer != c.Issuer {
		t.Errorf("the issuer is %q, %v", issuer, err)
	}
	got, err := connect.Verify(token, secret, qsh, noon)
	if err != nil || got.Issuer != c.Issuer || got.Subject != c.Subject || got.QSH != qsh || strings.Join(got.Audience, " ") != "a b" ||
		!got.IssuedAt.Equal(c.IssuedAt) || !got.ExpiresAt.Equal(c.ExpiresAt) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestATokenOfAtlassiansLibraryIsGood(t *testing.T) {
	t.Parallel()
	const token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJjb20uZXhhbXBsZS5hcHAiLCJpYXQiOjE3NjcyMjU2MDAsImV4cCI6MTc2NzIyNTc4MCwi" +
		"cXNoIjoiMGY3MWYwYjljOGE4MDhmMGZhYTg5N2VkNDQ5NGU3ZjYzMzZkYmRjNTM1NmU5NDNlZjk2ZmMzZGNjMGYxZWQ3MyJ9.a18lRqBuEAmdjxwsjJFiAyNHcTNJvhdSWWsqso6GDtw"
	if c, err := connect.Verify(token, "a-shared-secret", qsh, time.Unix(1767225601, 0)); err != nil || c.Issuer != "com.example.app" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestWhatTokensMayDifferIn(t *testing.T) {
	t.Parallel()
	for name, token := range map[string]string{
		"no typ":                 hs256(`{"alg":"HS256"}`, payload("")),
		"typ in lower case":      hs256(`{"alg":"HS256","typ":"jwt"}`, payload("")),
		"spaces":                 hs256(" { \"alg\" :\n\"HS256\" } ", " "+payload(" ")+"\n"),
		"a key's name":           hs256(`{"alg":"HS256","kid":"k","jwk":{"kty":"oct","k":"AA"}}`, payload("")),
		"other claims":           hs256(header, payload(`,"context":{"iss":"nested","user":{"a":["}\"",1]}},"jti":"x","n":null`)),
		"null where none must":   hs256(header, payload(`,"sub":null,"aud":null,"nbf":null`)),
		"one audience":           hs256(header, payload(`,"aud":"https://example.com"`)),
		"a fraction of a second": hs256(header, fmt.Sprintf(`{"iss":"i","qsh":%q,"iat":%d.25,"exp":%d.5e0}`, qsh, noon.Unix(), noon.Unix()+60)),
		"a date with an e":       hs256(header, fmt.Sprintf(`{"iss":"i","qsh":%q,"iat":1.7672688E9,"exp":%d}`, qsh, noon.Unix()+60)),
		"an escaped name":        hs256(`{"\u0061lg":"HS256"}`, strings.Replace(payload(""), "iss", `is\u0073`, 1)),
	} {
		if _, err := connect.Verify(token, secret, qsh, noon); err != nil {
			t.Errorf("%s: %v, as %s", name, err, failure.ReasonOf(err))
		}
	}
}

// refusal is a JWT, why it is refused, and a word of the reason.
type refusal struct {
	token  string
	kind   failure.Kind
	reason string
}

func refusals(t testing.TB) map[string]refusal {
	all := wronglySigned(t)
	maps.Copy(all, unreadable(t))
	maps.Copy(all, wronglyClaimed(t))
	return all
}

func wronglySigned(t testing.TB) map[string]refusal {
	const no = failure.Unauthenticated
	head, rest, _ := strings.Cut(sign(t, good()), ".")
	body, signature, _ := strings.Cut(rest, ".")
	return map[string]refusal{
		"alg none":             {encode(`{"alg":"none"}`) + "." + body + ".", no, "not HS256"},
		"alg None, signed":     {hs256(`{"alg":"None"}`, payload("")), no, "not HS256"},
		"alg in lower case":    {hs256(`{"alg":"hs256"}`, payload("")), no, "not HS256"},
		"alg HS384":            {by(sha512.New384, secret, `{"alg":"HS384"}`, payload("")), no, "not HS256"},
		"alg HS512":            {by(sha512.New, secret, `{"alg":"HS512"}`, payload("")), no, "not HS256"},
		"alg RS256":            {hs256(`{"alg":"RS256"}`, payload("")), no, "not HS256"},
		"alg a list":           {hs256(`{"alg":["HS256"]}`, payload("")), no, "not HS256"},
		"alg null":             {hs256(`{"alg":null}`, payload("")), no, "not HS256"},
		"ALG":                  {hs256(`{"ALG":"HS256"}`, payload("")), no, "not HS256"},
		"no alg":               {hs256(`{}`, payload("")), no, "not HS256"},
		"crit":                 {hs256(`{"alg":"HS256","crit":["b64"],"b64":false}`, payload("")), no, "crit"},
		"another typ":          {hs256(`{"alg":"HS256","typ":"at+jwt"}`, payload("")), no, "typ"},
		"another app's secret": {by(sha256.New, "x", header, payload("")), no, "not signed"},
		"no secret":            {by(sha256.New, "", header, payload("")), no, "not signed"},
		"half a signature":     {head + "." + body + "." + signature[:20], no, "not signed"},
		"a changed payload":    {head + "." + encode(payload(`,"sub":"root"`)) + "." + signature, no, "not signed"},
		"a changed header":     {encode(`{"alg":"HS256"}`) + "." + body + "." + signature, no, "not signed"},
	}
}

func unreadable(t testing.TB) map[string]refusal {
	const (
		odd    = failure.Malformed
		digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	)
	token := sign(t, good())
	head, rest, _ := strings.Cut(token, ".")
	body, signature, _ := strings.Cut(rest, ".")
	last := len(signature) - 1
	loose := signature[:last] + digits[strings.IndexByte(digits, signature[last])|1:][:1]
	return map[string]refusal{
		"alg twice":                  {hs256(`{"alg":"none","alg":"HS256"}`, payload("")), odd, "twice"},
		"iss twice":                  {hs256(header, payload(`,"iss":"root"`)), odd, "twice"},
		"qsh twice, once escaped":    {hs256(header, payload(`,"qs\u0068":"x"`)), odd, "twice"},
		"no signature":               {head + "." + body, odd, "three parts"},
		"an empty signature":         {head + "." + body + ".", odd, "base64url"},
		"two signatures":             {token + "." + signature, odd, "base64url"},
		"padding":                    {token + "=", odd, "base64url"},
		"a line feed":                {token + "\n", odd, "base64url"},
		"a line feed inside":         {head + "." + body[:4] + "\n" + body[4:] + "." + signature, odd, "base64url"},
		"a space":                    {token + " ", odd, "base64url"},
		"another text of the same":   {head + "." + body + "." + loose, odd, "base64url"},
		"the alphabet with + and /":  {head + "." + body + ".++//" + signature[4:], odd, "base64url"},
		"JSON of a JWS":              {`{"payload":"` + body + `","signatures":[{},{}]}`, odd, "three parts"},
		"nothing":                    {"", odd, "three parts"},
		"dots":                       {"..", odd, "base64url"},
		"far too long":               {token + strings.Repeat("A", connect.MaxToken), odd, "longer"},
		"a header that is a list":    {hs256(`["HS256"]`, payload("")), odd, "not a JSON object"},
		"a payload that is a string": {hs256(header, `"iss"`), odd, "not a JSON object"},
		"a payload that goes on":     {hs256(header, payload("")+"{}"), odd, "not JSON"},
		"a byte order mark":          {hs256(header, "\uFEFF"+payload("")), odd, "not JSON"},
		"what is not UTF-8":          {hs256(header, payload(",\"x\":\"\xff\"")), odd, "UTF-8"},
		"a payload nested deep":      {hs256(header, payload(`,"x":`+strings.Repeat("[", 3000))), odd, "not JSON"},
		"very many claims":           {hs256(header, payload(numbered(200))), odd, "more than"},
		"iat as a string":            {hs256(header, `{"iss":"i","iat":"1","exp":2}`), odd, "iat"},
		"exp as true":                {hs256(header, `{"iss":"i","iat":1,"exp":true}`), odd, "exp"},
		"exp before 1970":            {hs256(header, `{"iss":"i","iat":1,"exp":-1}`), odd, "exp"},
		"exp beyond any date":        {hs256(header, `{"iss":"i","iat":1,"exp":1e400}`), odd, "exp"},
		"exp in milliseconds":        {hs256(header, `{"iss":"i","iat":1,"exp":1767268800000}`), odd, "exp"},
		"iss as a number":            {hs256(header, `{"iss":1}`), odd, "iss"},
		"qsh as a list":              {hs256(header, `{"iss":"i","qsh":[]}`), odd, "qsh"},
		"aud with a null":            {hs256(header, `{"iss":"i","aud":["a",null]}`), odd, "aud"},
	}
}

func wronglyClaimed(t testing.TB) map[string]refusal {
	const no = failure.Unauthenticated
	return map[string]refusal{
		"no iat":                        {hs256(header, fmt.Sprintf(`{"iss":"i","qsh":%q,"exp":%d}`, qsh, noon.Unix()+60)), no, "no iat"},
		"no exp":                        {hs256(header, fmt.Sprintf(`{"iss":"i","qsh":%q,"iat":%d,"exp":null}`, qsh, noon.Unix())), no, "no exp"},
		"names in another case":         {hs256(header, strings.ToUpper(payload(""))), no, "no i"},
		"not yet":                       {hs256(header, payload(fmt.Sprintf(`,"nbf":%d`, noon.Unix()+31))), no, "another 31s"},
		"exp before iat":                {edited(t, func(c *connect.Claims) { c.ExpiresAt = c.IssuedAt.Add(-time.Second) }), no, "not after iat"},
		"exp at iat":                    {edited(t, func(c *connect.Claims) { c.ExpiresAt = c.IssuedAt }), no, "not after iat"},
		"made for too long":             {edited(t, func(c *connect.Claims) { c.ExpiresAt = c.IssuedAt.Add(connect.MaxLifetime + time.Second) }), no, "more than 25h"},
		"expired":                       {edited(t, func(c *connect.Claims) { c.ExpiresAt = noon.Add(-42 * time.Second) }), no, "expired 42s ago"},
		"made in the future":            {edited(t, func(c *connect.Claims) { c.IssuedAt = noon.Add(31 * time.Second) }), no, "31s from now"},
		"another request's":             {edited(t, func(c *connect.Claims) { c.QSH = other }), no, "another request's"},
		"another request's, upper case": {edited(t, func(c *connect.Claims) { c.QSH = strings.ToUpper(qsh) }), no, "another request's"},
		"no request's":                  {edited(t, func(c *connect.Claims) { c.QSH = "" }), no, "no qsh"},
		"a page's":                      {edited(t, func(c *connect.Claims) { c.QSH = connect.ContextQSH }), no, "context-qsh"},
	}
}

// edited signs a JWT that is good but for one thing.
func edited(t testing.TB, edit func(*connect.Claims)) string {
	t.Helper()
	c := good()
	if edit(&c); c.ExpiresAt.Before(c.IssuedAt) && c.ExpiresAt.Before(noon.Add(-30*time.Second)) && c.ExpiresAt.After(noon.Add(-time.Minute)) {
		c.IssuedAt = c.ExpiresAt.Add(-time.Minute)
	}
	return sign(t, c)
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"%d":0`, i)
	}
	return b.String()
}

func TestEveryOtherTokenIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	for name, tt := range refusals(t) {
		c, err := connect.Verify(tt.token, secret, qsh, noon)
		kind, said := failure.Of(err)
		reason := failure.ReasonOf(err)
		if err == nil || kind != tt.kind || !strings.Contains(reason, tt.reason) || c.Issuer != "" {
			t.Errorf("%s: %v, kind %d, as %q", name, err, kind, reason)
		}
		if len(reason) > 200 || strings.Contains(said+reason, secret) || strings.Contains(reason, "com.example") || strings.Contains(reason, qsh) {
			t.Errorf("%s: the reason tells too much: %s", name, reason)
		}
	}
}

// Whatever is refused reads the same, or the answer would tell which apps there are.
func TestTheCallerReadsNothingOfTheReason(t *testing.T) {
	t.Parallel()
	said := map[failure.Kind]string{}
	for name, tt := range refusals(t) {
		_, err := connect.Verify(tt.token, secret, qsh, noon)
		kind, message := failure.Of(err)
		if first, seen := said[kind]; seen && first != message {
			t.Errorf("%s: %q, where another reads %q", name, message, first)
		}
		said[kind] = message
	}
}

func TestTheClocksMayDifferByHalfAMinute(t *testing.T) {
	t.Parallel()
	token := sign(t, good())
	for at, want := range map[time.Time]bool{
		good().IssuedAt.Add(-connect.Leeway - time.Second):  false,
		good().IssuedAt.Add(-connect.Leeway):                true,
		good().ExpiresAt.Add(connect.Leeway - time.Second):  true,
		good().ExpiresAt.Add(connect.Leeway):                false,
		good().ExpiresAt.Add(connect.Leeway + 24*time.Hour): false,
	} {
		if _, err := connect.Verify(token, secret, qsh, at); (err == nil) != want {
			t.Errorf("at %v: %v", at, err)
		}
	}
}

// The public half of a key is no secret: who signs by it with HS256 knows nothing.
func TestAPublicKeyIsNoSharedSecret(t *testing.T) {
	t.Parallel()
	public, err := connect.PublicPEM(key(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range []string{header, `{"alg":"RS256","typ":"JWT"}`} {
		if _, err := connect.Verify(by(sha256.New, public, header, payload("")), secret, qsh, noon); err == nil {
			t.Error("a JWT signed with the public key is taken")
		}
	}
}

func TestWithoutASecretNothingIsSignedOrTaken(t *testing.T) {
	t.Parallel()
	if _, err := connect.Sign(good(), ""); err == nil {
		t.Error("signed with nothing")
	}
	if _, err := connect.Verify(by(sha256.New, "", header, payload("")), "", qsh, noon); err == nil {
		t.Error("taken with nothing")
	}
}

// A request whose hash is unknown must not be met by a JWT that has none.
func TestAnEmptyHashMeetsNothing(t *testing.T) {
	t.Parallel()
	for _, claimed := range []string{"", connect.ContextQSH} {
		if _, err := connect.Verify(edited(t, func(c *connect.Claims) { c.QSH = claimed }), secret, claimed, noon); err == nil {
			t.Errorf("%q meets itself", claimed)
		}
	}
}

func TestAPagesTokenIsTakenOnlyWhereThatIsAskedFor(t *testing.T) {
	t.Parallel()
	page := edited(t, func(c *connect.Claims) { c.QSH = connect.ContextQSH })
	for token, want := range map[string]bool{page: true, sign(t, good()): true, edited(t, func(c *connect.Claims) { c.QSH = other }): false} {
		if _, err := connect.VerifyContext(token, secret, qsh, noon); (err == nil) != want {
			t.Error(err)
		}
	}
}

func TestPeekRefusesWhatVerifyCannotRead(t *testing.T) {
	t.Parallel()
	for name, tt := range refusals(t) {
		if tt.kind == failure.Malformed || tt.reason == "not HS256" {
			issuer, err := connect.Peek(tt.token)
			if kind, _ := failure.Of(err); err == nil || kind != tt.kind || issuer != "" {
				t.Errorf("%s: %q, %v", name, issuer, err)
			}
		}
	}
	for _, iss := range []string{`""`, `null`, `"a\u0000b"`, `"a\nb"`, `"` + strings.Repeat("a", 256) + `"`} {
		_, err := connect.Peek(hs256(header, `{"iss":`+iss+`}`))
		if kind, _ := failure.Of(err); kind != failure.Unauthenticated {
			t.Errorf("iss %s: %v", iss, err)
		}
	}
}

func TestAReasonDoesNotHideTheFailure(t *testing.T) {
	t.Parallel()
	_, err := connect.Peek("x")
	var e *failure.Error
	if !errors.As(err, &e) || e.Kind != failure.Malformed {
		t.Errorf("%v", err)
	}
}

func BenchmarkVerify(b *testing.B) {
	token := sign(b, good())
	b.ReportAllocs()
	for b.Loop() {
		shown, err := connect.Read(token)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := shown.Verify(secret, qsh, noon); err != nil {
			b.Fatal(err)
		}
	}
}

// Whether a JWT is verified at once or after it was read, it is refused for the same reason.
func TestAJWTThatWasReadIsVerifiedAsIfItWasNot(t *testing.T) {
	t.Parallel()
	for name, r := range refusals(t) {
		shown, err := connect.Read(r.token)
		if err == nil {
			_, err = shown.Verify(secret, qsh, noon)
		}
		_, direct := connect.Verify(r.token, secret, qsh, noon)
		if kind, _ := failure.Of(err); err == nil || kind != r.kind || direct != nil && !strings.Contains(failure.ReasonOf(err), " iss ") && failure.ReasonOf(err) != failure.ReasonOf(direct) {
			t.Errorf("%s: %q, and directly %q", name, failure.ReasonOf(err), failure.ReasonOf(direct))
		}
	}
	shown, err := connect.Read(sign(t, good()))
	if err != nil || shown.Issuer != good().Issuer {
		t.Fatal(shown.Issuer, err)
	}
	if claims, err := shown.Verify(secret, qsh, noon); err != nil || claims.QSH != qsh {
		t.Errorf("%+v, %v", claims, err)
	}
}
