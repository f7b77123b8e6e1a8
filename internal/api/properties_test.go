package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// keep gives colleague a property and admin an admin key.
func (s *testSite) keep(ctx context.Context) error {
	limits := directory.PropertyLimits{KeyBytes: 255, ValueBytes: 32768, PerUserAndApp: 100}
	return s.dir.Changes.Write(ctx, s.ID, operator, func(tx *change.Tx) error {
		_, err := s.dir.AddPropertyIn(ctx, tx, accountID(colleague), directory.Property{Key: "colour", Value: `{"hue":210}`}, limits)
		if err == nil {
			_, err = s.dir.EnableAdminKeyIn(ctx, tx, accountID(admin), 30*time.Minute)
		}
		return err
	})
}

// propertyPath is where somebody's properties stand, or one of them.
func propertyPath(role string, key ...string) string {
	return strings.Join(append([]string{"/wiki/rest/api/user/" + accountID(role) + "/property"}, key...), "/")
}

func puts(path, body string) ask   { return ask{method: http.MethodPut, path: path, body: body} }
func drops(path string) ask        { return ask{method: http.MethodDelete, path: path} }
func valued(value string) string   { return `{"value":` + value + `}` }
func nested(n int) string          { return strings.Repeat(`{"a":`, n) + `{}` + strings.Repeat(`}`, n) }
func sized(bytes int) string       { return `{"a":"` + strings.Repeat("x", bytes-8) + `"}` }
func (r response) empty() bool     { return r.body == "" && r.header.Get("Content-Type") == "" }
func as(role string, a ask) ask    { a.role = role; return a }
func (s *testSite) code(a ask) int { s.t.Helper(); return s.ask(a).status }

func TestAPropertysValueComesBackByteForByte(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for i, value := range []string{
				`{}`, `{ }`, `{"a" : 1e400 , "é":"\u00e9"}`, `{"n":9007199254740993,"m":-0,"o":1.10,"p":1E+2}`, "{\n\t\"b\": 1,\r\n\"a\": [ 1 ,2 ]\n}",
				`{"z":1,"a":2,"":3}`, `{"html":"<script>&\u2028</script>"}`, `{"__proto__":{"constructor":{}}}`, `{"u":"\ud800","v":"\u0000","w":"😀","x":"\/"}`,
				`{"value":{}}`, `{"\"value\":{}":"\"value\":{}"}`, nested(60),
			} {
				path := propertyPath(colleague, fmt.Sprint("k", i))
				made := s.ask(as(person, posts(path, ` { "value" : `+value+` } `)))
				if made.status != 201 || !made.empty() {
					t.Errorf("%s, POST %s: %d %s", f, value, made.status, made.body)
				}
				got := s.get(person, path)
				if !strings.Contains(got.body, `,"value":`+value+`,"id":"`) || !json.Valid([]byte(got.body)) {
					t.Errorf("%s, %s came back as %s", f, value, got.body)
				}
				if put := s.ask(as(person, puts(path, valued(value)))); put.status != 204 || !put.empty() {
					t.Errorf("%s, PUT %s: %d %s", f, value, put.status, put.body)
				}
				p, err := s.as(person).Properties.Get(t.Context(), accountID(colleague), fmt.Sprint("k", i))
				if err != nil || string(p.Value) != value {
					t.Errorf("%s, the SDK read %s, %v", f, p.Value, err)
				}
				if gone := s.ask(as(person, drops(path))); gone.status != 204 || !gone.empty() {
					t.Errorf("%s, DELETE: %d %s", f, gone.status, gone.body)
				}
				for _, a := range []ask{{path: path}, puts(path, `{"value":{}}`), drops(path)} {
					if a.role = person; s.code(a) != 404 {
						t.Errorf("%s, %s of a property that is gone is not 404", f, a.method)
					}
				}
			}
		}
	})
}

