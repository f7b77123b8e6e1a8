package install_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/install"
)

const (
	current = "/rest/api/user/current"
	nobody  = 403 // what it answers to a credential that is no good
)

func is(t *testing.T, err error, kind failure.Kind, words string) {
	t.Helper()
	if k, message := failure.Of(err); err == nil || k != kind || !strings.Contains(message, words) {
		t.Errorf("%v (kind %d), not of kind %d with %q", err, k, kind, words)
	}
}

// The test is long because it is one life.
func TestTheLifeOfAConnectApp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.app", "READ")
		expect := func(what string, want ...connect.Event) {
			t.Helper()
			if got := f.events(); !slices.Equal(got, want) {
				t.Errorf("%s: told %v, want %v", what, got, want)
			}
		}
		in := b.install(st, f)
		expect("installed", connect.Installed, connect.Enabled)
		c := f.knows(in)
		if c.SharedSecret != in.Shared || c.OAuthClientID != in.ClientID || c.BaseURL != st.URL(b.server, true)+"/wiki" || c.ProductType != "confluence" || c.Key != f.key {
			t.Errorf("it was told %+v", c)
		}
		if status, body := f.call(c, current); status != 200 || !strings.Contains(body, `"accountType":"app"`) {
			t.Errorf("it calls: %d %s", status, body)
		}
		if status, _ := f.call(c, current, func(c *connect.Claims) { c.Issuer = in.ClientKey }); status != 200 {
			t.Errorf("it calls by its client key: %d", status)
		}

		_, untold, err := b.installer.Block(t.Context(), st, operator, in.ClientID, true)
		if err != nil || untold != nil {
			t.Fatal(err, untold)
		}
		expect("blocked", connect.Disabled)
		if status, _ := f.call(c, current); status != nobody {
			t.Errorf("a blocked app calls: %d", status)
		}
		_, err = b.installer.InstallConnect(t.Context(), st, operator, f.descriptor())
		is(t, err, failure.Conflict, "unblock")
		for range 2 {
			if _, untold, err = b.installer.Block(t.Context(), st, operator, f.key, false); err != nil || untold != nil {
				t.Fatal(err, untold)
			}
		}
		expect("taken again", connect.Enabled)
		if status, _ := f.call(c, current); status != 200 {
			t.Errorf("it calls again: %d", status)
		}

		fresh, untold, err := b.installer.Rotate(t.Context(), st, operator, in.ClientID)
		if err != nil || untold != nil || fresh.Shared == c.SharedSecret {
			t.Fatal(err, untold)
		}
		expect("rotated", connect.Installed)
		if status, _ := f.call(c, current); status != nobody {
			t.Errorf("the old secret: %d", status)
		}
		c = f.knows(in)
		if status, _ := f.call(c, current); status != 200 {
			t.Errorf("the new secret: %d", status)
		}

		if _, untold, err := b.installer.Remove(t.Context(), st, operator, in.ClientID); err != nil || untold != nil {
			t.Fatal(err, untold)
		}
		expect("removed", connect.Uninstalled)
		if status, _ := f.call(c, current); status != nobody {
			t.Errorf("a removed app calls: %d", status)
		}
		again := b.install(st, f)
		if again.ClientKey != in.ClientKey || again.ClientID == in.ClientID || again.Shared == c.SharedSecret {
			t.Errorf("installed again as %+v, was %+v", again.Registration, in.Registration)
		}
		if status, _ := f.call(c, current); status != nobody {
			t.Errorf("the secret of the installation before: %d", status)
		}
	})
}

func TestAnAppMayCallBackWhileItIsBeingInstalled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.eager", "READ")
		var status atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/base/on" {
				f.ServeHTTP(w, r)
				for _, c := range f.held {
					got, _ := f.call(c, current)
					status.Store(int64(got))
				}
			}
		}))
		t.Cleanup(server.Close)
		f.url = server.URL + "/base"
		b.install(st, f)
		if status.Load() != 200 {
			t.Errorf("it is answered %d", status.Load())
		}
	})
}

