package directory

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

// domains reads a domain as a resolver would (UTS 46), and refuses labels that are empty or too long.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.VerifyDNSLength(true))

// EmailKey returns the one form by which an address is matched: lower case, the domain in its ASCII form.
// The address itself is kept as given, for display. What [mail.CheckAddress] refuses, as given or in that form, is
// Invalid, and so are a local part outside ASCII, where look-alikes live, and a domain without a dot. The error
// never repeats the address.
func EmailKey(address string) (string, error) {
	local, domain, found := strings.Cut(address, "@")
	if !found || mail.CheckAddress(address) != nil || strings.ContainsFunc(local, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return "", errEmail
	}
	ascii, err := domains.ToASCII(domain)
	key := strings.ToLower(local + "@" + ascii)
	if err != nil || !strings.Contains(ascii, ".") || mail.CheckAddress(key) != nil {
		return "", errEmail
	}
	return key, nil
}

var errEmail = failure.Invalid.Errorf("The e-mail address is not valid.")
