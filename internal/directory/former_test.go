package directory_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
)

// write puts a message to these addresses into the outbox, and returns its ID.
func (a *alone) write(to ...string) (id string) {
	a.Helper()
	m := mail.Message{From: mail.Address{Address: "roster@example.org"}, Subject: "Good day", Text: "Good day.\n"}
	for _, address := range to {
		m.To = append(m.To, mail.Address{Name: address, Address: address})
	}
	err := a.dir.Changes.Write(a.Context(), a.site, operator, func(tx *change.Tx) (err error) {
		id, err = a.Outbox.EnqueueIn(a.Context(), tx, m)
		return err
	})
	if err != nil {
		a.Fatal(err)
	}
	return id
}

// knows returns what the site holds that names a text.
func (a *alone) knows(text string) (rows []string) {
	a.Helper()
	all, err := db.All(a.Context(), a.db, db.Scalar[string], `SELECT message FROM outbox UNION ALL SELECT words FROM outbox_recipients
		UNION ALL SELECT COALESCE(address_key, '') FROM outbox_recipients UNION ALL SELECT detail FROM changes
		UNION ALL SELECT email FROM accounts UNION ALL SELECT label FROM tokens`)
	if err != nil {
		a.Fatal(err)
	}
	for _, row := range all {
		if strings.Contains(strings.ToLower(row), text) {
			rows = append(rows, row)
		}
	}
	return rows
}

// moved is the ways to give an account a status and an address.
var moved = map[string]func(a *alone, id string, status directory.Status, email string){
	"one by one": func(a *alone, id string, status directory.Status, email string) { a.edit(id, status, email) },
	"in bulk": func(a *alone, id string, status directory.Status, email string) {
		bulk(a.T, a.dir, a.site, directory.Edit{ID: id, Set: func(a *directory.Account) error {
			a.Status, a.Email = status, email
			return nil
		}})
	},
}

func TestClosingAnAccountErasesTheAddressesThatItHadBefore(t *testing.T) {
	t.Parallel()
	for name, move := range moved {
		t.Run(name, func(t *testing.T) {
			eachAlone(t, func(t *testing.T, a *alone) {
				ada := add(t, a.dir, a.site, directory.Account{DisplayName: "Ada", Email: "First.Old@example.com"})
				sent := a.write("first.old@example.com")
				a.post(&answering{answer: taking})
				refused := a.write("FIRST.old@example.com")
				a.post(&answering{answer: mail.Answer{Outcome: mail.Rejected, Words: "550 <first.old@example.com> is not here"}})
				both := a.write("first.old@example.com", "grace@example.com")
				move(a, ada.ID, directory.Active, "second.old@example.com")
				waits := a.write("second.old@example.com")
				move(a, ada.ID, directory.Active, "ada@example.com")
				move(a, ada.ID, directory.Inactive, "ada@example.com")
				if len(a.knows("first.old@")) == 0 || len(a.knows("second.old@")) == 0 {
					t.Error("mail is erased before the account is closed")
				}
				move(a, ada.ID, directory.Closed, "")
				if left := a.knows(".old@"); len(left) != 0 {
					t.Errorf("the addresses stand in %q", left)
				}
				for id, want := range map[string]mail.State{sent: mail.Sent, refused: mail.Refused, both: mail.Refused} {
					if e, err := a.Outbox.Show(t.Context(), a.site, id); err != nil || e.Recipients[0].State != want {
						t.Errorf("the message is %+v, %v", e, err)
					}
				}
				if e, err := a.Outbox.Show(t.Context(), a.site, both); err != nil || e.Message.To[1].Address != "grace@example.com" || e.Recipients[1].State != mail.Queued {
					t.Errorf("the message to others too is %+v, %v", e, err)
				}
				if _, err := a.Outbox.Show(t.Context(), a.site, waits); err == nil {
					t.Error("mail still waits to leave for a closed account")
				}
			})
		})
	}
}

