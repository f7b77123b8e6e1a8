package config

import (
	"net/netip"
	"slices"
	"testing"
)

func TestNetworksAreListedWithCommas(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"": nil, " , ": nil, "10.1.2.3/16": {"10.1.0.0/16"}, "10.1.0.0/16, fd00::/8,::1": {"10.1.0.0/16", "fd00::/8", "::1/128"}, "127.0.0.1": {"127.0.0.1/32"},
	} {
		var c Outgoing
		if err := Load(nil, []string{"ROSTER_ALLOW_ADDRESSES=" + text}, c.Settings()); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if !slices.EqualFunc(c.Allow, want, func(p netip.Prefix, w string) bool { return p.String() == w }) {
			t.Errorf("%q is %v", text, c.Allow)
		}
	}
	for _, text := range []string{"localhost", "10.1.0.0/33", "10.1", "fe80::1%eth0", "::ffff:10.0.0.0/104", "10.0.0.0/8;::1", "*"} {
		var c Outgoing
		if err := Load(nil, []string{"ROSTER_ALLOW_ADDRESSES=" + text}, c.Settings()); err == nil {
			t.Errorf("%q is %v", text, c.Allow)
		}
	}
}
