package directory

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/rosterhq/roster/internal/failure"
)

// localPart is RFC 5321's Dot-string. Quoted local parts and non-ASCII ones (RFC 6531) are refused: hardly
// anybody has one, and look-alikes and header injection live there.
var localPart = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")

// domains reads a domain as a resolver would (UTS 46), and refuses labels that are empty or too long.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.VerifyDNSLength(true))

// EmailKey returns the one form by which an address is matched: lower case, the domain in its ASCII form.
// The address itself is kept as given, for display. The error never repeats the address.
func EmailKey(address string) (string, error) {
	local, domain, found := strings.Cut(address, "@")
	if !found || !utf8.ValidString(address) || len(address) > 254 || len(local) > 64 || !localPart.MatchString(local) {
		return "", errEmail
	}
	ascii, err := domains.ToASCII(domain)
	if err != nil || !strings.Contains(ascii, ".") || strings.HasSuffix(ascii, ".") {
		return "", errEmail
	}
	return strings.ToLower(local + "@" + ascii), nil
}

var errEmail = failure.Invalid.Errorf("The e-mail address is not valid.")
