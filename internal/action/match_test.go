package action_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/workflow/letter"
	"github.com/rosterhq/roster/rosteradmin"
)

func named(t *testing.T, name string) action.Action {
	t.Helper()
	a, found := action.All(nil).Named(name)
	if !found {
		t.Fatalf("there is no action %s", name)
	}
	return a
}

func TestMailTakesWhatALetterReads(t *testing.T) {
	t.Parallel()
	mail := named(t, "mail.send")
	var names []string
	for _, p := range mail.Parameters {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	if diff := cmp.Diff(slices.Sorted(slices.Values(letter.Arguments)), names); diff != "" {
		t.Errorf("-letter +action\n%s", diff)
	}
	for name, want := range map[string][]string{"template": letter.Templates, "format": letter.Formats} {
		p, _ := mail.Parameter(name)
		var got []string
		for _, v := range p.Values {
			got = append(got, v.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" || p.Default != want[0] {
			t.Errorf("%s: -letter +action\n%s", name, diff)
		}
	}
}

func TestTheExampleOfAListIsAPageOfTheSDK(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]any{
		"roster.listAccounts": rosteradmin.AccountPage{}, "roster.listWatchesOf": rosteradmin.WatchPage{}, "roster.listTokens": rosteradmin.TokenPage{},
	} {
		var example struct {
			Results []map[string]any `json:"results"`
			Next    string           `json:"next"`
		}
		d := json.NewDecoder(bytes.NewReader(named(t, name).Example))
		d.DisallowUnknownFields()
		if err := d.Decode(&example); err != nil || len(example.Results) != 1 || example.Next == "" {
			t.Errorf("%s: %+v (%v)", name, example, err)
			continue
		}
		results, _ := reflect.TypeOf(page).FieldByName("Results")
		var want, got []string
		for f := range results.Type.Elem().Fields() {
			member, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			want = append(want, member)
		}
		for member := range example.Results[0] {
			got = append(got, member)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -SDK +example\n%s", name, diff)
		}
	}
}
