package install

import (
	"net/http"
	"net/netip"

	"github.com/rosterhq/roster/internal/outbound"
)

// Client returns a client that reaches apps at public addresses and in these networks.
func Client(networks []netip.Prefix) *http.Client {
	return outbound.Client(outbound.Within(networks))
}

// Near returns the networks of this machine and around it, where the apps of a stand-in run.
func Near() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"),
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("fc00::/7"),
	}
}
