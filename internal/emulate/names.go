package emulate

import (
	"net/netip"
	"regexp"
	"strings"
)

// fixed are the names that Atlassian's clients call beside that of a site: its gateway, its authorization servers, and where
// Connect apps find the keys that it signs with.
var fixed = []string{
	"api.atlassian.com", "auth.atlassian.com", "oauth-2-authorization-server.services.atlassian.com", "connect-install-keys.atlassian.com",
}

// Gateway is where clients that insist on Atlassian's names find the paths of the gateway.
const Gateway = "https://api.atlassian.com"

// Names are the host names that a stand-in answers for: every one below atlassian.net, Atlassian's own for the
// gateway and for authorization, and one of its own choice.
type Names struct {
	As string // in lower case; empty for none
}

var label = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$`)

// Answer returns name in the form in which certificates and sites know it, and whether it is one of n.
func (n Names) Answer(name string) (string, bool) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if !isHostName(name) {
		return name, false
	}
	if name == n.As || strings.HasSuffix(name, ".atlassian.net") {
		return name, true
	}
	for _, f := range fixed {
		if name == f {
			return name, true
		}
	}
	return name, false
}

// List returns the names that can be written down one by one, as a hosts file wants them: the site's own first.
func (n Names) List() []string {
	var list []string
	if n.As != "" {
		list = append(list, n.As)
	}
	return append(list, fixed...)
}

// String lists all names as people read them.
func (n Names) String() string {
	all := append([]string{"*.atlassian.net"}, fixed...)
	if n.As != "" && !strings.HasSuffix(n.As, ".atlassian.net") {
		all = append([]string{n.As}, all...)
	}
	return strings.Join(all, ", ")
}

// isHostName tells a name in lower case that DNS takes from anything else, addresses included.
func isHostName(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil || len(name) > 253 {
		return false
	}
	for part := range strings.SplitSeq(name, ".") {
		if len(part) > 63 || !label.MatchString(part) {
			return false
		}
	}
	return true
}
