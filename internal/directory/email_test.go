package directory_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

func TestAnAddressHasOneFormByWhichItIsMatched(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"ada@example.com":                "ada@example.com",
		"Ada.Lovelace+Notes@EXAMPLE.Com": "ada.lovelace+notes@example.com",
		"ada@ｅｘａｍｐｌｅ.com":                "ada@example.com",
		"ada@\u212Aelvin.example":        "ada@kelvin.example",
		"ada@BÜCHER.example":             "ada@xn--bcher-kva.example",
		"ada@bücher.example":             "ada@xn--bcher-kva.example",
		"ada@xn--bcher-kva.example":      "ada@xn--bcher-kva.example",
		"ada@straße.example":             "ada@xn--strae-oqa.example",
		"#$&'*+/=?^_`{|}~-@e.co":         "#$&'*+/=?^_`{|}~-@e.co",
		strings.Repeat("a", 64) + "@" + strings.Repeat("b", 63) + ".example": strings.Repeat("a", 64) + "@" + strings.Repeat("b", 63) + ".example",
	} {
		if got, err := directory.EmailKey(address); err != nil || got != want {
			t.Errorf("%q is matched as %q (%v), want %q", address, got, err, want)
		}
	}
}

func TestWhatIsNoAddressIsRefusedWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("b", 60)
	for _, address := range []string{
		"", " ", "@", "ada", "ada@", "@example.com", "ada@example", "ada@example.com.", "ada@.example.com", "ada@example..com", "ada@.", "ada@..",
		"ada@xn--.example", " ada@example.com", "ada@example.com ", "ada @example.com", "ada@exam ple.com", "ada@example.com\n", "ada@example.com\r\nBcc: eve@example.com",
		"ada\x00@example.com", "ada@example.com\x00", "ada%0d%0a@", "a@b.example, c@d.example", "a@b.example;c@d.example", "a@b@c.example",
		`"ada"@example.com`, `"a@b"@example.com`, "ada@[127.0.0.1]", "ada@[IPv6:::1]", "Ada <ada@example.com>", "<ada@example.com>",
		"ada\u760d\u760aRCPT@example.com", "ada\u760a@example.com", "аda@example.com", "ａda@example.com", "ada\u200b@example.com", "adä@example.com",
		"ada%eve.example@example.com", "eve!ada@example.com", "ada@瘍.example", "ada@ex\u760aample.com", "ada@example。com", "ada@example．com", "ada@exa\u00admple.com",
		".ada@example.com", "ada.@example.com", "a..da@example.com", "ada@-example.com", "ada@example-.com", "ada@exa_mple.com", "ada@exa\u200dmple.com",
		strings.Repeat("a", 65) + "@example.com", "ada@" + strings.Repeat("b", 64) + ".com",
		"ada@" + long + "." + long + "." + long + "." + long + "." + long + ".com", "ada@ex\xffample.com", "\xff@example.com",
	} {
		key, err := directory.EmailKey(address)
		if kind(err) != failure.Invalid || key != "" {
			t.Errorf("%q is matched as %q (%v)", address, key, err)
		} else if text := strings.TrimSpace(address); len(text) > 3 && strings.Contains(err.Error(), text) {
			t.Errorf("%q repeats the address", err)
		}
	}
}

func TestWhatHasAFormCanBeMailedInIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.StringMatching(`[a-zA-Z0-9!%#.é]{1,8}@[a-zA-Z0-9ß瘍\x{760a}．。\x{ad}ｅ_.-]{1,12}\.[a-z]{2}`).Draw(t, "address")
		key, err := directory.EmailKey(address)
		if err != nil {
			return
		}
		for _, form := range []string{address, key} {
			if err := mail.CheckAddress(form); err != nil {
				t.Errorf("%q is an address, and %q: %v", address, form, err)
			}
		}
		if again, err := directory.EmailKey(key); again != key || err != nil {
			t.Errorf("%q is matched as %q, and that as %q (%v)", address, key, again, err)
		}
	})
}

func TestNoTwoAccountsHaveAddressesThatMeanTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada", Email: "Ada@Bücher.example"})
		bob := add(t, dir, site, directory.Account{DisplayName: "Bob"})
		for _, same := range []string{"ada@bücher.example", "ADA@BÜCHER.EXAMPLE", "ada@xn--bcher-kva.example", "ada@ｂücher.example", "ada@bu\u0308cher.example"} {
			if _, err := dir.Add(t.Context(), site, operator, directory.Account{DisplayName: "Eve", Email: same}); kind(err) != failure.Conflict {
				t.Errorf("a second account got %s: %v", same, err)
			}
			_, err := dir.Change(t.Context(), site, operator, bob.ID, func(a *directory.Account) error { a.Email = same; return nil })
			if kind(err) != failure.Conflict {
				t.Errorf("another account was changed to %s: %v", same, err)
			}
			if a, err := dir.Account(t.Context(), site, same); err != nil || a.ID != ada.ID || a.Email != "Ada@Bücher.example" {
				t.Errorf("%s finds %+v (%v)", same, a, err)
			}
		}
		respelt, err := dir.Change(t.Context(), site, operator, ada.ID, func(a *directory.Account) error { a.Email = "ada@xn--bcher-kva.example"; return nil })
		if err != nil || respelt.Email != "ada@xn--bcher-kva.example" || respelt.Version != 2 {
			t.Errorf("an address cannot be written in another way: %+v (%v)", respelt, err)
		}
		add(t, dir, site, directory.Account{DisplayName: "No address"})
		_, other := newSite(t, d)
		add(t, dir, other, directory.Account{DisplayName: "Elsewhere", Email: "ada@bücher.example"})
	})
}

func kind(err error) failure.Kind {
	k, _ := failure.Of(err)
	return k
}
