package api

import (
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/api/conform"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestMain(m *testing.M) {
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder) // for Tomcat's page
	dbtest.Main(m)
}

// checkedTransport holds every answer of every test against the documents that describe it: Roster's own, and the official
// ones where they are to be had.
type checkedTransport struct {
	t        testing.TB
	send     http.RoundTripper
	observed bool
}

func (c checkedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.send.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	checker := documentedChecker
	if c.observed {
		checker = observedChecker
	}
	if err := checker(c.t).Check(r, answer); err != nil {
		c.t.Error(err)
	}
	return answer, nil
}

// The documents are read once, as that takes longer than a test.
var documentedChecker, observedChecker = checkerOnce(false), checkerOnce(true)

func checkerOnce(observed bool) func(testing.TB) *conform.Checker {
	var once sync.Once
	var checker *conform.Checker
	return func(t testing.TB) *conform.Checker {
		once.Do(func() {
			own := document(operations, documentForm{observed: observed})
			var err error
			if checker, err = conform.New(append(conform.Official(t), own)...); err != nil {
				t.Error(err)
			}
		})
		return checker
	}
}

// golden compares got with a file of testdata, or writes it where UPDATE_GOLDEN is set.
func golden(t *testing.T, name, got string) {
	t.Helper()
	goldenFile(t, filepath.Join("testdata", name), func(string) string { return got })
}

var writing sync.Mutex

// goldenFile compares a file with what renew makes of it, or writes that where UPDATE_GOLDEN is set.
func goldenFile(t *testing.T, path string, renew func(old string) string) {
	t.Helper()
	writing.Lock()
	defer writing.Unlock()
	old, err := os.ReadFile(path)
	if err != nil && os.Getenv("UPDATE_GOLDEN") == "" {
		t.Fatal(err)
	}
	want := renew(string(old))
	if want == string(old) {
		return
	}
	if os.Getenv("UPDATE_GOLDEN") == "" {
		t.Errorf("%s has changed (UPDATE_GOLDEN=1 go test writes it): -stored +now\n%s", path, cmp.Diff(string(old), want))
		return
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
