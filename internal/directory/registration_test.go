package directory_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

func oauthApp(edit ...func(*directory.Registration)) directory.Registration {
	r := directory.Registration{Kind: directory.OAuthApp, Name: "Notes", RedirectURIs: []string{"https://app.example/cb"}, Scopes: []string{"read:me"}}
	for _, e := range edit {
		e(&r)
	}
	return r
}

func connectApp(key, clientKey string) directory.Registration {
	return directory.Registration{Kind: directory.ConnectApp, Name: "Watcher", Key: key, ClientKey: clientKey, Scopes: []string{"READ"}, Descriptor: "{}"}
}

func failed(err error) failure.Kind {
	kind, _ := failure.Of(err)
	return kind
}

func TestAnAppIsRegisteredWithAnAccountOfItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		cloudID := uuid.NewString()
		scopes := []string{"b", "a", "b"}
		made, secrets, err := dir.Register(t.Context(), site, cloudID, operator, oauthApp(func(r *directory.Registration) { r.Scopes = scopes }), directory.AppSecrets{})
		if err != nil || made.ClientID == "" || made.Version != 1 || !slices.Equal(made.Scopes, []string{"a", "b"}) || secrets.Client == "" || secrets.Shared != "" {
			t.Fatalf("%+v, %v", made, err)
		}
		if !slices.Equal(scopes, []string{"b", "a", "b"}) {
			t.Errorf("the caller's scopes are %q now", scopes) // and a transaction that runs again would begin with them
		}
		a, err := dir.Account(t.Context(), site, made.AccountID)
		if err != nil || a.Type != directory.App || a.DisplayName != "Notes" {
			t.Errorf("it acts as %+v, %v", a, err)
		}
		found, err := dir.Registration(t.Context(), site, made.ClientID)
		if err != nil || found.ClientID != made.ClientID || !slices.Equal(found.RedirectURIs, made.RedirectURIs) || !slices.Equal(found.Scopes, made.Scopes) || found.Blocked {
			t.Errorf("it is found as %+v, %v", found, err)
		}
		for secret, want := range map[string]bool{secrets.Client: true, secrets.Client + "0": false, "": false, "\x00": false} {
			if got, err := dir.KnowsSecret(t.Context(), site, made.ClientID, secret); err != nil || got != want {
				t.Errorf("the secret %q: %v, %v", secret, got, err)
			}
		}
		if ids, err := dir.SitesOfClient(t.Context(), made.ClientID); err != nil || !slices.Equal(ids, []int64{site}) {
			t.Error(ids, err)
		}
	})
}

func TestAnAppThatWouldBeMisunderstoodIsNotRegistered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		person := add(t, dir, site, directory.Account{DisplayName: "Ada"})
		edits := map[string]func(*directory.Registration){
			"no kind":                      func(r *directory.Registration) { r.Kind = "" },
			"another kind":                 func(r *directory.Registration) { r.Kind = "saml" },
			"no name":                      func(r *directory.Registration) { r.Name = " " },
			"a long name":                  func(r *directory.Registration) { r.Name = strings.Repeat("é", 256) },
			"a name with a NUL":            func(r *directory.Registration) { r.Name = "a\x00" },
			"a name in broken UTF-8":       func(r *directory.Registration) { r.Name = "\xff" },
			"a name of two lines":          func(r *directory.Registration) { r.Name = "a\nb" },
			"an ID with a space":           func(r *directory.Registration) { r.ClientID = "a b" },
			"an ID with a NUL":             func(r *directory.Registration) { r.ClientID = "a\x00" },
			"a long ID":                    func(r *directory.Registration) { r.ClientID = strings.Repeat("a", 129) },
			"a person's account":           func(r *directory.Registration) { r.AccountID = person.ID },
			"a public Forge app":           func(r *directory.Registration) { r.Kind, r.Public, r.RedirectURIs = directory.ForgeApp, true, nil },
			"a Forge app with redirects":   func(r *directory.Registration) { r.Kind = directory.ForgeApp },
			"an OAuth app with a key":      func(r *directory.Registration) { r.Key = "k" },
			"a Connect app without a key":  func(r *directory.Registration) { *r = connectApp("", "c") },
			"a Connect app with a bad key": func(r *directory.Registration) { *r = connectApp("k\x00", "c") },
			"a descriptor that is no text": func(r *directory.Registration) { *r = connectApp("k", "c"); r.Descriptor = "\xff" },
			"an empty scope":               func(r *directory.Registration) { r.Scopes = []string{""} },
			"two scopes in one":            func(r *directory.Registration) { r.Scopes = []string{"read:me write:all"} },
			"a scope of two lines":         func(r *directory.Registration) { r.Scopes = []string{"a\nb"} },
			"a scope with a quote":         func(r *directory.Registration) { r.Scopes = []string{`a"b`} },
			"a long scope":                 func(r *directory.Registration) { r.Scopes = []string{strings.Repeat("a", 256)} },
			"too many scopes":              func(r *directory.Registration) { r.Scopes = slices.Repeat([]string{"a"}, 501) },
			"too many redirects":           func(r *directory.Registration) { r.RedirectURIs = slices.Repeat(r.RedirectURIs, 101) },
		}
		for name, edit := range edits {
			if made, _, err := dir.Register(t.Context(), site, uuid.NewString(), operator, oauthApp(edit), directory.AppSecrets{}); failed(err) != failure.Invalid {
				t.Errorf("%s: %+v, %v", name, made, err)
			}
		}
		if _, _, err := dir.Register(t.Context(), site, uuid.NewString(), operator, oauthApp(func(r *directory.Registration) { r.Public = true }), directory.AppSecrets{Client: "x"}); failed(err) != failure.Invalid {
			t.Errorf("a public app with a secret: %v", err)
		}
		if _, _, err := dir.Register(t.Context(), site, uuid.NewString(), operator, oauthApp(func(r *directory.Registration) { r.AccountID = "712020:nobody" }), directory.AppSecrets{}); failed(err) != failure.NotFound {
			t.Errorf("nobody's account: %v", err)
		}
		if all, err := dir.Registrations(t.Context(), site); err != nil || len(all) != 0 {
			t.Error(all, err)
		}
	})
}

