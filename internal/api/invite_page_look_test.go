package api

import (
	"os"
	"regexp"
	"testing"
)

func TestThePagesOfAnInvitationHaveTheColoursOfAllOthers(t *testing.T) {
	t.Parallel()
	others, err := os.ReadFile("../web/assets/css/00-base.css")
	if err != nil {
		t.Fatal(err)
	}
	colour := regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`)
	// Each stands once for light and once for dark, in that order.
	colours := func(css string) map[string][]string {
		found := map[string][]string{}
		for _, c := range colour.FindAllStringSubmatch(css, -1) {
			found[c[1]] = append(found[c[1]], c[2])
		}
		return found
	}
	want := colours(string(others))
	for name, values := range colours(invitationStyle) {
		if len(values) != 2 || len(want[name]) != 2 || values[0] != want[name][0] || values[1] != want[name][1] {
			t.Errorf("--%s is %v, and %v elsewhere", name, values, want[name])
		}
	}
}
