package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/api/conform"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// everyForm are all the forms of the document.
func everyForm() []documentForm { return slices.Collect(maps.Keys(documentTexts)) }

func TestEveryFormOfTheDocumentIsValid(t *testing.T) {
	t.Parallel()
	for _, form := range everyForm() {
		t.Run(fmt.Sprintf("%+v", form), func(t *testing.T) {
			t.Parallel()
			if _, err := conform.New(documentTexts[form]()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheDocumentIsMadeOfTheSameBytesEachTime(t *testing.T) {
	t.Parallel()
	for _, form := range everyForm() {
		if form.yaml { // made from the other
			continue
		}
		if !bytes.Equal(document(operations, form), documentTexts[form]()) {
			t.Errorf("%+v differs", form)
		}
	}
}

func TestTheDocumentInYAMLSaysTheSameButForCode(t *testing.T) {
	t.Parallel()
	for _, form := range everyForm() {
		if form.yaml {
			continue
		}
		inYAML := form
		inYAML.yaml = true
		var fromJSON, fromYAML any
		if err := json.Unmarshal(documentTexts[form](), &fromJSON); err != nil {
			t.Fatal(err)
		}
		for _, methods := range fromJSON.(map[string]any)["paths"].(map[string]any) {
			for _, op := range methods.(map[string]any) {
				delete(op.(map[string]any), "x-codeSamples")
			}
		}
		if err := yaml.Unmarshal(documentTexts[inYAML](), &fromYAML); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(fromYAML)
		if err == nil {
			err = json.Unmarshal(again, &fromYAML)
		}
		if diff := cmp.Diff(fromJSON, fromYAML); err != nil || diff != "" {
			t.Errorf("%+v: %v -JSON +YAML\n%s", form, err, diff)
		}
	}
}

func TestEveryOperationIsInTheDocumentWithItsStatuses(t *testing.T) {
	t.Parallel()
	d := describe(operations, documentForm{})
	for i := range operations {
		op := &operations[i]
		o := d.Paths[op.path()][strings.ToLower(op.method())]
		if o == nil || o.OperationID != op.id || o.Summary != op.title {
			t.Errorf("%s is not described", op.id)
			continue
		}
		for _, c := range append(op.common(false), op.fails...) {
			r := o.Responses[strconv.Itoa(c.status)]
			if r != nil && r.Ref != "" {
				r = d.Components.Responses[baseName(r.Ref)]
			}
			if r == nil || !strings.Contains(r.Description, strings.TrimSuffix(c.text, ".")) && !(op.fails.has(c.status) && (c.status == 400 || c.status == 403)) {
				t.Errorf("%s: %d is not described as %q: %+v", op.id, c.status, c.text, r)
			}
		}
	}
}

func TestTheExamplesOfTheDocumentAreWhatTheDemoSiteAnswered(t *testing.T) {
	t.Parallel()
	for _, observed := range []bool{false, true} {
		d := describe(operations, documentForm{observed: observed})
		for i := range operations {
			op := &operations[i]
			for status, r := range d.Paths[op.path()][strings.ToLower(op.method())].Responses {
				shared := r.Ref != ""
				if shared {
					r = d.Components.Responses[baseName(r.Ref)]
				}
				media, is := r.Content[jsonType]
				if is && len(media.Example) == 0 {
					t.Errorf("%s %s has no example", op.id, status)
				}
				code, err := strconv.Atoi(status)
				if err != nil {
					t.Fatal(err)
				}
				want := op.recordedBody(code)
				if is && want != nil && !shared && (code == op.status || !observed) && !bytes.Equal(media.Example, want) {
					t.Errorf("%s %s has the example %s", op.id, status, media.Example)
				}
			}
		}
	}
}

func TestADocumentIsServedForEachSite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for path, form := range map[string]documentForm{
			"/openapi.json": {modern: true}, "/openapi-3.0.json": {}, "/openapi.yaml": {modern: true, yaml: true}, "/openapi-3.0.yaml": {yaml: true},
		} {
			got := s.get("", path)
			want := strings.NewReplacer(anySite, s.URL(s.server, true), anyServer, s.server).Replace(string(documentTexts[form]()))
			if got.status != http.StatusOK || got.body != want || got.header.Get("Content-Type") != form.contentType() {
				t.Errorf("%s: %d %v", path, got.status, got.header)
			}
			again := s.ask(ask{path: path, header: http.Header{"If-None-Match": {got.header.Get("ETag")}}})
			if again.status != http.StatusNotModified || again.body != "" {
				t.Errorf("%s again: %d", path, again.status)
			}
			packed := s.ask(ask{path: path, header: http.Header{"Accept-Encoding": {"gzip"}}})
			if packed.header.Get("Content-Encoding") != "gzip" || len(packed.body) >= len(want)/2 || packed.header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s packed: %d bytes, %v", path, len(packed.body), packed.header)
			}
			plain := s.ask(ask{path: path, header: http.Header{"Accept-Encoding": {"identity"}}})
			if plain.body != want || plain.header.Get("ETag") == packed.header.Get("ETag") || plain.header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s plain: %d bytes, %v", path, len(plain.body), plain.header)
			}
			again = s.ask(ask{path: path, header: http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {packed.header.Get("ETag")}}})
			if again.status != http.StatusNotModified || again.body != "" || again.header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s packed again: %d", path, again.status)
			}
		}
	})
}

func TestTheDocumentOfAnObservedSiteAllowsForItsErrors(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, observedSite)
		if got := s.get("", "/openapi.json").body; !strings.Contains(got, `"text/html"`) {
			t.Error("no HTML")
		}
	})
}