func TestAPropertyKeepsItsIDAndSaysWhenItChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c := s.as(person)
		read := func() *confluence.UserProperty {
			p, err := c.Properties.Get(t.Context(), accountID(colleague), "colour")
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		before := read()
		s.ahead.Store(int64(time.Hour))
		if err := c.Properties.Update(t.Context(), accountID(colleague), "colour", json.RawMessage(`{"hue":0}`)); err != nil {
			t.Fatal(err)
		}
		after := read()
		const form = "2006-01-02T15:04:05.000Z"
		created, err := time.Parse(form, after.CreatedDate)
		changed, err2 := time.Parse(form, after.LastModifiedDate)
		if err := errors.Join(err, err2); err != nil || before.CreatedDate != after.CreatedDate || changed.Sub(created) < time.Hour {
			t.Errorf("created %s, changed %s: %v", after.CreatedDate, after.LastModifiedDate, err)
		}
		if before.ID == "" || before.ID != after.ID || after.Links["self"] != s.baseSite+propertyPath(colleague, "colour") {
			t.Errorf("%+v became %+v", before, after)
		}
	})
}

func TestOfFiftyPostsOfOnePropertyOneIsAnswered201(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		codes := make([]int, 50)
		var all sync.WaitGroup
		for i := range codes {
			all.Go(func() { codes[i] = s.code(as(person, posts(propertyPath(colleague, "once"), valued(`{"n":1}`)))) })
		}
		all.Wait()
		counts := map[int]int{}
		for _, code := range codes {
			counts[code]++
		}
		if counts[201] != 1 || counts[409] != 49 {
			t.Errorf("got %v", counts)
		}
	})
}

func TestWhatCannotBeAPropertyIsABadRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f), with("propertyKeyBytes", "128"), with("propertyValueBytes", "1000"), with("propertiesPerUserAndApp", "3"))
			for _, body := range []string{
				`{}`, `{"value":null}`, `{"value":[]}`, `{"value":"x"}`, `{"value":1}`, `{"value":{}} x`, `{"value":{}}{}`, `{"value":{"a":1,"a":2}}`, `{"value":{},"value":{}}`,
				`{"value":{},"key":"k"}`, `{"Value":{}}`, `{"value":{"a":01}}`, `{"value":{'a':1}}`, "{\"value\":{\"a\":\"\xff\"}}", "\xef\xbb\xbf" + `{"value":{}}`,
				`[]`, `null`, `"`, valued(nested(80)), valued(sized(1001)), valued(`{"a":"` + strings.Repeat("é", 500) + `"}`),
			} {
				for _, a := range []ask{posts(propertyPath(colleague, "new"), body), puts(propertyPath(colleague, "colour"), body)} {
					if got := s.ask(as(person, a)); got.status != 400 {
						t.Errorf("%s, %s %.60q: %d %s", f, a.method, body, got.status, got.body)
					}
				}
			}
			for key, want := range map[string]int{
				strings.Repeat("k", 128): 201, strings.Repeat("k", 129): 400, "__proto__": 201, "colour.": 400, ".": 400, "a%2Fb": 400, "a%20": 400,
				"%D0%B0": 400, "%00": 400, "a%0A": 400, "%FF": 400, "a+b": 400, "COLOUR": 201,
			} {
				if got := s.ask(as(person, posts(propertyPath(colleague, key), valued(sized(1000))))); got.status != want {
					t.Errorf("%s, the key %.40q: %d, not %d %s", f, key, got.status, want, got.body)
				}
				for _, a := range []ask{{path: propertyPath(colleague, key)}, puts(propertyPath(colleague, key), `{"value":{}}`), drops(propertyPath(colleague, key))} {
					if got := s.ask(as(person, a)); want == 400 && got.status != 400 {
						t.Errorf("%s, %s of the key %q: %d %s", f, a.method, key, got.status, got.body)
					}
				}
			}
			full := []string{"1", "2", "3", "4"} // of one who has none yet
			for i, key := range full {
				if got, want := s.code(as(person, posts(propertyPath(person, key), `{"value":{}}`))), []int{201, 201, 201, 400}[i]; got != want {
					t.Errorf("%s, property %s: %d, not %d", f, key, got, want)
				}
			}
			if got := s.code(as(app, posts(propertyPath(person, "4"), `{"value":{}}`))); got != 201 {
				t.Errorf("%s, an app has no room of its own: %d", f, got)
			}
		}
	})
}

func TestThePathOfAPropertyIsDecodedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			id := accountID(colleague)
			for user, want := range map[string]int{
				id: 200, strings.ReplaceAll(id, ":", "%3A"): 200, strings.ReplaceAll(id, ":", "%3a"): 200, strings.ReplaceAll(id, ":", "%253A"): 400,
				accountID(nobody): 404, "nobody": 404, "%00": 400, "..": 400, "%2e%2e%2fadmin": 400, "%27%20OR%201=1": 400, "%20" + id: 400, "%E2%80%8F" + id: 400,
				strings.Repeat("a", 128): 404, strings.Repeat("a", 129): 400, strings.Repeat("a", 4096): 400, "%FF": 400, strings.ToUpper(id): map[bool]int{true: 200, false: 404}[id == strings.ToUpper(id)],
			} {
				for _, path := range []string{"/property", "/property/colour"} {
					if got := s.get(person, "/wiki/rest/api/user/"+user+path); got.status != want {
						t.Errorf("%s, %.60s%s: %d, not %d %s", f, user, path, got.status, want, got.body)
					}
				}
			}
			if got := s.get(person, "/wiki/rest/api/user//property"); got.status != 404 {
				t.Errorf("%s, nobody's properties: %d", f, got.status)
			}
		}
	})
}

func TestPropertyKeysComeInTheirOrderTwentyFiveAtMost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			c := s.as(person)
			for i := range 30 {
				if err := c.Properties.Create(t.Context(), accountID(person), fmt.Sprintf("k%02d", i), map[string]int{}); err != nil {
					t.Fatal(err)
				}
			}
			for query, want := range map[string]string{
				"": "0 5 5 k00 next", "?limit=200": "0 25 25 k00 next", "?limit=25&start=5": "5 25 25 k05", "?start=28": "28 5 2 k28", "?start=99": "99 5 0", "?limit=0": "0 0 0", "?start=&limit=": "0 5 5 k00 next",
			} {
				var page confluence.UserPropertyKeyArray
				got := s.get(person, propertyPath(person)+query)
				if err := json.Unmarshal([]byte(got.body), &page); err != nil {
					t.Fatalf("%s: %v %s", query, err, got.body)
				}
				says := fmt.Sprint(page.Start, page.Limit, page.Size)
				if len(page.Results) > 0 {
					says += " " + page.Results[0].Key
				}
				if page.Links["next"] != "" {
					says += " next"
				}
				if says != want || page.Links["self"] != "" || page.Links["base"] != s.baseSite+"/wiki" || page.Results == nil {
					t.Errorf("%s, %s: %s, want %s: %s", f, query, says, want, got.body)
				}
			}
			var keys []string
			for k, err := range c.Properties.List(t.Context(), accountID(person), confluence.PageOptions{Limit: 7}) {
				if err != nil {
					t.Fatal(err)
				}
				keys = append(keys, k.Key)
			}
			if len(keys) != 30 || keys[29] != "k29" {
				t.Errorf("%s: walked %v", f, keys)
			}
			for _, query := range []string{"?limit=-1", "?start=-1", "?limit=x", "?start=2147483648"} {
				if got := s.get(person, propertyPath(person)+query); got.status != 400 {
					t.Errorf("%s, %s: %d", f, query, got.status)
				}
			}
		}
	})
}

