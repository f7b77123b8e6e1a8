package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/rostertest"
)

func TestActionsRunOnASite(t *testing.T) {
	t.Parallel()
	site := rostertest.NewSite(t)
	ada := site.Admin
	environ := []string{"ROSTER_URL=" + site.URL, "ROSTER_EMAIL=" + ada.Email, "ROSTER_TOKEN=" + ada.Token}
	other := site.People[len(site.People)-1].AccountID
	for _, tt := range []struct {
		args string
		code int
		want string // in the output, or in the error where code is not 0
	}{
		{"confluence.getUser --account-id " + ada.AccountID + " --expand operations,details.personal", 0, `"operations": [`},
		{"confluence.getBulkUserLookup --account-id " + ada.AccountID + " --account-id " + other, 0, `"size": 2`},
		{"confluence.createBulkUserLookup --account-ids " + ada.AccountID + "," + other, 0, other},
		{"confluence.getUser --account-id nobody", 1, "404"},
		{"confluence.getGroups --limit 1", 0, `"limit": 1`},
		{"confluence.searchGroups --query o --should-return-total-size", 0, `"totalSize"`},
		{"confluence.createGroup --name Analysts", 0, `"name": "Analysts"`},
		{"confluence.createGroup --name Analysts", 1, "already"},
		{"confluence.createUserProperty --user-id " + other + ` --key theme --value {"hue":1e400}`, 0, ""},
		{"confluence.getUserProperty --user-id " + other + " --key theme", 0, "1e400"},
		{"confluence.addLabelWatcher --label-name nothing-has-it", 1, "403"},
		{"roster.listAccounts --type atlassian --status active --limit 250", 0, ada.Email},
		{"roster.listWatchesOf --account-id " + ada.AccountID, 0, `"results": [`},
		{"roster.listTokens --account-id " + ada.AccountID, 0, `"kind": "classic"`},
		{"roster.listTokens --expires-before soon", 1, "neither a time"},
	} {
		code, stdout, stderr := command(t, environ, append([]string{"action", "run"}, strings.Fields(tt.args)...)...)
		if code != tt.code || !strings.Contains(stdout+stderr, tt.want) || code == 0 && stdout != "" && !json.Valid([]byte(stdout)) {
			t.Errorf("%s: %d\n%s%s", tt.args, code, stdout, stderr)
		}
	}
	for _, bearer := range []string{"confluence.getCurrentUser", "roster.listTokens"} {
		code, stdout, stderr := command(t, environ[:1], "action", "run", bearer, "--bearer", "--token", ada.Token)
		if code != 0 || !strings.Contains(stdout, ada.AccountID) {
			t.Errorf("%s: %d %s", bearer, code, stderr)
		}
	}
}

func TestTheFlagsOfAnActionHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, a := range actions() { // a flag that stands twice panics
		one := actionFlags(&cobra.Command{}, a)
		for _, name := range flagNames(a) {
			if flag := one.Flags().Lookup(strings.TrimPrefix(name, "--")); flag == nil || flag.Usage == "" || strings.ToLower(name) != name {
				t.Errorf("%s has no flag %s", a.Name, name)
			}
		}
	}
}
