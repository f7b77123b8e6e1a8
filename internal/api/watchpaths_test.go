package api

import (
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestAWatchPathWithoutAnIDIsNotFoundByAnyMethod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			s.strangers()
			for _, kind := range []string{"content", "label", "space"} {
				for _, path := range []string{kind, kind + "/"} {
					for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
						got := s.ask(ask{role: person, method: method, path: watchesPath + path})
						said := strings.HasPrefix(got.body, `{"statusCode":404,"data":{"authorized":true,`) || method == "HEAD"
						if got.status != 404 || got.header.Get("Content-Type") != "application/json" || !said {
							t.Errorf("%s: %s %s: %d %s", f, method, path, got.status, got.body)
						}
						for _, role := range []string{"", "wrong", unlicensed} {
							if got := s.ask(ask{role: role, method: method, path: watchesPath + path}); got.status != 403 {
								t.Errorf("%s: %s %s by %q: %d %s", f, method, path, role, got.status, got.body)
							}
						}
					}
				}
			}
		}
	})
}

func TestNoWatchPathRedirects(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for path, want := range map[string]int{
				"content//65539": 404, "content/1/": 404, "/content/1": 404, "content/./1": 404, "content/../label/x": 404, "": 404, "/": 404, "nothing/1": 404,
				"content/.": 403, "label/..": 403, "label/.": 403, "label/%2E%2E": 403, "space/..": 403, "space/%2F": 403,
			} {
				for _, method := range watchMethods {
					if got := s.ask(watchCall(person, method, path)); got.status != want || got.header.Get("Location") != "" {
						t.Errorf("%s: %s %s: %d %s, want %d", f, method, path, got.status, got.body, want)
					}
				}
			}
		}
	})
}

func TestALabelIsWatchedByItsNameHoweverItIsWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			names := map[string][]string{ // by the label: how it stands in a path
				"c/c++":    {"c%2Fc++", "c%2fc%2B%2B", "C%2FC++", "global:c%2Fc++"},
				"straße":   {"stra%C3%9Fe", "STRASSE"},
				"山田":       {"%E5%B1%B1%E7%94%B0"},
				"100%":     {"100%25"},
				"ключ":     {"%D0%9A%D0%9B%D0%AE%D0%A7", "%D0%BA%D0%BB%D1%8E%D1%87"},
				"team:lab": {"team:lab", "team%3ALab"},
				"a-b_c":    {"A-B_C"},
			}
			for label, paths := range names {
				if err := s.spaces.AddLabels(t.Context(), s.ID, operator, onPage, []string{label}); err != nil {
					t.Fatal(err)
				}
				for i, path := range paths {
					if got := s.ask(watchCall(person, "POST", "label/"+path)); got.status != 204 {
						t.Errorf("%s: POST %s: %d %s", f, path, got.status, got.body)
					}
					if got := s.get(person, watchesPath+"label/"+paths[(i+1)%len(paths)]); got.body != `{"watching":true}` {
						t.Errorf("%s: GET %s: %d %s", f, path, got.status, got.body)
					}
					w := s.as(person).Watches.Label(label)
					wantWatching(t, w, true)
					if err := w.Remove(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
			for _, path := range []string{"c%252Fc++", "lab", "c", "100"} {
				if got := s.get(person, watchesPath+"label/"+path); got.status != 403 {
					t.Errorf("%s: GET %s: %d %s", f, path, got.status, got.body)
				}
			}
		}
	})
}

func TestABlockedAppIsKeptFromContentWatchesOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for _, blocked := range []bool{false, true, false} {
				_, err := s.spaces.Change(t.Context(), s.ID, operator, "~colleague", func(s *content.Space) error { s.AppsBlocked = blocked; return nil })
				if err != nil {
					t.Fatal(err)
				}
				for _, role := range []string{person, admin, colleague, app, approved} {
					for _, path := range watchPaths {
						for _, method := range watchMethods {
							refused := blocked && (role == app || role == approved) && strings.HasPrefix(path, "content/")
							got := s.ask(watchCall(role, method, path))
							if refused != (got.status == 403) || !refused && got.status >= 300 {
								t.Errorf("%s: %s %s by %s, apps blocked %v: %d %s", f, method, path, role, blocked, got.status, got.body)
							}
						}
					}
				}
			}
		}
	})
}
