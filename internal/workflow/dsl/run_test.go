package dsl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestARunGivesWhatItsTasksGive(t *testing.T) {
	t.Parallel()
	for _, c := range flows {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			got, err := run(t, head+c.file, c.input, nil)
			if c.fails != "" {
				var f *Failure
				if !errors.As(err, &f) {
					t.Fatalf("got %v, %v", got, err)
				}
				if s := fmt.Sprintf("%s %d at %s: %s", strings.TrimPrefix(f.Type, errorsBase), f.Status, f.Instance, f.Detail); !strings.Contains(s, c.fails) {
					t.Errorf("got  %s\nwant %s", s, c.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fromText(t, c.output), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

var flows = []struct{ what, file, input, output, fails string }{
	{"set makes the output", `do: [{a: {set: {x: 1, y: "${ .in + 1 }", z: [true, null, "${ .in }"]}}}]`, `{"in": 2}`, `{"x": 1, "y": 3, "z": [true, null, 2]}`, ""},
	{"each task gets what the one before gave", `do: [{a: {set: {x: 1}}}, {b: {set: {y: "${ .x + 1 }"}}}, {c: {set: {z: "${ .y + 1 }"}}}]`, `null`, `{"z": 3}`, ""},
	{"a list can be collected in turns", `do:
  - red: {set: {colors: '${ .colors + ["red"] }'}}
  - green: {set: {colors: '${ .colors + ["green"] }'}}`, `{}`, `{"colors": ["red", "green"]}`, ""},
	{"then goes to a task of the list, and end ends", `do:
  - a: {set: {s: '${ [.s[], "a"] }'}, then: c}
  - b: {set: {s: '${ [.s[], "b"] }'}, then: end}
  - c: {set: {s: '${ [.s[], "c"] }'}, then: b}`, `{"s": []}`, `{"s": ["a", "c", "b"]}`, ""},
	{"exit leaves the list, end the workflow", `do:
  - inner: {do: [{a: {set: {n: 1}, then: exit}}, {b: {set: {n: 2}}}]}
  - add: {set: {n: "${ .n + 10 }"}}
  - deep: {do: [{c: {do: [{d: {set: {n: "${ .n + 100 }"}, then: end}}]}}]}
  - never: {set: {n: 0}}`, `null`, `{"n": 111}`, ""},
	{"a task whose condition does not hold gives its input on", `do: [{a: {if: '${ .go }', set: {x: 1}, then: end}}, {b: {set: {y: "${ .go }"}}}]`, `{"go": false}`, `{"y": false}`, ""},
	{"input.from chooses, output.as shapes, export.as keeps", `do:
  - a: {input: {from: .user.name}, set: {name: "${ . }", also: "${ $input }"}, output: {as: '{n: .name}'}, export: {as: '{kept: $output.n}'}}
  - b: {set: {n: "${ .n }", kept: "${ $context.kept }"}}`, `{"user": {"name": "Ada"}}`, `{"n": "Ada", "kept": "Ada"}`, ""},
	{"input.from and output.as may be objects", `input: {from: {n: "${ .a }"}}
do: [{a: {set: {m: "${ .n }"}}}]
output: {as: {result: "${ .m + 1 }"}}`, `{"a": 1}`, `{"result": 2}`, ""},
	{
		"$workflow tells of the run", `do: [{a: {set: {id: "${ $workflow.id }", at: "${ $workflow.startedAt.iso8601 }", s: "${ $workflow.startedAt.epoch.seconds }",
  n: "${ $workflow.definition.document.name }", in: "${ $workflow.input.x }", task: "${ $task.name + $task.reference }", by: "${ $runtime.name }"}}}]`, `{"x": 5}`,
		`{"id": "1", "at": "2023-11-14T22:13:20.000Z", "s": 1700000000, "n": "test", "in": 5, "task": "a/do/0/a", "by": "roster"}`, "",
	},
	{"switch goes where its first case leads", `do:
  - which: {switch: [{red: {when: '.color == "red"', then: setRed}}, {other: {then: setOther}}]}
  - setRed: {set: {is: red}, then: end}
  - setOther: {set: {is: '${ "not " + .color }'}}`, `{"color": "blue"}`, `{"is": "not blue"}`, ""},
	{"switch without a case that holds goes on as the task says", `do: [{which: {switch: [{red: {when: .red, then: a}}], then: end}}, {a: {set: {is: red}}}]`, `{"x": 1}`, `{"x": 1}`, ""},
	{
		"for goes through a list", `do:
  - loop: {for: {each: color, in: .colors}, do: [{mark: {set: {processed: '${ {colors: (.processed.colors + [$color]), indexes: (.processed.indexes + [$index])} }'}}}]}`,
		`{"colors": ["red", "green"]}`, `{"processed": {"colors": ["red", "green"], "indexes": [0, 1]}}`, "",
	},
	{"while ends a for", `do: [{loop: {for: {in: "${ [1, 2, 3, 4] }", at: i}, while: .sum < 3, do: [{add: {set: {sum: "${ .sum + $item }"}}}]}}]`, `{"sum": 0}`, `{"sum": 3}`, ""},
	{"for over nothing gives its input", `do: [{loop: {for: {in: .none}, do: [{a: {set: {x: 1}}}]}}]`, `{"none": []}`, `{"none": []}`, ""},
	{"for wants a list", `do: [{loop: {for: {in: .none}, do: [{a: {set: {x: 1}}}]}}]`, `{}`, ``, "expression 400 at /do/0/loop: loop has no list"},
	{"loops can be nested", `do: [{a: {for: {each: x, in: "[1, 2]"}, do: [{b: {for: {each: y, in: "[3, 4]"}, do: [{c: {set: {s: "${ [.s[], $x * $y] }"}}}]}}]}}]`, `{"s": []}`, `{"s": [3, 4, 6, 8]}`, ""},
	{"raise fails the run", `do: [{a: {raise: {error: {type: https://example.org/no, status: 418, title: No, detail: '${ "not " + .x }'}}}}]`, `{"x": "tea"}`, ``, "https://example.org/no 418 at /do/0/a: not tea"},
	{
		"try catches what is raised", `do: [{t: {try: [{a: {raise: {error: {type: https://example.org/no, status: 418}}}}], catch: {errors: {with: {status: 418}}, as: err, do: [{b: {set: {got: "${ $err }"}}}]}}}]`,
		`null`, `{"got": {"type": "https://example.org/no", "status": 418, "instance": "/do/0/t/try/0/a"}}`, "",
	},
	{"try does not catch another failure", `do: [{t: {try: [{a: {raise: {error: {type: https://example.org/no, status: 418}}}}], catch: {errors: {with: {status: 419}}}}}]`, `null`, ``, "418 at /do/0/t/try/0/a"},
	{"when and exceptWhen choose what is caught", `do:
  - t: {try: [{a: {raise: {error: {type: 'x://y', status: 1}}}}], catch: {when: $error.status == 1, exceptWhen: .never}}
  - u: {try: [{a: {raise: {error: {type: 'x://y', status: 2}}}}], catch: {when: $error.status == 1}}`, `{}`, ``, "x://y 2 at /do/1/u/try/0/a"},
	{"what is caught without anything to do is forgotten", `do: [{t: {try: [{a: {raise: {error: {type: 'x://y', status: 1}}}}], catch: {}}}, {b: {set: {ok: "${ .x }"}}}]`, `{"x": 1}`, `{"ok": 1}`, ""},
	{"an expression that fails can be caught", `do: [{t: {try: [{a: {set: {x: "${ .a.b.c }"}}}], catch: {errors: {with: {type: https://serverlessworkflow.io/spec/1.0.0/errors/expression}}, do: [{b: {set: {caught: true}}}]}}}]`, `{"a": 1}`, `{"caught": true}`, ""},
	{"an expression gives one value", `do: [{a: {set: {x: "${ 1, 2 }"}}}]`, `null`, ``, "expression 400 at /do/0/a: an expression gives one value"},
	{"an expression that gives none gives null", `do: [{a: {set: {x: "${ empty }"}}}]`, `null`, `{"x": null}`, ""},
	{"input.schema of a task is kept", `do: [{a: {input: {schema: {document: {type: object, required: [x]}}}, set: {y: 1}}}]`, `{}`, ``, "validation 400 at /do/0/a: the input: missing property 'x'"},
	{"user data is no expression", `do: [{a: {set: {x: "${ .evil }"}}}, {b: {set: {x: "${ .x }"}}}]`, `{"evil": "${ 1 + 1 }"}`, `{"x": "${ 1 + 1 }"}`, ""},
	{"secrets are there by name", `use: {secrets: [token]}
do: [{a: {set: {x: '${ "Bearer " + $secrets.token }'}}}]`, `null`, `{"x": "Bearer the token"}`, ""},
	{"big numbers keep their digits", `do: [{a: {set: {x: "${ .n }", y: 12345678901234567890123}}}]`, `{"n": 123456789012345678901234567890}`, `{"x": 123456789012345678901234567890, "y": 1.2345678901234568e+22}`, ""},
	{"a loop by then ends", `do: [{a: {set: {x: 1}, then: a}}]`, `null`, ``, "runtime 500 at /do/0/a@10001: the run was stopped after 10000 tasks"},
	{"nothing catches the end of a run that is too long", `do: [{t: {try: [{a: {set: {x: 1}, then: a}}], catch: {}}}]`, `null`, ``, "stopped after 10000 tasks"},
	{"data cannot grow without end", `do: [{a: {set: {x: "${ [.x, .x] }"}, then: a}}]`, `{"x": "0123456789"}`, ``, "a value is larger than 1024 KiB"},
	{"a retry that is in vain fails", `do: [{t: {try: [{a: {raise: {error: {type: 'x://y', status: 1}}}}], catch: {retry: {delay: PT1S, limit: {attempt: {count: 2}}}}}}]`, `null`, ``, "x://y 1 at /do/0/t/try#3/0/a"},
	{"a wait that takes longer than its task fails", `do: [{t: {timeout: {after: PT1M}, do: [{t: {try: [{w: {wait: PT50S}}, {v: {wait: PT50S}}], catch: {}}}]}}]`, `null`, ``, "timeout 408 at /do/0/t: t took longer than 1m0s"},
	{"a timeout can be caught around its task", `do: [{o: {try: [{t: {timeout: {after: PT1M}, do: [{w: {wait: {hours: 1}}}]}}], catch: {errors: {with: {status: 408}}, do: [{b: {set: {late: "${ $error.instance }"}}}]}}}]`, `null`, `{"late": "/do/0/o/try/0/t"}`, ""},
}

func TestARetryCallsAgainAndWaitsLongerEachTime(t *testing.T) {
	t.Parallel()
	host := &fake{answer: func(_ context.Context, c Call) (any, error) {
		if c.Attempt < 4 {
			return nil, &Failure{Type: CommunicationError, Status: 503}
		}
		return map[string]any{"displayName": c.With["accountId"]}, nil
	}}
	got, err := run(t, head+`do:
  - t:
      try: [{get: {call: confluence.getUser, with: {accountId: "${ .id }"}}}]
      catch:
        errors: {with: {status: 503}}
        retry: {delay: {seconds: 3}, backoff: {exponential: {}}, limit: {attempt: {count: 5}}}`, `{"id": "a"}`, host)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"displayName": "a"}, got); diff != "" || host.waits != 21*time.Second {
		t.Errorf("it waited %v: %s", host.waits, diff)
	}
	want := []string{
		"call confluence.getUser /do/0/t/try/0/get", "wait /do/0/t/retry#1", "call confluence.getUser /do/0/t/try#2/0/get", "wait /do/0/t/retry#2",
		"call confluence.getUser /do/0/t/try#3/0/get", "wait /do/0/t/retry#3", "call confluence.getUser /do/0/t/try#4/0/get",
	}
	if diff := cmp.Diff(want, host.asked); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"/do/0/t t try done"}, host.done); diff != "" {
		t.Error(diff)
	}
}

func TestACallHasItsArgumentsAndItsDelivery(t *testing.T) {
	t.Parallel()
	host := &fake{}
	_, err := run(t, `document: {dsl: '1.0.0', namespace: test, name: test, version: '0.1.0', metadata: {delivery: at_most_once}}
do:
  - each: {for: {in: .to}, do: [{send: {call: mail.send, with: {to: "${ $item }", subject: Hi}}}]}
  - last: {call: mail.send, with: {to: x}, metadata: {delivery: at_least_once, other: 1}}`, `{"to": ["a", "b"]}`, host)
	if err != nil {
		t.Fatal(err)
	}
	want := []Call{
		{"/do/0/each[0]/do/0/send", "send", "mail.send", map[string]any{"to": "a", "subject": "Hi"}, 1, "at_most_once"},
		{"/do/0/each[1]/do/0/send", "send", "mail.send", map[string]any{"to": "b", "subject": "Hi"}, 1, "at_most_once"},
		{"/do/1/last", "last", "mail.send", map[string]any{"to": "x"}, 1, "at_least_once"},
	}
	if diff := cmp.Diff(want, host.calls); diff != "" {
		t.Error(diff)
	}
}

func TestACallThatTakesTooLongFailsAndSaysSoAgainWhenTheRunGoesOn(t *testing.T) {
	t.Parallel()
	const file = head + `do:
  - t: {timeout: {after: {milliseconds: 1}}, do: [{inner: {try: [{get: {call: roster.listTokens}}], catch: {do: [{never: {set: {wrong: true}}}]}}}]}`
	host := &fake{answer: func(ctx context.Context, _ Call) (any, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}}
	for range 2 {
		_, err := run(t, file, `null`, host)
		var f *Failure
		if !errors.As(err, &f) || f.Type != TimeoutError || f.Instance != "/do/0/t" {
			t.Errorf("got %v", err)
		}
	}
}

func TestAnErrorOfTheHostEndsTheRunAndIsNotCaught(t *testing.T) {
	t.Parallel()
	host := &fake{answer: func(context.Context, Call) (any, error) { return nil, errCut }}
	if _, err := run(t, head+`do: [{t: {try: [{get: {call: roster.listTokens}}], catch: {}}}]`, `null`, host); !errors.Is(err, errCut) {
		t.Errorf("got %v", err)
	}
}

func TestARunThatAnEventBeganHasIt(t *testing.T) {
	t.Parallel()
	f := parsed(t, head+`schedule: {on: {one: {with: {type: user.created}}}}
do: [{a: {set: {id: "${ $workflow.input[0].accountId }", to: "${ .to }"}}}]`)
	event := map[string]any{"accountId": "a"}
	got, err := f.Run(t.Context(), Run{Input: map[string]any{"to": "x"}, Trigger: event}, &fake{})
	if diff := cmp.Diff(map[string]any{"id": "a", "to": "x"}, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	got, err = f.Run(t.Context(), Run{Trigger: event}, &fake{})
	if err == nil {
		t.Errorf("the list has no member to: %v", got)
	}
}

// cutFile has a call, a wait or a retry wherever one can be.
const cutFile = head + `use: {secrets: [s]}
do:
  - first: {call: confluence.getUser, with: {accountId: "${ .id }"}, export: {as: '{n: .n}'}}
  - each:
      for: {each: x, in: "${ [range($context.n)] }"}
      do:
        - send:
            try: [{mail: {call: mail.send, with: {to: '${ "\($x)\($secrets.s)" }'}}}, {w: {wait: PT1S}}]
            catch:
              as: e
              retry: {delay: PT1S, jitter: {from: PT0S, to: PT9S}, backoff: {linear: {}}, limit: {attempt: {count: 2}}}
              do: [{note: {call: http, with: {endpoint: 'https://example.org/', body: "${ $e }"}}}]
        - round: {if: "${ $x == 1 and ($context.again | not) }", do: [{again: {call: roster.listTokens, export: {as: '{n: $context.n, again: true}'}}}], then: send}
  - last: {call: mail.send, with: {to: "${ $context }", text: "${ . }"}}`

func TestARunThatWasCutGoesOnWithTheSameCallsToTheSameResult(t *testing.T) {
	t.Parallel()
	f := parsed(t, cutFile)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3).Draw(t, "n")
		fails := rapid.SliceOfN(rapid.Bool(), 40, 40).Draw(t, "fails")
		answer := func(_ context.Context, c Call) (any, error) {
			if c.Action == "confluence.getUser" {
				return map[string]any{"n": n}, nil
			}
			if c.Action == "mail.send" && c.Task == "mail" && fails[(len(c.Place)*7+c.Attempt)%40] {
				return nil, &Failure{Type: CommunicationError, Status: 503, Title: "no"}
			}
			return map[string]any{"of": c.Place, "number": 1.5, "big": 12345678901}, nil
		}
		whole := &fake{answer: answer}
		begin := Run{ID: "r", Input: map[string]any{"id": "a"}}
		want, wantErr := f.Run(context.Background(), begin, whole)
		host := &fake{answer: answer, cutAt: 1}
		for range 200 {
			host.asked, host.done = nil, nil
			got, err := f.Run(context.Background(), begin, host)
			if errors.Is(err, errCut) {
				host.cutAt += rapid.IntRange(1, 4).Draw(t, "further")
				continue
			}
			if diff := cmp.Diff(want, got); diff != "" || fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Fatalf("%v, %v: %s", wantErr, err, diff)
			}
			if diff := cmp.Diff(whole.asked, host.asked) + cmp.Diff(whole.calls, host.calls) + cmp.Diff(whole.done, host.done); diff != "" {
				t.Fatal(diff)
			}
			if len(whole.journal) != len(slices.Collect(maps.Keys(host.journal))) {
				t.Fatal("there are other places")
			}
			return
		}
		t.Fatal("it does not come to an end")
	})
}

