package conform

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Official returns Confluence's own documents, for operations that people use, where they stand beside the project,
// and none where they do not. They are corrected where they are known to be wrong or silent:
//
//   - Errors hold no schema and are not all listed, so any error will do.
//   - v2 says that a user's time zone and personal space are never null; sites send null.
func Official(t testing.TB) [][]byte {
	t.Helper()
	var documents [][]byte
	for _, name := range []string{"users-v1.json", "users-v2.json"} {
		text, err := os.ReadFile(filepath.Join(beside(t), "reference", "openapi", name))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			text, err = corrected(text)
		}
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, text)
	}
	return documents
}

// beside is where reference material stands: the folder shared next to the project's.
func beside(t testing.TB) string {
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil || at == filepath.Dir(at) {
			return filepath.Join(filepath.Dir(at), "shared")
		}
	}
}

func corrected(text []byte) ([]byte, error) {
	var d map[string]any
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, err
	}
	for _, operations := range object(d, "paths") {
		for _, operation := range operations.(map[string]any) {
			responses := object(operation, "responses")
			for code := range responses {
				if code >= "400" {
					delete(responses, code)
				}
			}
			responses["4XX"] = map[string]any{"description": "any"}
			responses["5XX"] = map[string]any{"description": "any"}
		}
	}
	user := object(d, "components", "schemas", "User", "properties")
	for _, name := range []string{"timeZone", "personalSpaceId"} {
		if property := object(user, name); property != nil {
			property["nullable"] = true
		}
	}
	return json.Marshal(d)
}

// object walks into nested objects; nil where one is missing.
func object(in any, names ...string) map[string]any {
	m, _ := in.(map[string]any)
	for _, name := range names {
		m, _ = m[name].(map[string]any)
	}
	return m
}
