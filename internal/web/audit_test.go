package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// seal seals all that was recorded of the site, so many entries under a seal.
func (b *bed) seal(most int) {
	b.t.Helper()
	for {
		_, err := b.people.Changes.Lead(b.t.Context(), b.site.ID, "test", time.Hour)
		b.must(err)
		batch, err := b.people.Changes.Prepare(b.t.Context(), b.site.ID, "test", most)
		b.must(err)
		b.must(batch.Commit(b.t.Context()))
		if batch.Len() < most {
			return
		}
	}
}

// note records so many things that happened to targets of one kind.
func (b *bed) note(kind string, n int) {
	b.t.Helper()
	for i := range n {
		b.must(b.people.Changes.Write(b.t.Context(), b.site.ID, change.Actor{AccountID: "ada", Via: change.API, IP: "192.0.2.7"}, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "thing.update", Target: fmt.Sprintf("%s:%d", kind, i), Fields: change.Fields{"Name": {"before", hostile}, "Size": {nil, 7}}})
			return nil
		}))
	}
}

var nextLink = regexp.MustCompile(`<a class="button" href="([^"]+)" rel="next"`)

func TestWhatWasRecordedIsListedFromTheNewest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.note("thing", 60)
		b.seal(20)
		b.note("other", 3)
		b.kept("/audit", "/audit/verify")
		boss := b.boss()
		first := boss.get("/audit?operation=thing.update")
		if first.status != http.StatusOK || strings.Count(first.body, "<td class=\"tight\"><time") != 50 || !first.has("not sealed", "Ada", "other:2", "thing:59") {
			t.Fatalf("%d %s", first.status, first.body)
		}
		next := nextLink.FindStringSubmatch(first.body)
		if next == nil {
			t.Fatal("there is no next page")
		}
		rest := boss.get("/" + strings.ReplaceAll(next[1], "&amp;", "&"))
		if strings.Count(rest.body, "<td class=\"tight\"><time") != 13 || nextLink.MatchString(rest.body) {
			t.Errorf("the rest: %s", rest.body)
		}
		for query, want := range map[string]int{"target=thing:7": 1, "actor=ada%40example.com": 50, "via=seed": 0, "since=2999-01-01": 0, "until=2000-01-01": 0, "operation=account.create&actor=ada": 0} {
			if got := boss.get("/audit?" + query); strings.Count(got.body, "<td class=\"tight\"><time") != want {
				t.Errorf("%s: %d entries, not %d", query, strings.Count(got.body, "<td class=\"tight\"><time"), want)
			}
		}
		link := regexp.MustCompile(`audit/[0-9a-f-]{36}/0`).FindString(boss.get("/audit?target=thing:7").body)
		if got := boss.get("/" + link); !got.has("192.0.2.7", "before", "&lt;script&gt;", "thing:7") || got.has("<script>alert") {
			t.Errorf("%s: %d %s", link, got.status, got.body)
		}
		for _, odd := range []string{"?since=x", "?after=0", "?after=-1", "?after=x.y", "?after=9223372036854775807", "?actor=%00", "?target=%ff", "/x/0", "/%00/9", "/" + link[6:42] + "/99"} {
			if got := boss.get("/audit" + odd); got.status >= 500 {
				t.Errorf("%s: %d", odd, got.status)
			}
		}
	})
}

func TestThatAddressesWereShownIsListedWhereItIsAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		boss.get("/people") // which shows them
		b.note("thing", 1)
		b.seal(100)
		boss.get("/people")
		const shown, leave = "audit?operation=account.email.disclose", "Leave out when addresses were shown"
		first := boss.get("/audit")
		if !first.has("thing:0", `href="audit?told=1"`) || first.has(shown) {
			t.Errorf("%s", first.body)
		}
		if got := boss.get("/audit?told=1"); !got.has("thing:0", shown, leave, `<a href="people/ada"><bdi>Ada`) {
			t.Errorf("%s", got.body)
		}
		if got := boss.get("/audit?operation=account.email.disclose"); !got.has(shown) || got.has(leave) {
			t.Errorf("%s", got.body)
		}
		if got := boss.get("/audit?target=account:ada"); got.has(shown) {
			t.Errorf("%s", got.body)
		}
	})
}

func TestTheRecordIsExportedInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.note("thing", 3)
		b.seal(100)
		boss := b.boss()
		got := boss.post("/audit/export", "operation", "thing.update")
		lines := strings.Split(strings.TrimSpace(got.body), "\n")
		if got.status != http.StatusOK || len(lines) != 3 || !strings.Contains(got.header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d %s", got.status, got.body)
		}
		var first struct {
			Seq    int64
			Target string
			Sealed bool
			Detail map[string][2]any
		}
		if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || first.Target != "thing:0" || !first.Sealed || first.Detail["Size"][1] != 7.0 {
			t.Errorf("%+v, %v", first, err)
		}
		if got := boss.get("/audit/export"); got.status != http.StatusMethodNotAllowed {
			t.Errorf("by a link: %d", got.status)
		}
	})
}

func TestTheChainIsCheckedInAPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		b.note("thing", 30)
		b.seal(10)
		boss := b.boss()
		whole := boss.post("/audit/verify")
		if !whole.has("Intact", "complete, in order and unaltered") {
			t.Fatalf("%d %s", whole.status, whole.body)
		}
		last := regexp.MustCompile(`id="last">([^<]+)<`).FindStringSubmatch(whole.body)
		if got := boss.post("/audit/verify", "noted", last[1]); !got.has("Intact") {
			t.Errorf("with the seal that was noted: %s", got.body)
		}
		if got := boss.post("/audit/verify", "noted", "7:wrong"); !got.has("Altered", "hash that was noted") {
			t.Errorf("with another seal: %s", got.body)
		}
		if got := boss.post("/audit/verify", "from", "10:wrong"); !got.has("Altered") {
			t.Errorf("from a seal that there is not: %s", got.body)
		}
		for _, odd := range [][]string{{"noted", "x"}, {"noted", "\x00"}, {"from", "-1:x"}, {"from", "99999:x"}} {
			if got := boss.post("/audit/verify", odd...); got.status >= 500 || got.has("Intact") {
				t.Errorf("%q: %d %s", odd, got.status, got.body)
			}
		}
		b.must(d.Aside(t.Context(), `UPDATE changes SET target = 'thing:none' WHERE site_id = $1 AND target = 'thing:15'`, b.site.ID))
		if got := boss.post("/audit/verify"); !got.has("Altered", "has been altered from entry") {
			t.Errorf("after something was altered: %s", got.body)
		}
	})
}
