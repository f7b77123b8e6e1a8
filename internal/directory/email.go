package directory

import (
	"regexp"
	"strings"

	"golang.org/x/net/idna"

	"github.com/rosterhq/roster/internal/failure"
)

// localPart is RFC 5321's Dot-string. Quoted local parts and non-ASCII ones (RFC 6531) are refused: hardly
// anybody has one, and look-alikes and header injection live there.
var localPart = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")

// EmailKey returns the one form by which an address is matched: lower case, the domain in its ASCII form.
// The address itself is kept as given, for display. The error never repeats the address.
func EmailKey(address string) (string, error) {
	local, domain, found := strings.Cut(address, "@")
	if !found || len(address) > 254 || len(local) > 64 || !localPart.MatchString(local) {
		return "", errEmail
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(ascii, ".") || strings.HasSuffix(ascii, ".") || len(ascii) > 253 {
		return "", errEmail
	}
	return strings.ToLower(local + "@" + ascii), nil
}

var errEmail = failure.Invalid.Errorf("The e-mail address is not valid.")