func TestAnAppThatDoesNotTakeItIsNotInstalled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.unwilling", "READ")
		for _, status := range []int{400, 401, 404, 500, 302} {
			f.answer(status)
			_, err := b.installer.InstallConnect(t.Context(), st, operator, f.descriptor())
			is(t, err, failure.Invalid, "Nothing was installed")
		}
		f.url = "http://127.0.0.1:1"
		_, err := b.installer.InstallConnect(t.Context(), st, operator, f.descriptor())
		is(t, err, failure.Invalid, "Nothing was installed")
		if !strings.Contains(failure.ReasonOf(err), "refused") {
			t.Errorf("the reason is %q", failure.ReasonOf(err))
		}
		if apps, err := b.dir.Registrations(t.Context(), st.ID); err != nil || len(apps) > 0 {
			t.Errorf("registered: %v %v", apps, err)
		}
	})
}

func TestInstallingAgainTakesTheNewDescriptorAndKeepsTheSecret(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.growing", "READ")
		was := b.install(st, f)
		if !slices.Equal(was.NewScopes, []string{"READ"}) {
			t.Errorf("new scopes %v", was.NewScopes)
		}
		f.scopes = []string{"READ", "WRITE", "ACT_AS_USER"}
		f.answer(503)
		_, err := b.installer.InstallConnect(t.Context(), st, operator, f.descriptor())
		is(t, err, failure.Invalid, "answered 503")
		stands, err := b.dir.Registration(t.Context(), st.ID, f.key)
		if err != nil || !slices.Equal(stands.Scopes, []string{"READ"}) || stands.Descriptor != was.Descriptor {
			t.Errorf("after a refusal: %+v, %v", stands, err)
		}
		f.answer(0)
		if status, _ := f.call(f.knows(was), current); status != 200 {
			t.Errorf("after a refusal: %d", status)
		}
		now := b.install(st, f)
		if now.Shared != was.Shared || now.ClientID != was.ClientID || now.ClientKey != was.ClientKey || now.AccountID != was.AccountID ||
			!slices.Equal(now.NewScopes, []string{"ACT_AS_USER", "WRITE"}) || f.knows(now).SharedSecret != was.Shared {
			t.Errorf("now %+v with %v", now.Registration, now.NewScopes)
		}
		f.scopes = nil
		if now = b.install(st, f); len(now.Scopes)+len(now.NewScopes) > 0 {
			t.Errorf("it keeps %v, %v", now.Scopes, now.NewScopes)
		}
		if status, _ := f.call(f.knows(now), current); status != 401 {
			t.Errorf("without a scope it calls: %d", status)
		}
	})
}

func TestOfManyInstallationsAtOnceOneStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.popular", "READ")
		raw := f.descriptor()
		var all sync.WaitGroup
		var stood atomic.Int64
		for range 8 {
			all.Go(func() {
				_, err := b.installer.InstallConnect(t.Context(), st, operator, raw)
				switch kind, _ := failure.Of(err); {
				case err == nil:
					stood.Add(1)
				case kind != failure.Conflict && kind != failure.Unavailable:
					t.Error(err)
				}
			})
		}
		all.Wait()
		apps, err := b.dir.Registrations(t.Context(), st.ID)
		if err != nil || len(apps) != 1 || stood.Load() == 0 {
			t.Fatalf("%d stand, %d succeeded, %v", len(apps), stood.Load(), err)
		}
		for _, c := range f.held {
			if status, _ := f.call(c, current); status != 200 {
				t.Errorf("it calls: %d", status)
			}
		}
	})
}

func TestADescriptorCannotTakeAnotherAppsName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		victim := b.install(st, b.app("com.example.victim", "READ"))
		client, _, err := b.dir.Register(t.Context(), st.ID, st.CloudID, operator, directory.Registration{Kind: directory.OAuthApp, Name: "Client"}, directory.AppSecrets{})
		b.must(err)
		for _, key := range []string{victim.ClientID, victim.ClientKey, client.ClientID} {
			_, err := b.installer.InstallConnect(t.Context(), st, operator, b.app(key, "READ").descriptor())
			is(t, err, failure.Conflict, "another app")
		}
	})
}

func TestADescriptorThatIsNoneIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		good := string(b.app("com.example.odd", "READ").descriptor())
		for name, raw := range map[string]string{
			"nothing":          "",
			"no JSON":          "<html>",
			"an unknown scope": strings.Replace(good, "READ", "ROOT", 1),
			"not UTF-8":        strings.Replace(good, "The App", "The \xff App", 1),
			"a NUL":            strings.Replace(good, "The App", `The \u0000 App`, 1),
			"a NUL elsewhere":  strings.Replace(good, `{"`, `{"vendor":{"name":"\u0000"},"`, 1),
			"a raw NUL":        strings.Replace(good, "The App", "The \x00 App", 1),
			"a long name":      strings.Replace(good, "The App", strings.Repeat("a", 1400), 1),
			"huge":             good + strings.Repeat(" ", connect.MaxDescriptor),
		} {
			_, err := b.installer.InstallConnect(t.Context(), st, operator, []byte(raw))
			kind, _ := failure.Of(err)
			if name == "a NUL elsewhere" && err == nil {
				continue // it is nobody's member
			}
			if kind != failure.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAnAppWithoutAuthenticationLearnsNoSecret(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.open", "READ")
		f.auth = "none"
		in := b.install(st, f)
		if c := f.knows(in); c.ClientKey != in.ClientKey || c.SharedSecret != "" {
			t.Errorf("it was told %+v", c)
		}
	})
}

func TestASiteThatIsNowhereInstallsNoAppThatWantsToKnowWhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		b.installer.ServerURL = ""
		_, err := b.installer.InstallConnect(t.Context(), st, operator, b.app("com.example.lost").descriptor())
		is(t, err, failure.Invalid, "public URL")
		_, err = b.installer.InstallConnect(t.Context(), st, operator,
			[]byte(`{"key":"com.example.quiet","baseUrl":"https://example.com","authentication":{"type":"jwt"}}`))
		b.must(err)
	})
}

func TestAnAppIsInstalledFromAnAddressThatMayBeReached(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.remote", "READ")
		address := f.url + "/atlassian-connect.json"
		b.installer.Client = install.Client(nil)
		_, err := b.installer.InstallConnectFrom(t.Context(), st, operator, address)
		is(t, err, failure.Invalid, "could not be fetched")
		_, err = b.installer.InstallConnect(t.Context(), st, operator, f.descriptor())
		is(t, err, failure.Invalid, "Nothing was installed")
		if len(f.told) > 0 {
			t.Errorf("an app at a private address was told %v", f.told)
		}
		b.installer.Client = install.Client([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
		in, err := b.installer.InstallConnectFrom(t.Context(), st, operator, address)
		b.must(err)
		if f.knows(in).SharedSecret != in.Shared {
			t.Error("it was not told")
		}
	})
}

// What is revoked is revoked, whatever the app says to it.
func TestAnAppThatIsAwayIsRemovedBlockedAndRotatedAllTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		f := b.app("com.example.away", "READ")
		in := b.install(st, f)
		c := f.knows(in)
		f.answer(500)
		_, untold, err := b.installer.Rotate(t.Context(), st, operator, in.ClientID)
		b.must(err)
		is(t, untold, failure.Invalid, "answered 500")
		if status, _ := f.call(c, current); status != nobody {
			t.Errorf("the old secret: %d", status)
		}
		f.answer(0)
		b.install(st, f) // tells it the secret
		if c = f.knows(in); c.SharedSecret == in.Shared {
			t.Error("it has the old secret")
		}
		if status, _ := f.call(c, current); status != 200 {
			t.Errorf("the new secret: %d", status)
		}
		f.answer(500)
		_, untold, err = b.installer.Block(t.Context(), st, operator, in.ClientID, true)
		b.must(err)
		is(t, untold, failure.Invalid, "answered 500")
		_, untold, err = b.installer.Remove(t.Context(), st, operator, in.ClientID)
		b.must(err)
		is(t, untold, failure.Invalid, "answered 500")
		if status, _ := f.call(c, current); status != nobody {
			t.Errorf("a removed app calls: %d", status)
		}
	})
}