func TestARedirectURIIsOneThatNobodyMistakes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		register := func(uri string) error {
			_, _, err := dir.Register(t.Context(), site, uuid.NewString(), operator, oauthApp(func(r *directory.Registration) { r.RedirectURIs = []string{uri} }), directory.AppSecrets{})
			return err
		}
		for _, uri := range []string{
			"https://app.example/cb", "https://app.example", "http://localhost:3000/callback", "http://127.0.0.1/", "http://[::1]:8080/cb", "https://app.example/cb?tenant=1&x=%20",
			"com.example.app:/cb", "com.example.app://cb", "myapp://oauth", "https://xn--bcher-kva.example/cb", "http://app/cb",
		} {
			if err := register(uri); err != nil {
				t.Errorf("%s: %v", uri, err)
			}
		}
		for _, uri := range []string{
			"", "/cb", "//app.example/cb", "app.example/cb", "https:", "https://", "https:///cb", "https://:443/cb", "https:app.example", "https://app.example/#", "https://app.example/cb#x",
			"https://user@app.example/", "https://user:x@app.example/", "https://@app.example/", `https://app.example\@evil.example/`, "https://app.example/a b", "https://app.example/\n", "https://app.example/\x00",
			"https://app.example/%zz", "https://аpp.example/", "https://app.example/ä", "https://app.example/<script>", `https://app.example/"`, "https://app.example/`", "https://app.example/{id}", "https://app.example/|",
			"javascript:alert(1)", "JavaScript://app.example/%0aalert(1)", "data:text/html,x", "DATA://x/y", "vbscript:x", "file:///etc/passwd", "blob:https://app.example/x", "about:blank", "view-source://x/", "filesystem://x/",
			"mailto:ada@example.com", "ws://app.example/", "tel:1", "https://app.example:port/", "https://" + strings.Repeat("a", 2000), "\xff",
		} {
			if err := register(uri); failed(err) != failure.Invalid {
				t.Errorf("%.60q: %v", uri, err)
			}
		}
	})
}

func TestNoAppTakesANameByWhichAnotherIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		first := func() directory.Registration {
			r, _, err := dir.Register(t.Context(), site, uuid.NewString(), operator, connectApp("com.example.watcher", "installed-1"), directory.AppSecrets{})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}()
		for name, r := range map[string]directory.Registration{
			"its key":                     connectApp("com.example.watcher", "installed-2"),
			"its client key":              connectApp("com.example.other", "installed-1"),
			"its client key as key":       connectApp("installed-1", "installed-3"),
			"its key as client key":       connectApp("com.example.other", "com.example.watcher"),
			"its ID as key":               connectApp(first.ClientID, "installed-4"),
			"its ID":                      oauthApp(func(r *directory.Registration) { r.ClientID = first.ClientID }),
			"its key as ID":               oauthApp(func(r *directory.Registration) { r.ClientID = "com.example.watcher" }),
			"its client key as client ID": oauthApp(func(r *directory.Registration) { r.ClientID = "installed-1" }),
		} {
			if made, _, err := dir.Register(t.Context(), site, uuid.NewString(), operator, r, directory.AppSecrets{}); failed(err) != failure.Conflict {
				t.Errorf("%s: %+v, %v", name, made, err)
			}
		}
		for _, name := range []string{first.ClientID, "com.example.watcher", "installed-1"} {
			if in, found, err := dir.InstalledBy(t.Context(), site, name); err != nil || !found || in.ClientID != first.ClientID {
				t.Errorf("%s: %+v, %v", name, in, err)
			}
		}
	})
}

