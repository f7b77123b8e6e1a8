package main

import (
	"testing"
	"time"
)

func TestATokenEndsAfterATimeOrAtOne(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]string{
		"90d":                       "2026-04-02T03:04:05.000Z",
		"12h":                       "2026-01-02T15:04:05.000Z",
		"2026-12-31":                "2026-12-31T00:00:00.000Z",
		"2026-12-31T12:00:00+01:00": "2026-12-31T11:00:00.000Z",
		"":                          "",
		"90":                        "",
		"-1d":                       "",
		"99999d":                    "",
		"tomorrow":                  "",
	} {
		if end, err := expiry(now, text); moment(end) != want || (err != nil) != (want == "") {
			t.Errorf("%q is %s (%v), want %s", text, moment(end), err, want)
		}
	}
}
