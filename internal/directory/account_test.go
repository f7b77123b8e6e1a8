package directory_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// hostileIDs are IDs that no account can have (hostile.md C1 in spirit: exact match or nothing).
var hostileIDs = []string{
	"", " ", " ada", "ada ", "ada\n", "a b", "a/b", "../../admin", "' OR 1=1", "ada\x00", "ada\u202e", "аda", "ada%3A1", "ada,bob", ":ada", "-ada", ".ada",
	strings.Repeat("a", 129), strings.Repeat("a", 4096), "\xff", "ada@example.com", "ada;drop", `"ada"`, "<ada>", "*", "%",
}

func TestAnAccountIDIsExactOrNobodys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		known := []string{
			"557058:12345678-1234-1234-1234-123456789abc", "712020:12345678-1234-1234-1234-123456789abc", "5b10ac8d82e05b22cc7d4ef5",
			"384093:32b4d9w0-f6a5-3535-11a3-9c8c88d10192", "a", strings.Repeat("a", 128), "a_b.c-d:e",
		}
		for _, id := range known {
			add(t, dir, site, directory.Account{ID: id, DisplayName: "Somebody"})
		}
		for _, id := range known {
			if a, err := dir.Account(t.Context(), site, id); err != nil || a.ID != id {
				t.Errorf("%s finds %s (%v)", id, a.ID, err)
			}
		}
		for _, id := range append(hostileIDs, strings.ToUpper(known[2]), known[0][:len(known[0])-1]) {
			if _, err := dir.Account(t.Context(), site, id); kind(err) != failure.NotFound {
				t.Errorf("%.30q finds something: %v", id, err)
			}
			if there, err := dir.Exists(t.Context(), site, id); there || err != nil {
				t.Errorf("%.30q exists (%v)", id, err)
			}
			if seen, err := dir.Profiles(t.Context(), site, directory.Viewer{Admin: true}, id, known[0]); err != nil || len(seen) != 1 {
				t.Errorf("%.30q gives %d profiles (%v)", id, len(seen), err)
			}
		}
	})
}

func TestAnAccountThatCannotBeIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		refuse := func(name string, a directory.Account) {
			t.Helper()
			if _, err := dir.Add(t.Context(), site, operator, a); kind(err) != failure.Invalid {
				t.Errorf("an account with %s: %v", name, err)
			}
		}
		for _, id := range hostileIDs {
			if id != "" {
				refuse(fmt.Sprintf("the ID %.20q", id), directory.Account{ID: id, DisplayName: "Ada"})
			}
		}
		named := func(edit func(*directory.Account)) directory.Account {
			a := directory.Account{DisplayName: "Ada"}
			edit(&a)
			return a
		}
		refuse("no name", directory.Account{Email: "ada@example.com"})
		refuse("a type of its own", named(func(a *directory.Account) { a.Type = "robot" }))
		refuse("a status of its own", named(func(a *directory.Account) { a.Status = "asleep" }))
		refuse("a bad address", named(func(a *directory.Account) { a.Email = "ada@" }))
		refuse("approval as a person", named(func(a *directory.Account) { a.EmailApproved = true }))
		refuse("a bad manager", named(func(a *directory.Account) { a.Manager = "the boss" }))
		for _, zone := range []string{"Mars/Olympus", "../../etc/passwd", "Local", "/etc/localtime", strings.Repeat("a", 5000), "Europe/London\x00"} {
			refuse("the time zone "+zone, named(func(a *directory.Account) { a.TimeZone = zone }))
		}
		for _, locale := range []string{"en-US", "EN_us", "e", "en_US.UTF-8", "en_USA", strings.Repeat("e", 300)} {
			refuse("the locale "+locale, named(func(a *directory.Account) { a.Locale = locale }))
		}
		unset := directory.DefaultVisibility()
		unset[directory.PhoneField] = 'x'
		refuse("an unknown audience", named(func(a *directory.Account) { a.Visibility = unset }))
		for _, text := range []string{"a\nb", "a\rb", "a\x00b", "a\tb", "a\u2028b", "\xff", strings.Repeat("é", 256), "a\x7f", "a\u0085b"} {
			for i, edit := range []func(*directory.Account){
				func(a *directory.Account) { a.DisplayName = text }, func(a *directory.Account) { a.PublicName = text },
				func(a *directory.Account) { a.Position = text }, func(a *directory.Account) { a.Department = text },
				func(a *directory.Account) { a.Location = text }, func(a *directory.Account) { a.Phone = text },
				func(a *directory.Account) { a.IM = text }, func(a *directory.Account) { a.Website = text },
			} {
				refuse(fmt.Sprintf("text %.10q in field %d", text, i), named(edit))
			}
		}
	})
}