func TestMailLeavesForAnAddressThatItsAccountGaveUpSinceAndIsErasedOnceSettled(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		ada := add(t, a.dir, a.site, directory.Account{DisplayName: "Ada", Email: "ada.old@example.com"})
		a.write("ada.old@example.com")
		a.edit(ada.ID, directory.Active, "ada@example.com")
		server := &answering{answer: taking}
		if a.post(server); len(server.taken) != 1 {
			t.Errorf("sent are %v", server.taken)
		}
		a.edit(ada.ID, directory.Closed, "")
		if left := a.knows("ada.old@"); len(left) != 0 {
			t.Errorf("the address stands in %q", left)
		}
	})
}

func TestMailOfWhoTookAnAddressOverIsLeftWhenTheFormerAccountCloses(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		ada := add(t, a.dir, a.site, directory.Account{DisplayName: "Ada", Email: "shared@example.com"})
		hers := a.write("shared@example.com")
		a.edit(ada.ID, directory.Active, "ada@example.com")
		grace := add(t, a.dir, a.site, directory.Account{DisplayName: "Grace", Email: "shared@example.com"})
		next := a.write("shared@example.com")
		a.post(&answering{answer: taking})
		a.edit(ada.ID, directory.Closed, "")
		for id, want := range map[string]string{hers: "", next: "shared@example.com"} {
			if e, err := a.Outbox.Show(t.Context(), a.site, id); err != nil || e.Message.To[0].Address != want {
				t.Errorf("the message is %+v, %v", e, err)
			}
		}
		a.edit(grace.ID, directory.Active, "grace@example.com")
		a.edit(grace.ID, directory.Closed, "")
		if left := a.knows("shared@"); len(left) != 0 {
			t.Errorf("the address stands in %q", left)
		}
	})
}

func TestARowOlderThanItsKeyIsErasedByAFormerAddress(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		ada := add(t, a.dir, a.site, directory.Account{DisplayName: "Ada", Email: "ada.old@example.com"})
		a.write("Ada.Old@example.com")
		a.post(&answering{answer: taking})
		if err := a.db.Aside(t.Context(), `UPDATE outbox_recipients SET address_key = NULL`); err != nil {
			t.Fatal(err)
		}
		a.edit(ada.ID, directory.Active, "ada@example.com")
		a.edit(ada.ID, directory.Closed, "")
		if left := a.knows("ada.old@"); len(left) != 0 {
			t.Errorf("the address stands in %q", left)
		}
	})
}

func TestClosingAnAccountBlanksTheLabelsOfItsTokens(t *testing.T) {
	t.Parallel()
	for name, move := range moved {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				i := newInviter(t, d)
				ada := add(t, i.dir, i.site, directory.Account{DisplayName: "Ada"})
				grace := add(t, i.dir, i.site, directory.Account{DisplayName: "Grace"})
				for _, account := range []string{ada.ID, ada.ID, grace.ID} {
					label := directory.Token{Label: "of the laptop", ExpiresAt: i.dir.Changes.Now().Add(time.Hour)}
					if _, err := i.dir.AddToken(t.Context(), i.site, operator, account, label, directory.NewSecret(uuid.NewString())); err != nil {
						t.Fatal(err)
					}
				}
				labels := func(account string) string {
					all, err := db.All(t.Context(), d, db.Scalar[string], `SELECT label FROM tokens WHERE site_id = $1 AND account_id = $2`, i.site, account)
					if err != nil {
						t.Fatal(err)
					}
					return strings.Join(all, ",")
				}
				alone := &alone{inviter: i, db: d}
				if move(alone, ada.ID, directory.Inactive, ""); labels(ada.ID) != "of the laptop,of the laptop" {
					t.Errorf("deactivated, they are %q", labels(ada.ID))
				}
				if move(alone, ada.ID, directory.Closed, ""); labels(ada.ID) != "," || labels(grace.ID) != "of the laptop" {
					t.Errorf("closed, they are %q, and another's %q", labels(ada.ID), labels(grace.ID))
				}
			})
		})
	}
}
