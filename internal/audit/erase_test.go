package audit_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// traces counts the rows of a site that hold a text anywhere.
func traces(t *testing.T, d *db.DB, site int64, text string) int64 {
	t.Helper()
	n, _, err := db.One(t.Context(), d, db.Scalar[int64], `SELECT count(*) FROM changes WHERE site_id = $1
		AND (detail LIKE '%' || $2 || '%' OR ip LIKE '%' || $2 || '%' OR target LIKE '%' || $2 || '%' OR operation LIKE '%' || $2 || '%')`, site, text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// history is what happened to two people before one of them goes: six entries, the first four of them sealed.
type history struct {
	log         *change.Log
	site        int64
	people      *directory.Directory
	admin, self change.Actor
}

func (h *history) edit(t *testing.T, by change.Actor, id string, edit func(*directory.Account)) {
	t.Helper()
	if _, err := h.people.Change(t.Context(), h.site, by, id, func(a *directory.Account) error { edit(a); return nil }); err != nil {
		t.Fatal(err)
	}
}

func newHistory(t *testing.T, d *db.DB) *history {
	t.Helper()
	log, s := newSite(t, d, dbtest.Name(t))
	h := &history{
		log, s.ID, &directory.Directory{Changes: log},
		change.Actor{AccountID: "admin", IP: "198.51.100.1", Via: change.API},
		change.Actor{AccountID: "ada", IP: "203.0.113.9", Via: change.API},
	}
	for _, a := range []directory.Account{
		{ID: "ada", Email: "ada@example.org", PublicName: "Ada Lovelace"},
		{ID: "bob", Email: "bob@example.org", PublicName: "Robert Boyle"},
	} {
		if _, err := h.people.Add(t.Context(), s.ID, h.admin, a); err != nil {
			t.Fatal(err)
		}
	}
	h.edit(t, h.self, "ada", func(a *directory.Account) { a.PublicName = "Augusta King" })
	sealSite(t, log, s.ID, 3)
	h.edit(t, h.self, "bob", func(a *directory.Account) { a.Position = "Chemist" })
	h.edit(t, h.admin, "ada", func(a *directory.Account) { a.Phone = "+44 20 7946 0000" })
	return h
}

func closeAccount(a *directory.Account) { a.Status = directory.Closed }

func TestClosingAnAccountErasesWhatWasRecordedOfItAndNothingElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHistory(t, d)
		h.edit(t, h.self, "ada", closeAccount)
		for _, text := range []string{"ada@", "Ada Lovelace", "Augusta", "7946", "203.0.113.9"} {
			if n := traces(t, d, h.site, text); n != 0 {
				t.Errorf("%d rows still say %s", n, text)
			}
		}
		for _, text := range []string{"bob@", "Chemist", "198.51.100.1"} {
			if n := traces(t, d, h.site, text); n == 0 {
				t.Errorf("no row says %s any more", text)
			}
		}
		entries := list(t, h.log, h.site, change.Filter{Target: "account:ada"}, 0)
		if len(entries) != 4 {
			t.Fatalf("%d entries about the account", len(entries))
		}
		for i, e := range entries {
			if last := i == 3; e.ErasedDetail == last || !last && string(e.Detail) != "{}" || e.AccountID == "" || e.At.IsZero() {
				t.Errorf("entry %d is %+v with %s", i, e, e.Detail)
			}
		}
		closing := entries[3]
		if closing.IP != "" || !strings.Contains(string(closing.Detail), `"Status":[null,"closed"]`) || !strings.Contains(string(closing.Detail), `"Email":[null,""]`) {
			t.Errorf("the closing is recorded as %+v with %s", closing, closing.Detail)
		}
		own := list(t, h.log, h.site, change.Filter{Actor: "ada"}, 0)
		if len(own) != 5 || !own[0].ErasedIP || !own[1].ErasedIP || own[1].ErasedDetail || own[4].ErasedIP {
			t.Errorf("what the account did: %+v", own)
		}
		said := map[string]string{}
		for _, e := range list(t, h.log, h.site, change.Filter{Target: "erasure:account:ada"}, 0) {
			said[e.Operation] += string(e.Detail)
		}
		if want := map[string]string{"audit.values.erase": `{"Seq":[null,"2,4"]}`, "audit.addresses.erase": `{"Seq":[null,"4"]}`}; !maps.Equal(said, want) {
			t.Errorf("of the sealed entries it is said: %v", said)
		}
	})
}

func TestTheChainStaysWholeWhenSomethingIsErased(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHistory(t, d)
		before := verify(t, h.log, h.site)
		h.edit(t, h.admin, "ada", closeAccount)
		if r := verify(t, h.log, h.site); !r.Intact || r.Head != before.Head || r.Checked != 4 || r.Erased != 2 || r.Erasing != 2 {
			t.Errorf("what was sealed before: %+v", r)
		}
		sealSite(t, h.log, h.site, 100)
		if r := verify(t, h.log, h.site); !r.Intact || r.Checked != 9 || r.Erased != 4 || r.Erasing != 0 {
			t.Errorf("what was sealed after: %+v", r)
		}
		erased := list(t, h.log, h.site, change.Filter{Target: "account:ada"}, 0)[1].Seq
		tamper(t, d, `UPDATE changes SET detail = '{"Name":[null,"Ada"]}' WHERE site_id = $1 AND seq = $2`, h.site, erased)
		if r := verify(t, h.log, h.site); r.Intact || r.BrokenAt != erased {
			t.Errorf("values where there were erased ones: %+v", r)
		}
	})
}

func TestWhatATransactionRecordedBeforeItErasesIsErasedToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		write(t, log, s.ID, ada, "thing:secret", "thing:other")
		err := log.Write(t.Context(), s.ID, ada, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "thing.update", Target: "thing:secret", Fields: change.Fields{"Name": {"Ada", "secret"}}})
			tx.Record(change.Record{Operation: "thing.update", Target: "thing:other", Fields: change.Fields{"Name": {"Ada", "public"}}})
			err := tx.EraseTarget(t.Context(), "thing:secret")
			tx.Record(change.Record{Operation: "thing.delete", Target: "thing:secret", Fields: change.Fields{"Name": {"secret", nil}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		sealSite(t, log, s.ID, 100)
		var details []string
		for _, e := range list(t, log, s.ID, change.Filter{Actor: ada.AccountID}, 0) {
			details = append(details, string(e.Detail))
		}
		want := []string{`{}`, `{"Name":["Ada","Augusta"]}`, `{}`, `{"Name":["Ada","public"]}`, `{"Name":[null,null]}`}
		if !slices.Equal(details, want) || !verify(t, log, s.ID).Intact {
			t.Errorf("the values are %q", details)
		}
	})
}
