package config

import (
	"errors"
	"net/netip"
	"strings"
)

// Outgoing is what every command is told that calls addresses which somebody else chose, such as an app's.
type Outgoing struct {
	Allow []netip.Prefix // of networks that are not public, and may be called all the same
}

// Settings is the table's part for outgoing calls; loading it fills c.
func (c *Outgoing) Settings() []Setting {
	return []Setting{networks("allow-addresses", "ROSTER_ALLOW_ADDRESSES",
		"addresses and networks, by commas, that apps, webhooks and the sites of workflows may be at though they are not public, such as 10.1.0.0/16; none unless given", &c.Allow)}
}

// networks is a setting that takes addresses and networks, with commas between them.
func networks(name, env, help string, at *[]netip.Prefix) Setting {
	return Setting{Name: name, Env: env, Help: help, store: func(v string) error {
		var all []netip.Prefix
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			network, err := netip.ParsePrefix(part)
			if err != nil && !strings.Contains(part, "%") {
				var one netip.Addr
				one, err = netip.ParseAddr(part)
				network = netip.PrefixFrom(one, one.BitLen())
			}
			if err != nil || network.Addr().Is4In6() {
				return errors.New("takes addresses and networks, such as 10.1.0.0/16,fd00::/8")
			}
			all = append(all, network.Masked())
		}
		*at = all
		return nil
	}}
}