func TestAnAccountTakesTheDefaultsOfWhatItDoesNotSay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		a := add(t, dir, site, directory.Account{DisplayName: strings.Repeat("é", 255), TimeZone: "Europe/London", Locale: "zh_Hant_TW"})
		if a.Type != directory.Person || a.Status != directory.Active || a.PublicName != a.DisplayName || a.Visibility != directory.DefaultVisibility() || a.Version != 1 {
			t.Errorf("the account is %+v", a)
		}
		found, err := dir.Account(t.Context(), site, a.ID)
		if err != nil || found != a {
			t.Errorf("stored as %+v\nread as %+v (%v)", a, found, err)
		}
		if b := add(t, dir, site, directory.Account{PublicName: "Bob"}); b.DisplayName != "Bob" || b.ID == a.ID || b.Locale != "en_US" {
			t.Errorf("the account is %+v", b)
		}
		if _, err := dir.Add(t.Context(), site, operator, directory.Account{ID: a.ID, DisplayName: "Again"}); kind(err) != failure.Conflict {
			t.Errorf("an ID was given twice: %v", err)
		}
	})
}

func TestAChangeIsWholeOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		before := time.Now().Add(-time.Second)
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada", Email: "ada@example.com"})
		refused := errors.New("refused")
		for name, edit := range map[string]func(*directory.Account) error{
			"an error":         func(a *directory.Account) error { a.DisplayName = "Eve"; return refused },
			"another ID":       func(a *directory.Account) error { a.ID = "eve"; return nil },
			"a bad address":    func(a *directory.Account) error { a.DisplayName, a.Email = "Eve", "x"; return nil },
			"an endless name":  func(a *directory.Account) error { a.PublicName = strings.Repeat("a", 256); return nil },
			"no chosen name":   func(a *directory.Account) error { a.PublicName = ""; return nil },
			"a version alone":  func(a *directory.Account) error { a.Version = 99; return nil },
			"a licence alone":  func(a *directory.Account) error { a.Licensed = true; return nil },
			"nothing":          func(*directory.Account) error { return nil },
			"a time of making": func(a *directory.Account) error { a.CreatedAt = before; return nil },
		} {
			if _, err := dir.Change(t.Context(), site, operator, ada.ID, edit); err == nil && strings.HasPrefix(name, "an") {
				t.Errorf("%s was taken", name)
			}
			if found, err := dir.Account(t.Context(), site, ada.ID); err != nil || found != ada {
				t.Errorf("%s left %+v (%v)", name, found, err)
			}
		}
		changed, err := dir.Change(t.Context(), site, operator, "ADA@example.com", func(a *directory.Account) error { a.Position = "Countess"; return nil })
		if err != nil || changed.Version != 2 || changed.UpdatedAt.Before(ada.UpdatedAt) || !changed.CreatedAt.Equal(ada.CreatedAt) {
			t.Errorf("changed to %+v (%v)", changed, err)
		}
		if _, err := dir.Change(t.Context(), site, operator, "nobody", func(*directory.Account) error { return nil }); kind(err) != failure.NotFound {
			t.Errorf("nobody was changed: %v", err)
		}
	})
}

