package dsl

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const task1 = "do: [{a: {set: {x: 1}}}]\n"

// It is long because it lists everything that can be wrong with a file.
func TestWhatIsWrongWithAFileIsSaidWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, file, want string }{
		{"an unknown keyword of the file", head + task1 + "evaluate: {}", "line 3, column 1: evaluate is not known here: there are document, input"},
		{"an unknown keyword of a task", head + "do:\n  - a:\n      set: {x: 1}\n      retry: 3\n", "line 5, column 7: retry is not known here"},
		{"an unknown kind of task", head + "do: [{a: {run: {shell: {command: ls}}}}]", "line 2, column 11: run is not known here: a task has one of call, set, switch"},
		{"two kinds in one task", head + "do: [{a: {set: {x: 1}, wait: PT1S}}]", "is not known here"},
		{"a fork", head + "do: [{a: {fork: {branches: []}}}]", "line 2, column 11: fork is not known here"},
		{"a task with a slip of the pen", head + "do: [{a: {if: .x, sett: {x: 1}}}]", "line 2, column 19: sett is not known here: a task has one of call, set, switch"},
		{"a key that is here twice", head + "do:\n  - a: {set: {x: 1, x: 2}}\n", "line 3, column 21: x is here twice"},
		{"an alias", head + "do: &all\n  - a: {set: {x: 1}}\n", "line 2, column 5: anchors and aliases are not allowed"},
		{"a bomb of aliases", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "line 1, column 4: anchors and aliases"},
		{"a merge", head + "do:\n  - a: {<<: {set: {x: 1}}}", "line 3, column 9: merging with << is not allowed"},
		{"a tag", head + "do: [{a: {set: {x: !!binary aGk=}}}]", "line 2, column 20: tags such as !!binary are not allowed"},
		{"a second document", head + task1 + "---\n" + head, "here begins a second one"},
		{"no YAML", "do: [", "the file is no YAML"},
		{"an empty file", "", "the file is empty"},
		{"a list as file", "- a", "line 1, column 1: the file must be a mapping"},
		{"a file that is too large", strings.Repeat("#", maxFile+1), "larger than 256 KiB"},
		{"YAML that is nested too deeply", head + "do: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "nested more than 40 deep"},
		{"too many tasks", head + manyTasks(), "more than 1000 tasks"},
		{"a missing document", task1, "line 1, column 1: document is missing"},
		{"another DSL", "document: {dsl: '0.8', namespace: a, name: a, version: '1.0.0'}\n" + task1, "line 1, column 17: dsl must be 1.0.0"},
		{"a version that is a number", "document: {dsl: '1.0.0', namespace: a, name: a, version: 1.0}\n" + task1, "line 1, column 58: version must be text: put it in quotes"},
		{"a name with a space", "document: {dsl: '1.0.0', namespace: a, name: a b, version: '1.0.0'}\n" + task1, "line 1, column 46: name must be letters"},
		{"an unknown action", head + "do:\n  - a: {call: confluence.getUsers}", "line 3, column 15: there is no action confluence.getUsers"},
		{"an unknown argument", head + "do:\n  - a: {call: confluence.getUser, with: {accountID: x}}", "line 3, column 42: confluence.getUser takes no accountID: it takes accountId, expand"},
		{"a missing argument", head + "do:\n  - a: {call: confluence.getUser, with: {}}", "line 3, column 41: confluence.getUser needs accountId"},
		{"a then that leads nowhere", head + "do:\n  - a: {set: {x: 1}, then: b}\n  - c: {do: [{b: {set: {x: 1}}}]}", "line 3, column 28: there is no task b in this list"},
		{"a case that leads nowhere", head + "do: [{a: {switch: [{b: {when: .x, then: c}}]}}]", "line 2, column 41: there is no task c"},
		{"two tasks of a name", head + "do: [{a: {set: {x: 1}}}, {a: {set: {x: 1}}}]", "line 2, column 27: there are two tasks a"},
		{"a task named end", head + "do: [{end: {set: {x: 1}}}]", "not continue, exit or end"},
		{"two tasks in one item", head + "do: [{a: {set: {x: 1}}, b: {set: {x: 1}}}]", "line 2, column 6: an item of a list of tasks is one name with one task"},
		{"an expression that is no jq", head + "do:\n  - a: {set: {x: '${ .a + }'}}", "line 3, column"},
		{"jq with a wrong sign", head + "do:\n  - a:\n      if: ${ .a == ) }\n      set: {x: 1}", `line 4, column 20: the expression cannot be read at ")"`},
		{"jq in a block", head + "do:\n  - a:\n      set:\n        x: |\n          ${ .a |\n            now }\n", "line 7, column 13: there is no function now"},
		{"an unknown variable", head + `do: [{a: {set: {x: "${ 1 + $who }"}}}]`, "line 2, column 28: there is no $who here"},
		{"a variable of a loop outside", head + `do: [{a: {for: {in: "[]"}, do: [{b: {set: {x: "${ $item }"}}}]}}, {c: {set: {x: "${ $item }"}}}]`, "line 2, column 85: there is no $item here"},
		{"an expression in text", head + `do: [{a: {set: {x: "Hello ${ .name }"}}}]`, "an expression is a whole string"},
		{"a secret that is not named", head + "use: {secrets: [a]}\ndo:\n  - a: {set: {x: '${ $secrets.b }'}}", "line 4, column 31: the secret b is not in use.secrets"},
		{"a cron that is none", head + task1 + "schedule: {cron: '0 8 * *'}", `line 3, column 18: "0 8 * *" is no cron schedule`},
		{"a cron that never comes", head + task1 + "schedule: {cron: '0 8 31 2 *'}", "never comes"},
		{"a cron of the parser's own", head + task1 + "schedule: {cron: '@every 1s'}", "has five fields"},
		{"a cron that breaks the parser", head + task1 + "schedule: {cron: 'TZ=0'}", "is no cron schedule"},
		{"two schedules", head + task1 + "schedule: {cron: '0 8 * * *', every: PT1H}", "line 3, column 11: a schedule is one of"},
		{"an unknown event", head + task1 + "schedule: {on: {one: {with: {type: user.gone}}}}", "line 3, column 36: there is no event user.gone"},
		{"a duration of a month", head + "do: [{a: {wait: P1M}}]", "line 2, column 17: wait must be a duration"},
		{"a duration that ends early", head + "do: [{a: {wait: P1DT}}]", "wait must be a duration"},
		{"a duration that is too long", head + "do: [{a: {wait: {days: 1000000}}}]", "longer than a year"},
		{"an unknown unit", head + "do: [{a: {wait: {weeks: 1}}}]", "line 2, column 18: weeks is not known here"},
		{"a timeout by name", head + "do: [{a: {set: {x: 1}, timeout: short}}]", "timeout must be a mapping"},
		{"a delivery that is none", head + "do: [{a: {set: {x: 1}, metadata: {delivery: maybe}}}]", "line 2, column 45: delivery must be at_least_once or at_most_once"},
		{"an endless retry", head + "do: [{a: {try: [{b: {set: {x: 1}}}], catch: {retry: {delay: PT1S}}}}]", "a retry needs a limit"},
		{"a schema that refers elsewhere", head + "input: {schema: {document: {$ref: 'https://example.org/s.json'}}}\n" + task1, "line 2, column 28: the schema cannot be used"},
		{"a schema of a file", head + "input: {schema: {document: {$ref: 'file:///etc/passwd'}}}\n" + task1, "the schema cannot be used"},
		{"a schema that is none", head + "input: {schema: {document: {type: strin}}}\n" + task1, "the schema cannot be used"},
		{"a schema elsewhere", head + "input: {schema: {resource: {endpoint: 'https://example.org'}}}\n" + task1, "resource is not known here"},
		{"a catch without a try", head + "do: [{a: {catch: {}}}]", "a is no task"},
		{"an empty list", head + "do: []", "do must be a list of at least one task"},
		{"a variable that has a meaning", head + "do: [{a: {for: {each: input, in: .x}, do: [{b: {set: {x: 1}}}]}}]", "$input has a meaning of its own"},
		{"names in an address", head + "do: [{a: {call: http, with: {endpoint: 'https://example.org/{id}'}}}]", "names in { } are not filled in"},
		{"an address that is none", head + "do: [{a: {call: http, with: {endpoint: example.org/x}}}]", "line 2, column 40: endpoint must be an address such as https://example.com/hook"},
		{"a way to sign in at an address", head + "do: [{a: {call: http, with: {endpoint: {uri: 'https://example.org', authentication: {use: a}}}}}]", "line 2, column 69: authentication is not known here"},
		{"an argument that is no number", head + "do: [{a: {call: confluence.getUser, with: {accountId: x, limit: many}}}]", "line 2, column 65: confluence.getUser: limit is no whole number"},
		{"an argument that is none of its values", head + "do: [{a: {call: mail.send, with: {to: a@example.org, format: htlm}}}]", "line 2, column 62: mail.send: format is none of html, text"},
		{"an argument that is null", head + "do: [{a: {call: confluence.getUser, with: {accountId: null}}}]", "line 2, column 55: confluence.getUser: accountId is null"},
		{"an error whose type is no URI", head + "do: [{a: {raise: {error: {type: odd, status: 400}}}}]", "line 2, column 33: type must be a URI"},
		{"an error at a place that is none", head + "do: [{a: {raise: {error: {type: 'https://example.org/odd', status: 400, instance: x}}}}]", "instance must be a JSON pointer"},
		{"a number that is none", head + "do: [{a: {set: {x: .inf}}}]", "is no number of JSON"},
		{"an expression as filter", head + "do: [{a: {try: [{b: {set: {x: 1}}}], catch: {errors: {with: {type: '${ .x }'}}}}}]", "an expression does not work here"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			_, err := Parse([]byte(c.file), catalogue)
			var errs Errors
			if !errors.As(err, &errs) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func manyTasks() string {
	var file strings.Builder
	file.WriteString("do:\n")
	for i := range maxTasks + 1 {
		fmt.Fprintf(&file, "  - a%d: {set: {x: 1}}\n", i)
	}
	return file.String()
}

func TestAllThatIsWrongWithAFileIsSaidAtOnceUpToFifty(t *testing.T) {
	t.Parallel()
	_, err := Parse([]byte(head+"do:\n  - a: {call: nope}\n  - b: {wait: soon}\n  - c: {set: {x: '${ now }'}, then: d}\nextra: 1\n"), catalogue)
	var errs Errors
	if !errors.As(err, &errs) || len(errs) != 5 {
		t.Errorf("got %v", err)
	}
	_, err = Parse([]byte(head+"do:\n"+strings.Repeat("  - a: {call: nope}\n", 100)), catalogue)
	if !errors.As(err, &errs) || len(errs) != maxErrors {
		t.Errorf("got %d", len(errs))
	}
}

// full uses every keyword that there is.
const full = `document:
  dsl: '1.0.0'
  namespace: roster
  name: full
  version: 1.2.3-rc.1
  title: All of it
  summary: Every keyword once.
  tags: {kind: test, level: 3}
  metadata: {delivery: at_most_once, note: free}
input:
  schema:
    format: json
    document: {type: object, properties: {accountId: {type: string, title: Account}}}
  from: .
use:
  secrets: [token]
timeout: {after: PT1H}
schedule: {cron: CRON_TZ=Europe/Berlin 0 8 * * 1-5}
output: {as: .}
do:
  - get:
      if: ${ .accountId != null }
      input: {from: "${ . }", schema: {document: {type: object}}}
      call: confluence.getUser
      with: {accountId: "${ .accountId }", expand: "${ $secrets.token }"}
      output: {as: "${ . }"}
      export: {as: {user: "${ . }"}}
      timeout: {after: {seconds: 30, milliseconds: 5}}
      then: continue
      metadata: {delivery: at_least_once}
  - which:
      switch:
        - known: {when: .displayName, then: each}
        - other: {then: exit}
  - each:
      for: {each: one, in: "${ [1, 2] }", at: i}
      while: ${ true }
      do:
        - careful:
            try: [{send: {call: mail.send, with: {to: x}}}]
            catch:
              errors: {with: {type: https://serverlessworkflow.io/spec/1.0.0/errors/communication, status: 503, title: t, detail: d, instance: i}}
              as: problem
              when: ${ $problem.status == 503 }
              exceptWhen: ${ false }
              retry:
                delay: PT1.5S
                backoff: {linear: {}}
                limit: {attempt: {count: 3}, duration: P1DT2H}
                jitter: {from: PT0S, to: {seconds: 1}}
              do: [{pause: {wait: PT1S}}]
  - group: {do: [{a: {set: {x: 1}}}]}
  - fail: {raise: {error: {type: https://example.org/e, status: 400, title: T, detail: "${ .x }", instance: /x}}}
`

func TestAFileTellsAllThatStandsInIt(t *testing.T) {
	t.Parallel()
	f := parsed(t, full)
	if f.Namespace != "roster" || f.Name != "full" || f.Version != "1.2.3-rc.1" || f.Title != "All of it" || f.Summary == "" || f.Tags["level"] != 3 ||
		f.Delivery != "at_most_once" || f.Timeout != time.Hour || f.Schedule.Cron == "" || len(f.Hash) != 64 || f.Text != full {
		t.Errorf("got %+v", f)
	}
	want := []Task{
		{Place: "/do/0/get", Name: "get", Kind: "call", Action: "confluence.getUser", If: " .accountId != null ", Then: "continue"},
		{Place: "/do/1/which", Name: "which", Kind: "switch", Cases: []Case{{"known", ".displayName", "each"}, {"other", "", "exit"}}},
		{Place: "/do/2/each", Name: "each", Kind: "for", Children: []Task{{
			Place: "/do/2/each/do/0/careful", Name: "careful", Kind: "try",
			Children: []Task{{Place: "/do/2/each/do/0/careful/try/0/send", Name: "send", Kind: "call", Action: "mail.send"}},
			Catch:    []Task{{Place: "/do/2/each/do/0/careful/catch/do/0/pause", Name: "pause", Kind: "wait"}},
		}}},
		{Place: "/do/3/group", Name: "group", Kind: "do", Children: []Task{{Place: "/do/3/group/do/0/a", Name: "a", Kind: "set"}}},
		{Place: "/do/4/fail", Name: "fail", Kind: "raise"},
	}
	if diff := cmp.Diff(want, f.Tasks()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"confluence.getUser", "mail.send"}, f.Actions()); diff != "" {
		t.Error(diff)
	}
}

func TestEveryPatchOfTheDSLIsRead(t *testing.T) {
	t.Parallel()
	parsed(t, strings.Replace(head, "1.0.0", "1.0.3", 1)+task1)
}

func TestADurationIsReadInBothForms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"PT15M": 15 * time.Minute, "P1DT2H": 26 * time.Hour, "PT0.5S": 500 * time.Millisecond, "P2W": 14 * 24 * time.Hour, "PT0S": 0,
		"{days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5}": 26*time.Hour + 3*time.Minute + 4*time.Second + 5*time.Millisecond,
	} {
		if f := parsed(t, head+"do: [{a: {wait: "+text+"}}]"); f.tasks[0].wait != want {
			t.Errorf("%s is %v", text, f.tasks[0].wait)
		}
	}
}

// TestTheFilesThatOthersCheckAreAccepted keeps the files that the end-to-end tests hold against the specification's schema.
func TestTheFilesThatOthersCheckAreAccepted(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/accepted/*.yaml")
	if err != nil || len(names) < 10 {
		t.Fatalf("%v %v", names, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		parsed(t, string(text))
	}
	if text, err := os.ReadFile("testdata/accepted/full.yaml"); string(text) != full {
		t.Errorf("full.yaml is not the file of this test: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(full)
	f.Add(cutFile)
	for _, c := range flows {
		f.Add(head + c.file)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse([]byte(text), catalogue)
		var errs Errors
		if err != nil && (!errors.As(err, &errs) || len(errs) == 0 || len(errs) > maxErrors) {
			t.Errorf("got %v", err)
		}
		lines := strings.Count(text, "\n") + 2
		for _, e := range errs {
			if e.Line < 0 || e.Line > lines || e.Reason == "" {
				t.Errorf("got %+v", e)
			}
		}
		if err == nil {
			_ = file.Tasks()
		}
	})
}
