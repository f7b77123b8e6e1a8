package api

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func addressedAt(t *testing.T, a *addressed, site string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	r.Header = header
	w := httptest.NewRecorder()
	if err := a.serve(w, r, jsonType, site, "https://roster.example"); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAddressesArePutIntoATextWhereverTheyStand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                              "",
		"nothing":                       "nothing",
		anySite:                         "https://a.example/x",
		anyServer + anySite + anyServer: "https://b.examplehttps://a.example/xhttps://b.example",
		"in " + anySite + "/wiki, by " + anyServer + ".": "in https://a.example/x/wiki, by https://b.example.",
	} {
		if got := newAddressed([]byte(text)).text("https://a.example/x", "https://b.example"); string(got) != want {
			t.Errorf("%s became %s", text, got)
		}
	}
}

func TestADocumentIsSentAgainOnlyWhereItIsAnother(t *testing.T) {
	t.Parallel()
	a := newAddressed([]byte(`{"at":"` + anySite + `"}`))
	tag := addressedAt(t, a, "https://a.example", nil).Header().Get("ETag")
	for _, test := range []struct {
		site, kept string
		status     int
	}{
		{"https://a.example", tag, 304},
		{"https://a.example", "W/" + tag, 304},
		{"https://a.example", `"other", ` + tag, 304},
		{"https://a.example", "*", 304},
		{"https://a.example", `"other"`, 200},
		{"https://b.example", tag, 200},
	} {
		if got := addressedAt(t, a, test.site, http.Header{"If-None-Match": {test.kept}}); got.Code != test.status || (got.Body.Len() == 0) != (test.status == 304) {
			t.Errorf("%s with %s: %d %s", test.site, test.kept, got.Code, got.Body)
		}
	}
	if other := newAddressed([]byte(anySite)); addressedAt(t, other, "https://a.example", nil).Header().Get("ETag") == tag {
		t.Error("another text has the same tag")
	}
}

func TestADocumentIsSentPackedToWhoTakesItSo(t *testing.T) {
	t.Parallel()
	a := newAddressed([]byte(strings.Repeat("at "+anySite+" ", 100)))
	for _, site := range []string{"https://a.example", "https://b.example", "https://b.example"} {
		plain, packed := addressedAt(t, a, site, nil), addressedAt(t, a, site, http.Header{"Accept-Encoding": {"gzip"}})
		if packed.Header().Get("Content-Encoding") != "gzip" || plain.Header().Get("Content-Encoding") != "" || plain.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%v and %v", packed.Header(), plain.Header())
		}
		if packed.Header().Get("ETag") == plain.Header().Get("ETag") {
			t.Error("other bytes have the same tag")
		}
		r, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain.Body.Bytes()) {
			t.Errorf("%s: %v %.100s", site, err, got)
		}
	}
}

// discarded is an answer that nobody reads.
type discarded struct{ header http.Header }

func (d discarded) Header() http.Header            { return d.header }
func (d discarded) Write(text []byte) (int, error) { return len(text), nil }
func (d discarded) WriteHeader(int)                {}

func BenchmarkTheDescriptionOfTheAPI(b *testing.B) {
	a := documentTemplates[documentForm{modern: true}]()
	const site, server = "https://acme.example", "https://roster.example"
	for _, how := range []struct {
		name   string
		header http.Header
	}{
		{"plain", http.Header{}},
		{"packed", http.Header{"Accept-Encoding": {"gzip"}}},
		{"kept", http.Header{"If-None-Match": {a.tag(site, server)}}},
	} {
		b.Run(how.name, func(b *testing.B) {
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/openapi.json", http.NoBody)
			r.Header = how.header
			b.ReportAllocs()
			for b.Loop() {
				if err := a.serve(discarded{http.Header{}}, r, jsonType, site, server); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
