package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/api/conform"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestThePostmanCollectionIsServedForEachSite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		got := s.get("", "/postman.json")
		want := strings.NewReplacer(anySite, s.URL(s.server, true), anyServer, s.server).Replace(string(postmanText()))
		if got.status != http.StatusOK || got.body != want {
			t.Errorf("%d %v", got.status, got.header)
		}
		again := s.ask(ask{path: "/postman.json", header: http.Header{"If-None-Match": {got.header.Get("ETag")}}})
		if again.status != http.StatusNotModified || again.body != "" {
			t.Errorf("again: %d", again.status)
		}
	})
}

func TestThePostmanCollectionHasEveryOperationOnceInItsFolder(t *testing.T) {
	t.Parallel()
	var p postman
	if err := json.Unmarshal(postmanText(), &p); err != nil {
		t.Fatal(err)
	}
	if p.Info.Schema != "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" || p.Info.Version != documentVersion || len(p.Item) != len(tags) {
		t.Errorf("%+v has %d folders", p.Info, len(p.Item))
	}
	titles := map[string]int{}
	for _, folder := range p.Item {
		for _, item := range folder.Item {
			titles[item.Name]++
			u := item.Request.URL
			if !strings.HasPrefix(u.Raw, "{{baseUrl}}/"+strings.Join(u.Path, "/")) || !slices.Equal(u.Host, []string{"{{baseUrl}}"}) {
				t.Errorf("%s: %+v", item.Name, u)
			}
			for _, v := range u.Variable {
				if !slices.Contains(u.Path, ":"+v.Key) || v.Value == "" {
					t.Errorf("%s: the path has no %s", item.Name, v.Key)
				}
			}
		}
	}
	for i := range operations {
		if titles[operations[i].title] != 1 {
			t.Errorf("%s is there %d times", operations[i].title, titles[operations[i].title])
		}
	}
}

func TestThePostmanCollectionHasAllThatOAuthNeeds(t *testing.T) {
	t.Parallel()
	p := postmanCollection(operations)
	variables := map[string]string{}
	for _, v := range p.Variable {
		variables["{{"+v.Key+"}}"] = v.Value
	}
	got := map[string]string{}
	for _, a := range p.Auth.OAuth {
		got[a.Key] = a.Value
		if a.Type != "string" {
			t.Errorf("%s is of the type %q", a.Key, a.Type)
		}
		for _, name := range regexp.MustCompile(`{{\w+}}`).FindAllString(a.Value, -1) {
			if _, known := variables[name]; !known {
				t.Errorf("%s is not a variable", name)
			}
		}
	}
	for key, want := range map[string]string{
		"grant_type": "authorization_code_with_pkce", "challengeAlgorithm": "S256", "clientId": "{{clientId}}", "clientSecret": "{{clientSecret}}",
		"scope": "{{scope}}", "authUrl": "{{serverUrl}}/authorize", "accessTokenUrl": "{{serverUrl}}/oauth/token",
	} {
		if got[key] != want {
			t.Errorf("%s is %q", key, got[key])
		}
	}
	if variables["{{serverUrl}}"] != anyServer || p.Auth.Type != "basic" {
		t.Errorf("%q, %q", variables["{{serverUrl}}"], p.Auth.Type)
	}
	asked := strings.Fields(variables["{{scope}}"])
	for i := range operations {
		for scope := range strings.FieldsSeq(operations[i].scopes.classic) {
			if !slices.Contains(asked, scope) {
				t.Errorf("%s is not asked for", scope)
			}
		}
	}
}

func TestTheSavedAnswersOfThePostmanCollectionAreValid(t *testing.T) {
	t.Parallel()
	checker, err := conform.New(documentTexts[documentForm{}]())
	if err != nil {
		t.Fatal(err)
	}
	for i := range operations {
		op := &operations[i]
		for _, saved := range op.postman().Response {
			path := op.path()
			for _, v := range saved.Original.URL.Variable {
				path = strings.ReplaceAll(path, "{"+v.Key+"}", v.Value)
			}
			r, err := http.NewRequestWithContext(t.Context(), op.method(), anySite+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			answer := &http.Response{StatusCode: saved.Code, Request: r, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(saved.Body))}
			for _, h := range saved.Header {
				answer.Header.Set(h.Key, h.Value)
			}
			if err := checker.Check(r, answer); err != nil {
				t.Errorf("%s %d: %v", op.id, saved.Code, err)
			}
		}
	}
}

func TestEachDocumentedStatusIsSaved(t *testing.T) {
	t.Parallel()
	d := describe(operations, documentForm{})
	kept := 0
	for i := range operations {
		op := &operations[i]
		saved := map[string]bool{}
		for _, a := range op.savedAnswers() {
			saved[strconv.Itoa(a.status)] = true
			if recordedAnswers()[a.recordedAs(op)].Header == nil {
				t.Errorf("%s was not recorded (UPDATE_GOLDEN=1 go test records it)", a.recordedAs(op))
			}
		}
		documented := map[string]bool{}
		for status := range d.Paths[op.path()][strings.ToLower(op.method())].Responses {
			documented[status] = true
		}
		if diff := cmp.Diff(documented, saved); diff != "" {
			t.Errorf("%s: -documented +saved\n%s", op.id, diff)
		}
		kept += len(saved)
	}
	said := fmt.Sprintf("all %d statuses", kept)
	if text, err := os.ReadFile("../../docs/code-samples.md"); err != nil || !strings.Contains(string(text), said) {
		t.Errorf("docs/code-samples.md does not say that there are %s (%v)", said, err)
	}
	if n := len(postmanText()); n > 1_000_000 {
		t.Errorf("the collection has %d bytes", n)
	}
}

func TestNothingThatWasRecordedIsACredentialOrSomebodysAddress(t *testing.T) {
	t.Parallel()
	for _, found := range regexp.MustCompile(`roster_\w+|[\w.-]+@[\w.-]+`).FindAllString(string(recordedText), -1) {
		if found != "nobody@example.com" {
			t.Errorf("%s was recorded", found)
		}
	}
}
