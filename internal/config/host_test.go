package config

import (
	"strings"
	"testing"
)

func TestAHostNameIsStoredInLowerCaseOrRefused(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"": "", "Example.Atlassian.NET": "example.atlassian.net", "people.example.com": "people.example.com", "x--1.example": "x--1.example",
	} {
		var c Dev
		if err := Load(given{"as": value}, nil, c.Settings()); err != nil || c.As != want {
			t.Errorf("%q gave %q (%v)", value, c.As, err)
		}
	}
	for _, value := range []string{
		"localhost", "127.0.0.1", "::1", "https://example.atlassian.net", "example.atlassian.net:443", "example.atlassian.net.", "*.atlassian.net",
		"example..net", "-x.example", "x y.example", "é.example", strings.Repeat("x", 64) + ".example", strings.Repeat("x.", 130) + "example",
	} {
		const want = "--as takes a host name, such as example.atlassian.net, without a scheme and a port, not "
		if err := Load(given{"as": value}, nil, new(Dev).Settings()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q gave the error %v", value, err)
		}
	}
}

func TestAnAddressThatMayBeLeftOutIsCheckedWhereItIsGiven(t *testing.T) {
	t.Parallel()
	var c Dev
	if err := Load(given{"proxy": "127.0.0.1:0"}, []string{"ROSTER_DEV_TLS_LISTEN="}, c.Settings()); err != nil || c.Proxy != "127.0.0.1:0" || c.TLSListen != "" {
		t.Errorf("it gave %+v (%v)", c, err)
	}
	if err := Load(given{"proxy": "8888"}, nil, new(Dev).Settings()); err == nil || !strings.HasPrefix(err.Error(), "--proxy takes host:port") {
		t.Errorf("the error is %v", err)
	}
}
