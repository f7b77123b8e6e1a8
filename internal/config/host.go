package config

import (
	"errors"
	"regexp"
	"strings"
)

// A last part with a letter in it keeps addresses out.
var dnsName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{0,61}[a-z][a-z0-9-]{0,61}$`)

// hostName is a setting that takes a name of DNS, which is stored in lower case, or nothing.
func hostName(name, env, help string, at *string) Setting {
	s := text(name, env, "", help, at)
	s.store = func(v string) error {
		lower := strings.ToLower(v)
		if v != "" && (len(v) > 253 || !dnsName.MatchString(lower)) {
			return errors.New("takes a host name, such as example.atlassian.net, without a scheme and a port")
		}
		*at = lower
		return nil
	}
	return s
}

// maybeAddress is a setting that takes what can be listened on, or nothing.
func maybeAddress(name, env, help string, at *string) Setting {
	s := address(name, env, "", help, at)
	takes := s.store
	s.store = func(v string) error {
		if v == "" {
			*at = ""
			return nil
		}
		return takes(v)
	}
	return s
}
