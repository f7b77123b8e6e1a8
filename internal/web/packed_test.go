package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

var takesGzip = http.Header{"Accept-Encoding": {"gzip"}}

func TestAPageIsTheSamePackedOrNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ada := newBed(t, d).signed("ada")
		plain := ada.do(http.MethodGet, "/profile", nil, http.Header{"Accept-Encoding": {"gzip;q=0, identity"}})
		packed := ada.do(http.MethodGet, "/profile", nil, takesGzip)
		r, err := gzip.NewReader(strings.NewReader(packed.body))
		if err != nil {
			t.Fatalf("%v: %v", packed.header, err)
		}
		text, err := io.ReadAll(r)
		if err != nil || withoutBrackets.Replace(string(text)) != plain.body || plain.status != http.StatusOK {
			t.Errorf("%d and %d bytes: %v", len(text), len(plain.body), err)
		}
		if plain.header.Get("Content-Encoding") != "" || packed.header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%v and %v", plain.header, packed.header)
		}
		for _, got := range []answer{plain, packed} {
			if got.header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("Vary: %v", got.header)
			}
		}
	})
}

func TestASecretThatIsShownOnceIsNotPackedBesideWhatWasTyped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ada := newBed(t, d).signed("ada")
		made := ada.do(http.MethodPost, "/profile/tokens/new", url.Values{"label": {"mine"}, "kind": {"classic"}, "days": {"7"}}, takesGzip)
		if made.header.Get("Content-Encoding") != "" || secretShown.FindString(made.body) == "" {
			t.Errorf("%d %v", made.status, made.header)
		}
	})
}
