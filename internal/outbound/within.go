package outbound

import (
	"net/netip"
	"slices"
)

// Within allows the addresses of networks, for [Client].
func Within(networks []netip.Prefix) func(netip.Addr) bool {
	return func(ip netip.Addr) bool {
		return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(ip) })
	}
}
