package mail

import (
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
)

// Address is one person's or program's mailbox.
type Address struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address"`
}

// ParseAddress reads "ada@example.com" or "Ada Lovelace <ada@example.com>", as an operator writes it.
func ParseAddress(text string) (Address, error) {
	parsed, err := netmail.ParseAddress(text)
	if err != nil {
		return Address{}, failure.Invalid.Errorf("%q is not an e-mail address.", text)
	}
	a := Address{parsed.Name, parsed.Address}
	return a, a.check()
}

// CheckAddress refuses an address that could not be mailed: the one rule of what an address is. It is narrower than
// RFC 5321: no quoted local part, no comment, no address literal, no "%" or "!" routing. Letters outside ASCII
// are taken (RFC 6531).
func CheckAddress(address string) error {
	local, domain, ok := cutLast(address, "@")
	if !ok || len(address) > 254 || len(local) > 64 || !utf8.ValidString(address) ||
		!isDotted(local, "#$&'*+-/=?^_`{|}~") || !isDotted(domain, "-") {
		return failure.Invalid.Errorf("The e-mail address cannot be mailed.")
	}
	for label := range strings.SplitSeq(domain, ".") {
		if len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return failure.Invalid.Errorf("The e-mail address cannot be mailed.")
		}
	}
	return nil
}

func (a Address) check() error {
	if err := CheckAddress(a.Address); err != nil {
		return err
	}
	return checkLine("name in an address", a.Name)
}

// domain is the part after the "@" of a checked address.
func (a Address) domain() string {
	_, domain, _ := cutLast(a.Address, "@")
	return domain
}

// key is what the outbox finds the address by.
func (a Address) key() string { return strings.ToLower(a.Address) }

// isDotted reports whether text is one or more words of letters, digits and marks, with dots between them.
// The two characters that end as CR and LF do where a program keeps only a character's low byte are no letters here.
func isDotted(text, marks string) bool {
	for word := range strings.SplitSeq(text, ".") {
		if word == "" {
			return false
		}
		for _, r := range word {
			switch {
			case r == '\u760a' || r == '\u760d':
				return false
			case r < utf8.RuneSelf && strings.ContainsRune(marks, r):
			case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !(r >= utf8.RuneSelf && unicode.IsMark(r)):
				return false
			}
		}
	}
	return true
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func isASCII[T string | []byte](text T) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
