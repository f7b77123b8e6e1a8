package workflows_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/workflow/dsl"
)

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// frame is what a part of a file needs around it.
const frame = "document: {dsl: 1.0.0, namespace: docs, name: example, version: 1.0.0}\n"

// TestTheExamplesOfTheDocumentRun runs each file that docs/workflows.md shows, in order, and looks at what comes out.
func TestTheExamplesOfTheDocumentRun(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/workflows.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := yamlBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) != len(examples) {
		t.Fatalf("the document has %d examples, of which %d are known here", len(blocks), len(examples))
	}
	for i, want := range examples {
		block := blocks[i][1]
		if !strings.HasPrefix(block, "document:") {
			block = frame + block
		}
		t.Run(want.name, func(t *testing.T) {
			t.Parallel()
			want.check(t, block)
		})
	}
}

// example is what comes out of an example of the document.
type example struct {
	name    string
	input   map[string]any
	trigger any
	out     any
	failure string
	mailed  []string
	waited  time.Duration
}

var examples = []example{
	{name: "a whole file", input: map[string]any{"accountId": "ada"}, out: map[string]any{"name": "Ada"}},
	{name: "set", out: map[string]any{"who": "Ada", "groups": []any{"engineering"}}},
	{name: "switch", out: map[string]any{"words": "Good day, Ada."}},
	{name: "for", mailed: []string{"ada@example.com", "grace@example.com"}, out: map[string]any{"messageId": "2"}},
	{name: "try", out: map[string]any{"accountStatus": "inactive", "displayName": "Charles"}},
	{name: "wait and raise", failure: "Charles is inactive.", waited: time.Second},
	{name: "mail", mailed: []string{"ada.lovelace@example.com", "people@example.com"}, out: map[string]any{"messageId": "1"}},
	{name: "delivery", mailed: []string{"people@example.com"}, out: map[string]any{"messageId": "1"}},
	{name: "secrets", out: map[string]any{"told": true}},
	{
		name: "an event", trigger: map[string]any{"type": "group.member.added", "accountId": "ada", "group": map[string]any{"id": "1", "name": "engineering"}},
		mailed: []string{"people@example.com"}, out: map[string]any{"messageId": "1"},
	},
}

func (e example) check(t *testing.T, block string) {
	file, err := dsl.Parse([]byte(block), catalogue)
	if err != nil {
		t.Fatal(err)
	}
	input := e.input
	if input == nil {
		input = map[string]any{}
	}
	if err := file.CheckInput(input); err != nil {
		t.Fatal(err)
	}
	tries := 0
	d := &desk{t: t, answers: map[string]func(map[string]any) any{
		"confluence.getUser": func(with map[string]any) any {
			if with["accountId"] == "nobody" {
				return &dsl.Failure{Type: dsl.CommunicationError, Status: 404, Detail: "There is no such user."}
			}
			return says(`{"accountId":"ada","displayName":"Ada","accountStatus":"active","email":"ada@example.com"}`)(nil)
		},
		"confluence.getCurrentUser": func(map[string]any) any {
			if tries++; e.name == "try" && tries < 3 {
				return &dsl.Failure{Type: dsl.CommunicationError, Status: 503, Detail: "Later."}
			}
			return says(`{"displayName":"Charles","accountStatus":"inactive"}`)(nil)
		},
		"confluence.getGroupMembershipsForUser": says(`{"results":[{"name":"engineering"}]}`),
		"confluence.getGroupMembersByGroupId":   says(`{"results":[{"displayName":"Ada","email":"ada@example.com"},{"email":""},{"displayName":"Grace","email":"grace@example.com"}]}`),
		"confluence.getGroups":                  says(`{"results":[{"name":"engineering","usageType":"TEAM_COLLABORATION","managedBy":"OPEN"}]}`),
		"http": func(with map[string]any) any {
			headers, _ := with["headers"].(map[string]any)
			if headers["Authorization"] != "Bearer secret of doorKey" {
				t.Errorf("it sends %v", headers)
			}
			return says(`{"told":true}`)(nil)
		},
	}}
	out, err := file.Run(t.Context(), dsl.Run{ID: "01234567-89ab-7def-8123-456789abcdef", Input: input, StartedAt: began, Trigger: e.trigger}, d)
	if e.failure != "" {
		if err == nil || err.Error() != e.failure {
			t.Errorf("it failed with %v", err)
		}
	} else if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e.out, out); e.failure == "" && diff != "" {
		t.Errorf("what came out (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(e.mailed, recipients(d)); diff != "" {
		t.Errorf("who was mailed (-want +got):\n%s", diff)
	}
	if e.waited > 0 && d.waited != e.waited {
		t.Errorf("it waited for %v", d.waited)
	}
}