func TestClosingAnAccountErasesWhatIsPersonalForGood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		full := directory.Account{
			DisplayName: "Ada Lovelace", PublicName: "Countess", Email: "ada@example.com", TimeZone: "Europe/London", Position: "Analyst",
			Department: "Engines", Location: "London", Phone: "1", IM: "ada", Website: "https://ada.example", Manager: "babbage", Guest: true,
		}
		ada := add(t, dir, site, full)
		if err := dir.SetPicture(t.Context(), site, operator, ada.ID, []byte("png")); err != nil {
			t.Fatal(err)
		}
		closed, err := dir.Change(t.Context(), site, operator, ada.ID, func(a *directory.Account) error { a.Status = directory.Closed; return nil })
		if err != nil {
			t.Fatal(err)
		}
		for name, row := range map[string]string{
			"account": `SELECT email || coalesce(email_key, '') || display_name || public_name || time_zone || position || department || location || phone || im || website || manager || picture || locale
				FROM accounts WHERE site_id = $1 AND account_id = $2`,
			"words":   `SELECT CAST(count(*) AS text) FROM account_words WHERE site_id = $1 AND account_id = $2`,
			"picture": `SELECT CAST(count(*) AS text) FROM pictures WHERE site_id = $1 AND account_id = $2`,
		} {
			want := "0"
			if name == "account" {
				want = "Former userFormer user"
			}
			if got, _, err := db.One(t.Context(), d, db.Scalar[string], row, site, ada.ID); err != nil || got != want {
				t.Errorf("the %s holds %q (%v)", name, got, err)
			}
		}
		text, err := json.Marshal(closed)
		if err != nil || strings.Contains(string(text), "Ada") || !closed.Guest || closed.ID != ada.ID || closed.Version != 3 {
			t.Errorf("closed to %s (%v)", text, err)
		}
		for _, back := range []directory.Status{directory.Active, directory.Inactive} {
			_, err := dir.Change(t.Context(), site, operator, ada.ID, func(a *directory.Account) error { a.Status = back; a.DisplayName = "Ada"; return nil })
			if kind(err) != failure.Conflict {
				t.Errorf("a closed account came back: %v", err)
			}
		}
		kept, err := dir.Change(t.Context(), site, operator, ada.ID, func(a *directory.Account) error { a.DisplayName = "Ada"; return nil })
		if err != nil || kept.DisplayName != "Former user" || kept.Version != 3 {
			t.Errorf("a closed account took a name: %+v (%v)", kept, err)
		}
		full.ID, full.Status = "born-closed", directory.Closed
		if born := add(t, dir, site, full); born.Email != "" || born.DisplayName != "Former user" {
			t.Errorf("it was stored as %+v", born)
		}
		add(t, dir, site, directory.Account{DisplayName: "New Ada", Email: "ada@example.com"})
	})
}

func TestAPublicNameThatNobodyChoseFollowsTheDisplayNameOrHidesIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		secret := directory.DefaultVisibility()
		secret[directory.NameField] = directory.OnlyMe
		hidden := add(t, dir, site, directory.Account{ID: "557058:1f28fbb3", DisplayName: "Eve Hidden", Visibility: secret})
		if hidden.PublicName != "User 1f28fbb3" {
			t.Errorf("a hidden name has the public name %q", hidden.PublicName)
		}
		chosen := add(t, dir, site, directory.Account{DisplayName: "Ada King", PublicName: "Countess"})
		unchosen := add(t, dir, site, directory.Account{DisplayName: "Emmy Noether"})
		for _, tt := range []struct {
			account directory.Account
			edit    func(*directory.Account)
			want    string
		}{
			{unchosen, func(a *directory.Account) { a.DisplayName = "Amalie Noether" }, "Amalie Noether"},
			{chosen, func(a *directory.Account) { a.DisplayName = "Ada Lovelace" }, "Countess"},
			{chosen, func(a *directory.Account) { a.PublicName = "" }, "Ada Lovelace"},
			{hidden, func(a *directory.Account) { a.DisplayName = "Eve Unseen" }, "User 1f28fbb3"},
			{hidden, func(a *directory.Account) { a.Visibility = directory.DefaultVisibility() }, "Eve Unseen"},
			{hidden, func(a *directory.Account) { a.Visibility = secret }, "User 1f28fbb3"},
		} {
			a, err := dir.Change(t.Context(), site, operator, tt.account.ID, func(a *directory.Account) error { tt.edit(a); return nil })
			if err != nil || a.PublicName != tt.want {
				t.Errorf("%s has the public name %q (%v), want %q", a.DisplayName, a.PublicName, err, tt.want)
			}
		}
	})
}
