package e2e

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db/dbtest"
)

// facts is what a client is told of the site; what it reads has to agree.
type facts struct {
	Site      string   `json:"site"`
	Gateway   string   `json:"gateway"`
	Email     string   `json:"email"` // of an administrator
	Token     string   `json:"token"`
	AppToken  string   `json:"appToken"`  // of an app that may read addresses
	Colleague person   `json:"colleague"` // who may use the site and no more, with a token
	People    []person `json:"people"`
}

// person is an account as the command line shows it.
type person struct {
	AccountID     string `json:"accountId"`
	AccountType   string `json:"accountType"`
	AccountStatus string `json:"accountStatus"`
	Email         string `json:"email"`
	DisplayName   string `json:"displayName"`
	Token         string `json:"token,omitempty"`
}

// Each client has a site of its own, as it changes what there is.
func TestClientsReadAndWriteTheWholeAPI(t *testing.T) {
	t.Parallel()
	binary(t)
	for name, command := range map[string][2]string{
		"confluence.js":        {"node", "confluencejs.mjs"},
		"atlassian-python-api": {".venv/bin/python", "client.py"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.EachFresh(t, func(t *testing.T, database string) {
				client(t, demo(t, database), command[0], command[1])
			})
		})
	}
}

// demo starts the stand-in with its demo site, adds an app that may read addresses and a token of somebody who may do
// little, and learns what there is.
func demo(t *testing.T, database string) facts {
	t.Helper()
	said := standIn(t, database)
	if len(said.Sites) == 0 {
		t.Fatalf("the ready file names no site: %+v", said)
	}
	site := said.Sites[0]
	manage := func(args ...string) []byte {
		return roster(t, append(args, "--json", "--db", database, "--site", site.Name)...)
	}
	app := rows[person](t, manage("account", "add", "--type", "app", "--display-name", "Address Book", "--email-approved"))[0]
	token := func(account string) string {
		return rows[person](t, manage("token", "add", account))[0].Token
	}
	colleague := rows[person](t, manage("account", "show", "charles.babbage@example.com"))[0]
	colleague.Token = token(colleague.AccountID)
	return facts{
		Site: site.URL, Gateway: site.GatewayURL, Email: site.AdminEmail, Token: site.AdminToken,
		AppToken: token(app.AccountID), Colleague: colleague, People: rows[person](t, manage("account", "list")),
	}
}

// success is the last line that a client prints when all is well.
var success = regexp.MustCompile(`(?:^|[\n ])[1-9]\d* passed, 0 failed\n$`)

// client runs a client's script, which counts its checks, and shows what it prints.
func client(t *testing.T, f any, interpreter, script string) {
	t.Helper()
	known, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(interpreter, "/") {
		if _, err := os.Stat(interpreter); err != nil {
			t.Fatalf("the client is not installed, make e2e does it: %v", err)
		}
	}
	cmd := program(t, interpreter, script)
	cmd.Env = append(cmd.Env, "FACTS="+string(known), "AUDIT_SCHEMAS=true", "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("%s: %v", script, err)
	}
	if !success.Match(out) {
		t.Errorf("%s did not say that it passed", script)
	}
}
