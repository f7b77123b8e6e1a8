package samples

import (
	"slices"
	"strings"
	"testing"
)

// lookup is an operation with all that an answer can have: what may be null, lists within lists, and words that are
// keywords somewhere.
func lookup() Operation {
	text := func(name, field string) *Node { return &Node{Name: name, Field: field} }
	labels := &Node{Name: "labels", Field: "Labels", Kind: List, Item: &Node{Kind: Object, Members: []*Node{text("label", "Label")}}}
	space := &Node{Name: "personalSpace", Field: "PersonalSpace", Kind: Object, Presence: Nullable, Members: []*Node{
		text("type", "Type"), labels,
		{Name: "results", Field: "Results", Kind: List, Item: &Node{Kind: Text}},
	}}
	return Operation{
		ID: "getBulk", Title: "Look up", Method: "POST", Site: "https://acme.example", Path: "/wiki/rest/api/{kind}/x", Status: 200,
		Names:  []Value{{"kind", "a b/c"}},
		Query:  []Value{{"cql", `name ~ "D'Alembert" & $HOME \ #{x}`}, {"expand", strings.Repeat("personalSpace.homepage,", 9) + "details"}},
		Body:   `{"name":"x"}`,
		Token:  true,
		Answer: &Node{Kind: Object, Members: []*Node{{Name: "results", Field: "Results", Kind: List, Item: &Node{Kind: Object, Members: []*Node{text("accountId", "AccountID"), space}}}}},

		AnswerType: "confluence.BulkUserArray",
	}
}

func TestEveryLanguageButTheShellNamesEveryFieldThatItReads(t *testing.T) {
	t.Parallel()
	for _, s := range All(lookup()) {
		for _, name := range []string{"results", "accountId", "personalSpace", "labels", "label", "type"} {
			if s.Lang != "Shell" && !strings.Contains(s.Source, name) {
				t.Errorf("%s does not read %s:\n%s", s.Label, name, s.Source)
			}
		}
		if !strings.Contains(s.Source, "a%20b%2Fc") && !strings.Contains(s.Label, "forge") {
			t.Errorf("%s does not escape the path:\n%s", s.Label, s.Source)
		}
		if !strings.Contains(s.Source, "no-check") && s.Lang != "Go" { // whose SDK sends it by itself
			t.Errorf("%s forgets the header:\n%s", s.Label, s.Source)
		}
	}
}

func TestASampleSaysInItsFirstLinesWhatItNeeds(t *testing.T) {
	t.Parallel()
	needs := map[string]string{
		"curl": "curl and jq", "Go": "go get", "Python": "Python 3", "JavaScript (fetch)": "Node.js 18", "JavaScript (@forge/api)": "@forge/api",
		"Java": "jackson-databind", "C#": ".NET 6", "PHP": "curl extension", "Ruby": "nothing but Ruby", "PowerShell": "#requires -Version 7",
		Pascal: "fphttpclient, opensslsockets and fpjson. Delphi takes the sample for Chilkat", "Delphi (Chilkat)": "Chilkat_TLB",
	}
	for _, s := range All(lookup()) {
		first := strings.Join(strings.SplitAfterN(s.Source, "\n", 4)[:3], "")
		if needs[s.Label] == "" || !strings.Contains(first, needs[s.Label]) {
			t.Errorf("%s begins with:\n%s", s.Label, first)
		}
	}
}

func TestAForgeSampleSaysThatNoScopeLetsAnAppCall(t *testing.T) {
	t.Parallel()
	const said = "// No scope lets an app call"
	o := lookup()
	if got := forge(o); strings.Contains(got, said) {
		t.Errorf("an app may call:\n%s", got)
	}
	o.NoApp = true
	if got := forge(o); !strings.Contains(got, said) {
		t.Errorf("no app may call:\n%s", got)
	}
}

func TestNoLineOfASampleEndsInABlank(t *testing.T) {
	t.Parallel()
	for _, s := range All(lookup()) {
		for line := range strings.Lines(s.Source) {
			if text := strings.TrimSuffix(line, "\n"); strings.TrimRight(text, " \t") != text {
				t.Errorf("%s: %q", s.Label, line)
			}
		}
	}
}

func TestNoLineOfASampleIsVeryLongThoughAListIs(t *testing.T) {
	t.Parallel()
	for _, s := range All(lookup()) {
		for line := range strings.Lines(s.Source) {
			if len(line) > 210 && s.Lang != "Shell" {
				t.Errorf("%s: %s", s.Label, line)
			}
		}
	}
}

func TestListsWithinEachOtherHaveVariablesOfTheirOwn(t *testing.T) {
	t.Parallel()
	for label, loops := range map[string][]string{
		"Python":             {"for i, result in", "for j, label in", "for j, result2 in"},
		"JavaScript (fetch)": {"[i, result] of", "[j, label] of", "[j, result2] of"},
		Pascal:               {"OneResult := ", "OneLabel := ", "OneResult2 := "},
		"Delphi (Chilkat)":   {"json.I := i", "json.J := j", "'results[i].personalSpace.results[j]'"},
	} {
		for _, s := range All(lookup()) {
			for _, loop := range loops {
				if s.Label == label && !strings.Contains(s.Source, loop) {
					t.Errorf("%s has no %q:\n%s", label, loop, s.Source)
				}
			}
		}
	}
}

func TestQuotesOfAValueDoNotEndItsText(t *testing.T) {
	t.Parallel()
	const value = `D'Alembert \ "x"`
	for got, want := range map[string]string{
		double(value): `"D'Alembert \\ \"x\""`, doubled(value): `'D''Alembert \ "x"'`, slashed(value): `'D\'Alembert \\ "x"'`, inShell(value): `'D'\''Alembert \ "x"'`,
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// No test here compiles these languages, so that at least brackets and quotes are looked at.
func TestBracketsAndQuotesAreBalanced(t *testing.T) {
	t.Parallel()
	for _, s := range All(lookup()) {
		switch s.Label {
		case "C#":
			balanced(t, s, `"`, `\`, "//")
		case "PowerShell":
			balanced(t, s, `"'`, "", "#")
		case "Delphi (Chilkat)":
			balanced(t, s, "'", "", "//")
		}
	}
}

// balanced fails the test where a text of quotes stays open on its line, or brackets do not match.
func balanced(t *testing.T, s Sample, quotes, escapes, comment string) {
	t.Helper()
	const opening, closing = "([{", ")]}"
	var open []int
	for line := range strings.Lines(s.Source) {
		quote := byte(0)
		for i := 0; i < len(line); i++ {
			c := line[i]
			switch {
			case quote != 0 && strings.IndexByte(escapes, c) >= 0:
				i++
			case quote != 0 && c == quote:
				quote = 0
			case quote != 0:
			case strings.HasPrefix(line[i:], comment):
				i = len(line)
			case strings.IndexByte(quotes, c) >= 0:
				quote = c
			case strings.IndexByte(opening, c) >= 0:
				open = append(open, strings.IndexByte(opening, c))
			case strings.IndexByte(closing, c) >= 0:
				if len(open) == 0 || open[len(open)-1] != strings.IndexByte(closing, c) {
					t.Fatalf("%s closes what is not open: %s", s.Label, line)
				}
				open = slices.Delete(open, len(open)-1, len(open))
			}
		}
		if quote != 0 {
			t.Errorf("%s leaves a text open: %s", s.Label, line)
		}
	}
	if len(open) > 0 {
		t.Errorf("%s leaves %d brackets open:\n%s", s.Label, len(open), s.Source)
	}
}
