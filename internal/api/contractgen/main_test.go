package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	documents = "../../../../shared/reference/openapi"
	committed = "../testdata/contract.tsv"
)

func TestTheCommittedTableIsWhatTheDocumentsSay(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(documents); err != nil {
		t.Skip("the official documents are not here")
	}
	var out bytes.Buffer
	if err := run([]string{"-check", "-documents", documents, "-file", committed}, &out); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestAbsentDocumentsAreSaidToBeAbsent(t *testing.T) {
	t.Parallel()
	err := run([]string{"-check", "-documents", t.TempDir(), "-file", committed}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "the official documents are not here") {
		t.Errorf("got %v", err)
	}
}

// small is a document with one operation; %s is the schema of its answer.
const small = `{"paths": {"/a": {"get": {"operationId": "getA", "responses": {"200": {"content":
	{"application/json": {"schema": %s}}}}}}}}`

func smallDocuments(t *testing.T, schema string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"users-v1.json": strings.Replace(small, "%s", schema, 1), "users-v2.json": "{}",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestCheckShowsTheLinesThatDiffer(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "contract.tsv")
	before := smallDocuments(t, `{"type": "object", "properties": {"x": {"type": "string"}}}`)
	after := smallDocuments(t, `{"type": "object", "properties": {"x": {"type": "boolean", "description": "Words."}}}`)
	if err := run([]string{"-documents", before, "-file", file}, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run([]string{"-check", "-documents", before, "-file", file}, &out); err != nil || out.Len() > 0 {
		t.Errorf("unchanged, but: %v\n%s", err, out.String())
	}
	if err := run([]string{"-check", "-documents", after, "-file", file}, &out); err == nil {
		t.Error("the change is not noticed")
	}
	want := "- schema\tgetA.200\tx\tstring\tfalse\tfalse\t-\t-\tfalse\t-\t-\t-\n" +
		"+ schema\tgetA.200\tx\tboolean\tfalse\tfalse\t-\t-\tfalse\t-\t-\t-\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestAFormThatTheTableCannotHoldIsAnError(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string]string{
		"allOf":                          `{"allOf": [{"type": "string"}]}`,
		"a choice of inline objects":     `{"oneOf": [{"type": "object", "properties": {"x": {}}}]}`,
		"a reference to nothing":         `{"$ref": "#/components/schemas/None"}`,
		"a reference to another section": `{"$ref": "#/components/responses/User"}`,
		"no JSON":                        `{`,
	} {
		if _, err := table(smallDocuments(t, schema)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
