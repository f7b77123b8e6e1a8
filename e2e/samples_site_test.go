package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// sampleSite is a throw-away site behind a proxy that remembers what was answered.
type sampleSite struct {
	CloudID    string `json:"cloudId"`
	URL        string `json:"url"`
	AdminEmail string `json:"adminEmail"`
	AdminToken string `json:"adminToken"`
	Apps       []struct {
		ClientID     string `json:"clientId"`
		ClientSecret string `json:"clientSecret"`
	} `json:"apps"`

	appToken string
	proxy    string

	mu      sync.Mutex
	answers [][]byte // in their order
}

// newSampleSite makes a site of a stand-in's, with a token of the app that may read addresses.
func newSampleSite(t *testing.T, server string) *sampleSite {
	t.Helper()
	s := &sampleSite{}
	fetch(t, http.MethodPost, server+"/_roster/sites", "", nil, s)
	t.Cleanup(func() {
		fetch(t, http.MethodDelete, server+"/_roster/sites/"+s.CloudID, "", nil, nil)
	})
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.Apps[0].ClientID}, "client_secret": {s.Apps[0].ClientSecret}}
	fetch(t, http.MethodPost, server+"/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), &granted)
	s.appToken = granted.AccessToken

	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Del("Accept-Encoding")
		},
		ModifyResponse: s.remember,
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	s.proxy = front.URL
	return s
}

// fetch sends a request and decodes the answer, unless into is nil. What is not a success ends the test.
func fetch(t *testing.T, method, address, contentType string, body io.Reader, into any) {
	t.Helper()
	r, err := http.NewRequest(method, address, body) //nolint:noctx // it may be sent when the test is over
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s %s: %v", method, address, err)
	}
}

func (s *sampleSite) remember(r *http.Response) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(text))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, text)
	return nil
}

// through is a sample that goes through the proxy.
func (s *sampleSite) through(sample string) string { return strings.ReplaceAll(sample, s.URL, s.proxy) }

// credentials are the environment that samples read.
func (s *sampleSite) credentials() []string {
	return []string{
		"CONFLUENCE_EMAIL=" + s.AdminEmail, "CONFLUENCE_TOKEN=" + s.AdminToken, "CONFLUENCE_APP_TOKEN=" + s.appToken,
		"SITE=" + s.proxy, "LANG=C.UTF-8", "LC_ALL=C.UTF-8",
	}
}

// describedOperation is an operation as the site's description has it.
type describedOperation struct {
	ID      string `json:"operationId"`
	Method  string
	Samples []struct {
		Label  string `json:"label"`
		Source string `json:"source"`
	} `json:"x-codeSamples"`
}

func (op describedOperation) reads() bool {
	return op.Method == "get" || op.ID == "createBulkUserLookup" || op.ID == "checkAccessByEmail"
}

// sample returns the source in one language.
func (op describedOperation) sample(t *testing.T, label string) string {
	t.Helper()
	for _, s := range op.Samples {
		if s.Label == label {
			return s.Source
		}
	}
	t.Fatalf("%s has no sample for %s", op.ID, label)
	return ""
}

// described returns the operations of the site's own description.
func (s *sampleSite) described(t *testing.T) []describedOperation {
	t.Helper()
	var document struct {
		Paths map[string]map[string]describedOperation `json:"paths"`
	}
	fetch(t, http.MethodGet, s.URL+"/openapi.json", "", nil, &document)
	var all []describedOperation
	for _, methods := range document.Paths {
		for method, op := range methods {
			op.Method = method
			all = append(all, op)
		}
	}
	return all
}
