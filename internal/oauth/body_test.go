package oauth_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/oauth"
)

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

func (b *bed) raw(path, contentType, body string, header ...string) answer {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, path, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return b.send(r)
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// It is long because it lists everything that can be wrong with a body.
func TestABodyThatCouldBeReadInTwoWaysIsReadInNone(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		object := `{"grant_type":"client_credentials","client_id":"` + c.ClientID + `","client_secret":"` + c.secret + `"`
		form := c.proof("grant_type", "client_credentials").Encode()
		type sent struct{ contentType, body, encoding string }
		for name, s := range map[string]sent{
			"no content type":           {"", form, ""},
			"an unreadable type":        {"application/json; charset", object + "}", ""},
			"text":                      {"text/plain", form, ""},
			"a multipart form":          {"multipart/form-data; boundary=x", form, ""},
			"XML":                       {"application/xml", "<x/>", ""},
			"JSON as a form":            {formType, object + "}", ""},
			"a form as JSON":            {jsonType, form, ""},
			"nothing as a form":         {formType, "", ""},
			"nothing as JSON":           {jsonType, "", ""},
			"null":                      {jsonType, "null", ""},
			"a list":                    {jsonType, "[" + object + "}]", ""},
			"a text":                    {jsonType, `"x"`, ""},
			"half an object":            {jsonType, object, ""},
			"two objects":               {jsonType, object + "}{}", ""},
			"an object and more":        {jsonType, object + "} x", ""},
			"an object and a NUL":       {jsonType, object + "}\x00", ""},
			"an object after a mark":    {jsonType, "\ufeff" + object + "}", ""},
			"an object in UTF-16":       {"application/json; charset=utf-16", string([]byte{0xff, 0xfe, '{', 0, '}', 0}), ""},
			"a comment":                 {jsonType, object + "/* */}", ""},
			"a comma more":              {jsonType, object + ",}", ""},
			"a member twice":            {jsonType, object + `,"grant_type":"refresh_token"}`, ""},
			"a member twice, escaped":   {jsonType, object + `,"grant\u005ftype":"refresh_token"}`, ""},
			"nobody's member twice":     {jsonType, object + `,"x":1,"x":2}`, ""},
			"a number":                  {jsonType, object + `,"scope":1}`, ""},
			"a null":                    {jsonType, object + `,"scope":null}`, ""},
			"a list of one":             {jsonType, object + `,"scope":["read:me"]}`, ""},
			"an object inside":          {jsonType, object + `,"code":{"$ne":""}}`, ""},
			"10,000 lists":              {jsonType, object + `,"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}", ""},
			"broken UTF-8":              {jsonType, object + ",\"code\":\"\xff\"}", ""},
			"broken UTF-8 in a name":    {jsonType, object + ",\"\xff\":\"\"}", ""},
			"a NUL":                     {jsonType, object + `,"code":"\u0000"}`, ""},
			"a NUL as the client":       {jsonType, `{"grant_type":"client_credentials","client_id":"a\u0000","client_secret":"x"}`, ""},
			"a form with broken UTF-8":  {formType, form + "&code=%ff", ""},
			"a form with a NUL":         {formType, form + "&refresh_token=%00", ""},
			"a form's NUL as client":    {formType, "grant_type=client_credentials&client_id=%00&client_secret=x", ""},
			"a form with a bad escape":  {formType, form + "&code=%zz", ""},
			"a form with a semicolon":   {formType, form + ";code=x", ""},
			"a form's parameter twice":  {formType, form + "&client_id=x", ""},
			"nobody's parameter twice":  {formType, form + "&x=1&x=2", ""},
			"gzip as JSON":              {jsonType, zipped(t, object+"}"), "gzip"},
			"gzip as a form":            {formType, zipped(t, form), "gzip"},
			"gzip that is not declared": {jsonType, zipped(t, object+"}"), ""},
			"an unknown encoding":       {formType, form, "rot13"},
		} {
			for _, path := range []string{oauth.TokenPath, oauth.RevokePath} {
				if path == oauth.RevokePath && strings.HasPrefix(name, "nothing") {
					continue
				}
				a := b.raw(path, s.contentType, s.body, "Content-Encoding", s.encoding)
				if a.status == http.StatusUnauthorized && path == oauth.RevokePath { // nothing that names a client was read
					continue
				}
				b.refused(path+" "+name, a, http.StatusBadRequest, "invalid_request")
			}
		}
		for name, s := range map[string]sent{
			"JSON":                   {jsonType, object + "}", ""},
			"JSON with a charset":    {"Application/JSON; charset=UTF-8", "\n" + object + ",\"x\":{\"y\":[1,null]}}\n", ""},
			"a form with a charset":  {formType + ";charset=UTF-8", form, ""},
			"a form with more in it": {formType, form + "&x=1&audience=y", "identity"},
		} {
			if a := b.raw(oauth.TokenPath, s.contentType, s.body, "Content-Encoding", s.encoding); a.status != http.StatusOK {
				t.Errorf("%s: %d %s", name, a.status, a.text)
			}
		}
	})
}

func TestABodyIsReadNoFurtherThanAnyRequestNeeds(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		form := c.proof("grant_type", "client_credentials").Encode()
		pad := "&x="
		at := form + pad + strings.Repeat("a", 64<<10-len(form)-len(pad))
		if a := b.raw(oauth.TokenPath, formType, at); a.status != http.StatusOK {
			t.Errorf("at the limit: %d %s", a.status, a.text)
		}
		for name, body := range map[string]string{"a byte above": at + "a", "a megabyte": strings.Repeat("a", 1<<20)} {
			for _, kind := range []string{formType, jsonType} {
				b.refused(name, b.raw(oauth.TokenPath, kind, body), http.StatusRequestEntityTooLarge, "invalid_request")
			}
		}
	})
}

func TestOddTextsAreMerelyUnknown(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		for _, odd := range []string{
			"'; DROP TABLE grants; --", `" OR ""="`, "%' ESCAPE '!", "$1", "../../etc/passwd", "\u202e", "🙂", " ", "\t\r\n", strings.Repeat("a", 30000), "roster_", "roster__", "_" + strings.Repeat("0", 32) + "_",
			"roster_" + strings.Repeat("g", 32) + "_x", "roster_" + strings.ReplaceAll(b.site.CloudID, "-", "") + "_", strings.ToUpper(c.secret),
		} {
			b.refused("a code", b.exchange(c, odd), http.StatusForbidden, "invalid_grant")
			b.refused("a refresh token", b.refresh(c, odd), http.StatusForbidden, "invalid_grant")
			b.refused("a client", b.asItself(client{}, "client_id", odd, "client_secret", odd), http.StatusUnauthorized, "invalid_client")
			b.refused("a grant", b.post(oauth.TokenPath, c.proof("grant_type", odd)), http.StatusBadRequest, "unsupported_grant_type")
			a := b.post(oauth.TokenPath, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {odd}})
			b.refused("an assertion", a, http.StatusForbidden, "invalid_grant")
			if a := b.post(oauth.RevokePath, c.proof("token", odd)); a.status != http.StatusOK {
				t.Errorf("a token %.40q: %d %s", odd, a.status, a.text)
			}
		}
	})
}