func TestOfManyRegistrationsOfOneIDOneIsMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		id := directory.NewClientID()
		errs := make([]error, 10)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				for {
					_, _, errs[i] = dir.Register(t.Context(), site, uuid.NewString(), operator, oauthApp(func(r *directory.Registration) { r.ClientID = id }), directory.AppSecrets{})
					if failed(errs[i]) != failure.Unavailable {
						return
					}
				}
			})
		}
		all.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else if failed(err) != failure.Conflict {
				t.Error(err)
			}
		}
		if made != 1 {
			t.Errorf("%d are made", made)
		}
	})
}

func TestWhatIsNoNameOfAnAppIsNotLookedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		for _, name := range []string{"", "\x00", "a\x00b", "\xff", "a b", "' OR 1=1 --", strings.Repeat("a", 1<<20), "%"} {
			_, err := dir.Registration(t.Context(), site, name)
			ids, err2 := dir.SitesOfClient(t.Context(), name)
			_, found, err3 := dir.InstalledBy(t.Context(), site, name)
			knows, err4 := dir.KnowsSecret(t.Context(), site, name, "")
			if failed(err) != failure.NotFound || len(ids) != 0 || found || knows || errors.Join(err2, err3, err4) != nil {
				t.Errorf("%.40q: %v, %v, %v, %v: %v", name, err, ids, found, knows, errors.Join(err2, err3, err4))
			}
		}
	})
}

func TestWhatAnAppIsStaysWhateverAnEditSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		made, _, err := dir.Register(t.Context(), site, uuid.NewString(), operator, oauthApp(), directory.AppSecrets{})
		if err != nil {
			t.Fatal(err)
		}
		now, err := dir.ChangeRegistration(t.Context(), site, operator, made.ClientID, func(r *directory.Registration) error {
			r.ClientID, r.Kind, r.AccountID, r.Key, r.Name = "x", directory.ForgeApp, "712020:x", "k", "Notes 2"
			return nil
		})
		stored, err2 := dir.Registration(t.Context(), site, made.ClientID)
		if err != nil || err2 != nil || now.ClientID != made.ClientID || now.Kind != made.Kind || now.AccountID != made.AccountID || now.Name != "Notes 2" || now.Version != 2 || stored.Name != "Notes 2" || stored.Kind != made.Kind {
			t.Errorf("%+v, %+v, %v", now, stored, errors.Join(err, err2))
		}
		if _, err := dir.ChangeRegistration(t.Context(), site, operator, made.ClientID, func(r *directory.Registration) error { r.RedirectURIs = []string{"javascript:alert(1)"}; return nil }); failed(err) != failure.Invalid {
			t.Error(err)
		}
	})
}

func TestAnAppThatIsRemovedLeavesOnlyAName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		made, _, err := dir.Register(t.Context(), site, uuid.NewString(), operator, oauthApp(), directory.AppSecrets{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dir.Unregister(t.Context(), site, operator, made.ClientID); err != nil {
			t.Fatal(err)
		}
		a, err := dir.Account(t.Context(), site, made.AccountID)
		ids, err2 := dir.SitesOfClient(t.Context(), made.ClientID)
		_, err3 := dir.Registration(t.Context(), site, made.ClientID)
		if err != nil || err2 != nil || a.Status != directory.Inactive || a.DisplayName != "Notes" || len(ids) != 0 || failed(err3) != failure.NotFound {
			t.Errorf("%+v, %v, %v", a, ids, errors.Join(err, err2, err3))
		}
		if _, err := dir.Unregister(t.Context(), site, operator, made.ClientID); failed(err) != failure.NotFound {
			t.Error(err)
		}
		if _, _, err := dir.Register(t.Context(), site, uuid.NewString(), operator, oauthApp(func(r *directory.Registration) { r.ClientID = made.ClientID }), directory.AppSecrets{}); err != nil {
			t.Errorf("again: %v", err)
		}
	})
}