func TestAnInputIsFilledAndEachWrongFieldIsNamed(t *testing.T) {
	t.Parallel()
	f := parsed(t, head+`input:
  schema:
    format: json
    document:
      type: object
      required: [accountId, to]
      additionalProperties: false
      properties:
        to: {type: string, format: email, title: To}
        accountId: {type: string, minLength: 1}
        format: {enum: [text, html], default: html}
        more: {type: object, properties: {depth: {type: integer, default: 3}}}
do: [{a: {set: {x: 1}}}]`)
	if want := `{"type":"object","required":["accountId","to"],"additionalProperties":false,"properties":{"to":{"type":"string","format":"email","title":"To"}`; !strings.HasPrefix(string(f.Input), want) || !json.Valid(f.Input) {
		t.Errorf("the form gets %s", f.Input)
	}
	input := map[string]any{"accountId": "a", "to": "ada@example.org", "more": map[string]any{}}
	if err := f.CheckInput(input); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"accountId": "a", "to": "ada@example.org", "format": "html", "more": map[string]any{"depth": 3}}
	if diff := cmp.Diff(want, input); diff != "" {
		t.Error(diff)
	}
	for field, wrong := range map[string]map[string]any{
		"missing property 'accountId'": {"to": "ada@example.org"}, "to: ": {"accountId": "a", "to": "nobody"}, "format: ": {"accountId": "a", "to": "a@b.c", "format": "pdf"},
		"more.depth: ": {"accountId": "a", "to": "a@b.c", "more": map[string]any{"depth": "x"}}, "'evil'": {"accountId": "a", "to": "a@b.c", "evil": 1},
	} {
		var failure *Failure
		if err := f.CheckInput(wrong); !errors.As(err, &failure) || failure.Type != ValidationError || !strings.Contains(failure.Detail, field) {
			t.Errorf("%v: got %v, want %s", wrong, err, field)
		}
	}
}
