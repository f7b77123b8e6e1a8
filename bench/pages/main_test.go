package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// site has a list of two people, one of whom is on the next page.
func site(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("email") == "ada@example.com" && r.FormValue("password") == "secret" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "ada", Path: "/"})
			w.WriteHeader(http.StatusSeeOther)
		}
	})
	for path, links := range map[string][]string{
		"/login": nil, "/profile": {"people", "https://elsewhere.example/groups", "people/export", "no/such"},
		"/people": {"people/1", "people/2", "?after=1", "?after=2", "?done=made"}, "/people/{account}": {"../people"},
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			if _, err := r.Cookie("session"); err != nil {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for _, link := range links {
				fmt.Fprintf(z, `<a href="%s">more</a>`, link)
			}
			z.Close()
		})
	}
	mux.HandleFunc("GET /people/export", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Disposition", "attachment") })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestOnePageOfEachKindThatLinksLeadToIsMeasured(t *testing.T) {
	t.Parallel()
	o := options{server: site(t), email: "ada@example.com", password: "secret"}
	if _, err := os.Stat("/proc/self/schedstat"); err == nil {
		o.process = os.Getpid()
	}
	v, err := signIn(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	found, err := v.explore(t.Context(), []string{"/people?q=ada"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range found {
		names = append(names, p.name)
		if err := p.measure(t.Context(), v, o.process); err != nil || len(p.times) != 1 || p.packed == 0 {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if got := strings.Join(names, " "); got != "/login /people /people/{account} /people?after /people?q /profile" {
		t.Error(got)
	}
	o.large = 1
	var out bytes.Buffer
	if err := printTable(&out, o, found); err != nil || !strings.Contains(out.String(), "`/people/{account}`") || !strings.Contains(out.String(), "large") {
		t.Errorf("%v\n%s", err, out.String())
	}
	o.password = "wrong"
	if _, err := signIn(t.Context(), o); err == nil {
		t.Error("a wrong password signs in")
	}
}
