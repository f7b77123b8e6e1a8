package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/web"
)

func describedAPI(s *web.Server) { s.Describe = api.Describe }

func TestTheLibraryOfTheReferenceIsWhatItsPackageHolds(t *testing.T) {
	t.Parallel()
	packed, err := os.ReadFile("assets/docs/scalar.js.gz")
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"assets/docs/README.md", "../../scripts/fetch-scalar.sh"} {
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), hex.EncodeToString(sum.Sum(nil))) {
			t.Errorf("%s does not name the sum %x (%v)", file, sum.Sum(nil), err)
		}
	}
}

func TestTheReferenceIsReadWithoutAScriptByAnyone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d, describedAPI).browser()
		got := w.get("/docs")
		links := regexp.MustCompile(`href="docs/(\w+)"`).FindAllStringSubmatch(got.body, -1)
		if got.status != http.StatusOK || len(links) < 40 {
			t.Fatalf("%d with %d operations", got.status, len(links))
		}
		csp := got.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "connect-src 'self';") || strings.Contains(csp, "unsafe-eval") {
			t.Error(csp)
		}
		for _, link := range links {
			one := w.get("/docs/" + link[1])
			if one.status != http.StatusOK || !one.has(link[1], "Ways in", "cope", "Connect scope", "Data security policy", "<td>The URL is longer than") {
				t.Errorf("%s: %d", link[1], one.status)
			}
			if strings.Contains(one.body, "site.invalid") || len(one.body) > 150_000 {
				t.Errorf("%s: %d bytes, or with another site's address", link[1], len(one.body))
			}
		}
		if got := w.get("/docs/getUser?code=Go&as=text"); got.header.Get("Content-Type") != "text/plain; charset=utf-8" || !got.has("package main", w.url) {
			t.Errorf("the sample is %.200s", got.body)
		}
		for _, odd := range []string{"/docs/nothing", "/docs/%00", "/docs/getUser%2f"} {
			if got := w.get(odd); got.status != http.StatusNotFound {
				t.Errorf("%s: %d", odd, got.status)
			}
		}
	})
}

func TestTheReferenceHasTheNavigationOfWhoIsSignedIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, describedAPI)
		if got := b.browser().get("/docs"); got.has(`aria-label="Sections"`) || got.has("logout") {
			t.Errorf("nobody has sections: %.3000s", got.body)
		}
		if got := b.signed("ada").get("/docs"); !got.has(`aria-label="Sections"`, `href="profile"`, `href="docs" aria-current="page"`, `action="logout"`) || got.has(`href="people"`) {
			t.Errorf("a person: %.3000s", got.body)
		}
		if got := b.boss().get("/docs"); !got.has(`href="people"`, `href="settings"`) {
			t.Errorf("an administrator: %.3000s", got.body)
		}
	})
}

func TestEverySampleOfEveryOperationIsShownHoweverLong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d, describedAPI).browser()
		for _, id := range []string{"getUser", "getBulkUserLookup"} {
			labels := regexp.MustCompile(`\?code=([^"#&]+)#code`).FindAllStringSubmatch(w.get("/docs/"+id).body, -1)
			if len(labels) != 12 {
				t.Fatalf("%s has %d samples", id, len(labels))
			}
			for _, label := range labels {
				path := "/docs/" + id + "?code=" + label[1]
				page, text := w.get(path), w.get(path+"&as=text")
				if !strings.Contains(html.UnescapeString(page.body), "<code>"+text.body+"</code>") {
					t.Errorf("%s does not show all of it", path)
				}
				packed := w.do(http.MethodGet, path, nil, http.Header{"Accept-Encoding": {"gzip"}})
				if packed.header.Get("Content-Encoding") != "gzip" || len(packed.body) > 150_000 {
					t.Errorf("%s takes %d bytes", path, len(packed.body))
				}
			}
		}
	})
}

func TestTheExamplesOfTheReferenceAreWhatTheDemoSiteAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d, describedAPI).browser()
		got := w.get("/docs/getUser")
		if text := html.UnescapeString(got.body); !strings.Contains(text, `"displayName": "Ada Lovelace"`) || !strings.Contains(text, `"self": "`+w.url) ||
			!strings.Contains(text, "No path takes PATCH.") || strings.Contains(text, `\u003c`) || strings.Contains(text, `: "string"`) {
			t.Error(text)
		}
	})
}

func TestTheScriptOfTheReferenceIsServedPackedAndPlain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d, describedAPI).browser()
		script := regexp.MustCompile(`_roster/assets/scalar\.\w+\.js`).FindString(w.get("/docs").body)
		plain := w.do(http.MethodGet, "/"+script, nil, http.Header{"Accept-Encoding": {"identity"}})
		packed := w.do(http.MethodGet, "/"+script, nil, http.Header{"Accept-Encoding": {"gzip"}})
		if plain.status != http.StatusOK || packed.header.Get("Content-Encoding") != "gzip" || len(plain.body) <= len(packed.body) || !plain.has("createApiReference") {
			t.Errorf("%d, %d and %d bytes", plain.status, len(plain.body), len(packed.body))
		}
	})
}
