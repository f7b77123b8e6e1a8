package e2e

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// writes are the operations whose samples depend on what came before, in an order in which they all succeed.
var writes = []string{
	"createUserProperty", "getUserProperty", "updateUserProperty", "deleteUserProperty",
	"enableAdminKey", "getAdminKey", "disableAdminKey",
	"addContentWatcher", "removeContentWatcher", "addLabelWatcher", "removeLabelWatcher", "addSpaceWatcher", "removeSpaceWatch",
	"inviteByEmail", "createGroup", "addUserToGroupByGroupId", "removeMemberFromGroupByGroupId",
	"createContent", "addLabelsToContent", "removeLabelFromContent", "removeLabelFromContentUsingQueryParameter", "deleteContent",
	"createSpace", "deleteSpace", "removeGroupById",
}

// others are people of the demo of whom less is there or to be seen, or whose names are hard to print: the sample of one
// user is also tried on each of them.
var others = map[string]string{
	"WithoutSpace": "712020:fe5f7ff8-4692-56a2-9a87-6a8eae7badd9", "Closed": "5b10de212f08de399741b51f",
	"App": "557058:c947d75a-22a6-599e-979c-fde3265ee70c", "Escaped": "712020:fa3d221d-33c0-564d-bffb-00f1d68011f4",
	"Emoji": "712020:1f0cb381-a58e-546c-9000-d3d0497e3bb8",
}

// TestTheSamplesOfEveryOperationRun takes each language's samples from a site's own description and runs them on that
// site, which is thrown away. What a sample prints is held against what it was answered.
func TestTheSamplesOfEveryOperationRun(t *testing.T) {
	t.Parallel()
	server := standIn(t, filepath.Join(t.TempDir(), "roster.db")).URL
	for _, l := range runnable {
		t.Run(l.label, func(t *testing.T) {
			t.Parallel()
			for _, name := range l.needs {
				if _, err := exec.LookPath(name); err != nil {
					t.Skipf("there is no %s", name)
				}
			}
			s := newSampleSite(t, server)
			programs := map[string]string{}
			var order []string
			for _, op := range s.described(t) {
				programs[op.ID] = s.through(op.sample(t, l.label))
				if op.reads() && !slices.Contains(writes, op.ID) {
					order = append(order, op.ID)
				}
			}
			for name, accountID := range others {
				source := strings.ReplaceAll(programs["getUser"], "557058:1f28fbb3-0b59-5ecb-91a9-103a8022efb1", accountID)
				programs["getUser"+name] = strings.ReplaceAll(source, "GetUser", "GetUser"+name)
				order = append(order, "getUser"+name)
			}
			order = append(order, writes...)
			if len(order) != len(programs) {
				t.Fatalf("%d operations of %d are tried", len(order), len(programs))
			}
			printed := l.prepare(t, programs)(t, order, s.credentials())
			if len(s.answers) != len(order) {
				t.Fatalf("%d samples sent %d requests", len(order), len(s.answers))
			}
			for i, id := range order {
				held(t, id, l, printed[id], s.answers[i])
			}
		})
	}
}

// held compares what a sample printed with the answer it got.
func held(t *testing.T, id string, l language, out string, answer []byte) {
	t.Helper()
	want, got := map[string]string{}, map[string]string{}
	if len(answer) > 0 {
		flatten(t, want, "", answer)
	}
	for line := range strings.Lines(out) {
		place, value, found := strings.Cut(strings.TrimRight(line, "\r\n"), ": ")
		if !found || !json.Valid([]byte(value)) {
			t.Errorf("%s prints %q", id, line)
			continue
		}
		flatten(t, got, place, []byte(value))
	}
	for place, value := range want {
		if got[place] != value {
			t.Errorf("%s: %s is %s, printed %q", id, place, value, got[place])
		}
	}
	for place, value := range got {
		// The SDK's types do not tell an absent text from an empty one.
		if _, ok := want[place]; !ok && !(l.label == "Go" && slices.Contains([]string{`""`, "0", "false"}, value)) {
			t.Errorf("%s: %s is printed as %s, and is not there", id, place, value)
		}
	}
}

// flatten notes every value of a JSON text that has no others below it, by its place; null is left out.
func flatten(t *testing.T, into map[string]string, place string, text []byte) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	spread(into, place, value)
}

func spread(into map[string]string, place string, value any) {
	switch value := value.(type) {
	case nil:
	case map[string]any:
		for name, below := range value {
			if place != "" {
				name = place + "." + name
			}
			spread(into, name, below)
		}
	case []any:
		for i, below := range value {
			spread(into, place+"["+strconv.Itoa(i)+"]", below)
		}
	default:
		text, _ := json.Marshal(value)
		into[place] = string(text)
	}
}

// The person whom the samples name has everything that a person can have, so that no part of a sample goes untried.
func TestTheSampleOfABulkLookupLoopsOverEveryListThatItReads(t *testing.T) {
	t.Parallel()
	s := newSampleSite(t, standIn(t, filepath.Join(t.TempDir(), "roster.db")).URL)
	cmd := program(t, "bash", "-s")
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("there is no jq")
	}
	for _, op := range s.described(t) {
		if op.ID == "getBulkUserLookup" {
			cmd.Stdin = strings.NewReader(s.through(op.sample(t, "curl")))
		}
	}
	cmd.Env = append(withoutProxies(cmd.Env), s.credentials()...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{
		"results[1].accountId", "results[0].operations[0].operation", "results[0].details.business.position",
		"results[0].personalSpace.operations[0].operation", "results[0].personalSpace.permissions[1].operation.targetType",
		"results[0].personalSpace.metadata.labels.results[1].name", "results[0].personalSpace.homepage.children.page.results[0].title",
		"results[0].personalSpace.homepage.metadata.labels.results[0].name", "results[0].personalSpace.lookAndFeel.headings.color",
		"results[0].personalSpace.theme.icon.path", "results[0].personalSpace.homepage.body.view.value",
	} {
		if !bytes.Contains(out, []byte("\n"+place+": ")) {
			t.Errorf("nobody has %s", place)
		}
	}
}