// A reader who pages while others write ends, and sees no key twice; what stands all the time is seen, but for
// what a removal before the reader's place moves across it.
func TestReadersPageThroughPropertiesWhileOthersWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c := s.as(person)
		for i := range 40 {
			if err := c.Properties.Create(t.Context(), accountID(person), fmt.Sprintf("k%02d", i), map[string]int{}); err != nil {
				t.Fatal(err)
			}
		}
		var all sync.WaitGroup
		all.Go(func() { // after every place that a reader can be at
			for i := range 20 {
				key := fmt.Sprintf("z%02d", i)
				if err := errors.Join(c.Properties.Create(t.Context(), accountID(person), key, map[string]int{}), c.Properties.Delete(t.Context(), accountID(person), key)); err != nil {
					t.Error(err)
				}
			}
		})
		for range 10 {
			all.Go(func() {
				seen := map[string]int{}
				for k, err := range s.as(person).Properties.List(t.Context(), accountID(person), confluence.PageOptions{}) {
					if err != nil {
						t.Error(err)
						return
					}
					seen[k.Key]++
				}
				for i := range 40 {
					if key := fmt.Sprintf("k%02d", i); seen[key] != 1 {
						t.Errorf("saw %s %d times", key, seen[key])
					}
				}
			})
		}
		all.Wait()
	})
}

// touch is what somebody gets who touches the properties of person: one that the app made, and person's own.
type touch struct {
	role                 string
	list, ofApp, ofOther int
	keys                 string // that they see
}

func touches(owner bool) []touch {
	strict, ofApp, none := 200, "app mine", "app mine"
	if owner {
		strict, ofApp, none = 403, "app", ""
	}
	return []touch{
		{person, 200, 200, 200, "app mine"},
		{admin, 200, 200, 200, "app mine"},
		{administrator, 200, 200, 200, "app mine"},
		{app, 200, 200, strict, ofApp},
		{approved, 200, strict, strict, none},
		{colleague, strict, strict, strict, "app mine"},
		{guest, strict, strict, strict, "app mine"},
		{unlicensed, 403, 403, 403, ""},
		{"", 401, 401, 401, ""},
	}
}

func TestWhoMayTouchAPropertyIsTheSitesChoice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, access := range []string{site.ByContract, site.ByOwner} {
			s := newSite(t, d, with("propertyAccess", access))
			for role, key := range map[string]string{app: "app", person: "mine"} {
				if got := s.code(as(role, posts(propertyPath(person, key), `{"value":{}}`))); got != 201 {
					t.Fatalf("%s, %s: %d", access, role, got)
				}
			}
			for _, tt := range touches(access == site.ByOwner) {
				got := s.get(tt.role, propertyPath(person))
				var page confluence.UserPropertyKeyArray
				json.Unmarshal([]byte(got.body), &page)
				var keys []string
				for _, k := range page.Results {
					keys = append(keys, k.Key)
				}
				if got.status != tt.list || tt.list == 200 && strings.Join(keys, " ") != tt.keys {
					t.Errorf("%s, list by %s: %d %v", access, tt.role, got.status, keys)
				}
				s.touch(access, tt.role, "app", app, tt.ofApp)
				s.touch(access, tt.role, "mine", person, tt.ofOther)
			}
			if got := s.code(as(approved, posts(propertyPath(person, "app"), `{"value":{}}`))); got != 409 {
				t.Errorf("%s, a key of another app: %d", access, got)
			}
			want := map[string]int{site.ByContract: 201, site.ByOwner: 403}[access]
			if got := s.code(as(colleague, posts(propertyPath(person, "new"), `{"value":{}}`))); got != want {
				t.Errorf("%s, POST by another: %d, not %d", access, got, want)
			}
		}
	})
}

// touch reads, changes and deletes a property as somebody, wants 200 and 204 or the refusal, and makes it again.
func (s *testSite) touch(access, role, key, maker string, want int) {
	s.t.Helper()
	path := propertyPath(person, key)
	if got := s.code(ask{role: role, path: path}); got != want {
		s.t.Errorf("%s, GET %s by %s: %d, not %d", access, key, role, got, want)
	}
	if want == 200 {
		want = 204
	}
	for _, a := range []ask{puts(path, `{"value":{"by":"`+role+`"}}`), drops(path)} {
		if got := s.code(as(role, a)); got != want {
			s.t.Errorf("%s, %s %s by %s: %d, not %d", access, a.method, key, role, got, want)
		}
	}
	if want != 204 {
		return
	}
	if got := s.code(as(maker, posts(path, `{"value":{}}`))); got != 201 {
		s.t.Errorf("%s, %s again: %d", access, key, got)
	}
}
