package web_test

import (
	"maps"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/emulate"
	"github.com/rosterhq/roster/internal/seed"
	"github.com/rosterhq/roster/internal/web"
)

// german is some of a file of words.
const german = `
There is no such account.: Dieses Konto gibt es nicht.
There is no account %.200q.: Ein Konto %s gibt es nicht.
The permission %.60q is none of %s.: "%[2]s: keine davon ist die Berechtigung %[1]s."
The permission "none" is none of %s.: "Irgendeine Berechtigung muss es sein: %s."
`

// tongues are templates in English, German and Arabic, as far as they are in brackets, with German words.
func tongues() fstest.MapFS { return maps.Clone(madeTongues()) }

var madeTongues = sync.OnceValue(func() fstest.MapFS {
	all := inBrackets(os.DirFS("."))
	for name, file := range maps.Clone(all) {
		for _, language := range []string{"de", "ar"} {
			all[strings.Replace(name, "/en/", "/"+language+"/", 1)] = file
		}
	}
	all["templates/de/words.yaml"] = &fstest.MapFile{Data: []byte(german)}
	return all
})

func TestPagesAreInTheLanguageOfTheAccountElseOfTheBrowser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, web.Speaking(tongues(), nil))
		for id, locale := range map[string]string{"plain": "", "german": "de_AT", "french": "fr_FR", "english": "en_GB"} {
			b.add(directory.Account{ID: id, Email: id + "@example.com", DisplayName: id, Locale: locale}, b.home)
		}
		for _, tt := range []struct{ account, accepted, want string }{
			{"", "", `<html lang="en">`},
			{"", "de-CH,de;q=0.9", `<html lang="de-CH">`},
			{"", "ar-EG", `<html lang="ar-EG" dir="rtl">`},
			{"", "fr,en;q=0.8,de;q=0.9", `<html lang="de">`},
			{"", "fr", `<html lang="en">`},
			{"", strings.Repeat("de-", 5000), `<html lang="en">`},
			{"", ";;,=*", `<html lang="en">`},
			{"plain", "de", `<html lang="de">`},
			{"german", "ar", `<html lang="de-AT">`},
			{"french", "de", `<html lang="de">`},
			{"french", "", `<html lang="en">`},
			{"english", "de", `<html lang="en-GB">`},
		} {
			w, path := b.browser(), "/login"
			if tt.account != "" {
				w, path = b.signed(tt.account), "/profile"
			}
			header := http.Header{}
			if tt.accepted != "" {
				header.Set("Accept-Language", tt.accepted)
			}
			got := w.do(http.MethodGet, path, nil, header)
			if got.status != http.StatusOK || !got.has(tt.want) || got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s with %.30q: %d %v\n%.200s", tt.account, tt.accepted, got.status, got.header, got.body)
			}
		}
	})
}

func TestWhatTheProgramSaysIsSaidInTheWordsOfTheLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, web.Speaking(tongues(), nil))
		b.spoken = true
		boss := b.boss()
		in := func(language string) http.Header { return http.Header{"Accept-Language": {language}} }
		grant := func(permission, language string) answer {
			return boss.do(http.MethodPost, "/groups/"+b.home, values([]string{"do", "grant", "permission", permission}), in(language))
		}
		for _, tt := range []struct {
			got  answer
			want string
		}{
			{boss.do(http.MethodGet, "/people/x%25d&y", nil, in("de")), "Ein Konto &#34;x%d&amp;y&#34; gibt es nicht."},
			{grant("all", "de"), "use, view-profiles, administer, site-admin: keine davon ist die Berechtigung &#34;all&#34;."},
			{grant("none", "de"), "Irgendeine Berechtigung muss es sein: use, view-profiles, administer, site-admin."},
			{grant("all", "ar"), "The permission &#34;all&#34; is none of use, view-profiles, administer, site-admin."},
		} {
			if !tt.got.has(tt.want) {
				t.Errorf("%s is not said:\n%s", tt.want, tt.got.body)
			}
		}
	})
}

func TestALanguageThatCannotBeSpokenIsNotBegun(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(fstest.MapFS){
		"a page":           func(all fstest.MapFS) { delete(all, "templates/de/login.html") },
		"a part of one":    func(all fstest.MapFS) { all["templates/de/people.html"] = all["templates/de/login.html"] },
		"the layout":       func(all fstest.MapFS) { delete(all, "templates/de/layout.html") },
		"a known language": func(all fstest.MapFS) { all["templates/nonsense-x/login.html"] = all["templates/de/login.html"] },
		"whole words":      func(all fstest.MapFS) { all["templates/de/words.yaml"] = &fstest.MapFile{Data: []byte("a: [b")} },
		"all data": func(all fstest.MapFS) {
			all["templates/de/words.yaml"] = &fstest.MapFile{Data: []byte(`There is no group %q.: "%[2]s"`)}
		},
	} {
		all := tongues()
		edit(all)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("without %s it is", name)
				}
			}()
			web.Speaking(all, nil)
		}()
	}
}

// The other tests look at most pages, and [bed.unbracketed] at what they say; these are those that they leave out.
func TestPagesThatNobodyElseLooksAtSayNothingInNoLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d, func(s *web.Server) {
			standIn(s)
			plan, err := seed.Demo()
			if err != nil {
				t.Fatal(err)
			}
			s.Controlled = &emulate.Sites{Store: s.Sites.Sites, Seed: plan}
		})
		boss := b.boss()
		for _, path := range []string{
			"/sites", "/sites/seed", "/sites/" + b.site.CloudID + "/reset", "/sites/" + b.site.CloudID + "/delete", "/apps/" + b.register() + "/rotate",
		} {
			if got := boss.get(path); got.status != http.StatusOK {
				t.Errorf("%s: %d", path, got.status)
			}
		}
	})
}
