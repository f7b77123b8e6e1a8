package install_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/install"
)

func TestAPublicKeyIsFoundByItsIDAndNothingElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st, other := b.site(), b.site()
		key, err := b.dir.SigningKey(t.Context(), st.ID, st.CloudID, operator, func() (string, error) { return "", nil })
		b.must(err)
		if status, _, _ := b.get(b.server+install.KeysPath+key.ID, nil); status != 503 {
			t.Errorf("a key that cannot be read: %d", status)
		}
		b.install(other, b.app("com.example.keyed"))
		good, err := b.dir.SigningKey(t.Context(), other.ID, other.CloudID, operator, nil)
		b.must(err)
		status, header, body := b.get(b.server+install.KeysPath+good.ID, nil)
		if status != 200 || !strings.HasPrefix(body, "-----BEGIN PUBLIC KEY-----\n") || strings.Contains(body, "PRIVATE") ||
			!strings.HasPrefix(header.Get("Content-Type"), "text/plain") || header.Get("X-Roster-Request-Id") == "" {
			t.Errorf("%d %v %s", status, header, body)
		}
		random := good.ID[strings.LastIndex(good.ID, "_"):]
		for _, id := range []string{
			"", "/", "%00", "..", good.ID + "x", good.ID + "%00", good.ID[:len(good.ID)-1], strings.ToUpper(good.ID), "' OR 1=1 --",
			key.ID[:strings.LastIndex(key.ID, "_")] + random, "key_" + strings.Repeat("0", 32) + random, strings.Repeat("key_", 5000),
		} {
			if status, _, body := b.get(b.server+install.KeysPath+strings.ReplaceAll(id, " ", "%20"), nil); status != 404 {
				t.Errorf("%.80q: %d %s", id, status, body)
			}
		}
		// The apps of real sites know the key's address by heart.
		for host, want := range map[string]int{install.KeysHost: 200, strings.ToUpper(install.KeysHost) + ":443": 200, "api.atlassian.com": 404, "example.com": 404} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.server+"/"+good.ID, nil)
			b.must(err)
			r.Host = host
			answer, err := http.DefaultClient.Do(r)
			b.must(err)
			answer.Body.Close()
			if answer.StatusCode != want {
				t.Errorf("at %s: %d", host, answer.StatusCode)
			}
		}
		if status, header, _ := b.do(http.MethodPost, b.server+install.KeysPath+good.ID, nil, ""); status != 405 || header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST: %d %v", status, header)
		}
	})
}

func TestASiteSignsWithOneKeyHoweverManyWantItFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		st := b.site()
		var all sync.WaitGroup
		var ids sync.Map
		for range 8 {
			all.Go(func() {
				key, err := b.dir.SigningKey(t.Context(), st.ID, st.CloudID, operator, func() (string, error) { return "a key", nil })
				if err != nil || key.Private != "a key" {
					t.Error(key, err)
				}
				ids.Store(key.ID, true)
			})
		}
		all.Wait()
		n := 0
		ids.Range(func(_, _ any) bool { n++; return true })
		if n != 1 {
			t.Errorf("there are %d keys", n)
		}
	})
}
