package dsl

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/itchyny/gojq"
)

// evaluated evaluates an expression over a text of JSON.
func evaluated(t *testing.T, text, in string) (any, error) {
	t.Helper()
	e, err := compile(text, []string{"$x"})
	if err != nil {
		return nil, err
	}
	return e.evaluate(t.Context(), fromText(t, in), []any{nil})
}

func fromText(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	v, err := copyOf(v, maxData)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const people = `{"people": [{"name": "Ada", "born": 1815, "tags": ["math", "poetry"]},
	{"name": "Grace", "born": 1906, "tags": ["navy"]}, {"name": "Blaise", "born": 1623, "tags": []}],
	"nested": {"a": {"b": [1, [2, [3, null]]]}}, "text": "one, two;three", "big": 123456789012345678901234567890}`

func TestAnExpressionGivesWhatJqGives(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`.`, `.people[0].name`, `.people[] | select(.born > 1900) | .name`, `[.people[].name]`, `.people | map(.born) | add`,
		`[.people[] | {name, n: (.tags | length)}]`, `.people | sort_by(.born) | map(.name)`, `.people | group_by(.tags | length)`,
		`.people | min_by(.born), max_by(.born) | .name`, `.people | unique_by(.tags == [])`, `[.. | numbers]`, `[paths]`,
		`[paths(type == "number")]`, `.people | map(select(.tags | any(. == "navy")))`, `[.people[] | .tags | all]`,
		`.nested | walk(if type == "number" then . + 1 else . end)`, `.nested.a.b | flatten`, `.nested.a.b | flatten(1)`,
		`to_entries`, `with_entries(.value |= type)`, `.people | map({key: .name, value: .born}) | from_entries`,
		`.nested.a.b[0] = 7`, `.nested.a.b[5] = 1`, `.people[].born += 1`, `.people |= map(.name)`, `.nope //= 3`, `.people[0].tags[1:] = ["x"]`,
		`del(.people[0], .nested)`, `del(.people[0, 2])`, `del(.people[] | select(.born < 1900))`, `(.people[] | select(.born < 1900)) |= empty`,
		`map_values(type)`, `.people | map_values(.born)`, `pick(.people[1].name)`, `.text | split(", ")`, `.text / ", "`, `.text * 2`,
		`.text | split("[,;] ?"; null)`, `.text | [scan("[a-z]+")]`, `.text | gsub("[aeiou]"; "_")`, `.text | sub("(?<w>t\\w+)"; "<\(.w)>")`,
		`.text | test("TWO"; "i")`, `.text | [match("t(h|w)"; "g") | .offset]`, `.text | capture("(?<first>\\w+)")`, `[.text | splits(", |;")]`,
		`"\(.people[0].name) was born in \(.people[0].born)"`, `@html "<b>\(.people[0].tags)</b>"`, `.people[0].tags | @csv, @sh, @json`,
		`.text | @uri, @base64, (@base64 | @base64d)`, `[limit(3; repeat(1))]`, `[range(5)], [range(2; 9; 3)]`, `[1 | while(. < 20; . * 2)]`,
		`1 | until(. > 100; . * 3)`, `reduce .people[] as $p (0; . + $p.born)`, `[foreach .people[] as $p (0; . + 1; [., $p.name])]`,
		`.people as [$a, {name: $n}] | [$a.name, $n]`, `.big + 1`, `.big`, `[.big, 1, 2.5, 1e3]`, `.people | contains([{name: "Ad"}])`,
		`.people[0].tags | index("poetry"), inside(["math", "poetry", "x"])`, `.people[0].tags - ["math"]`, `{"a": {"b": 1}} * {"a": {"c": 2}}`,
		`try error("no") catch .`, `.people[0].name?`, `[.text[]?]`, `[.[]?]`, `[.people[0][]]`, `first(.people[].name)`, `[.people[] | .tags[]]`,
		`if .nope then 1 elif .text then 2 else 3 end`, `label $out | .people[] | if .born > 1900 then ., break $out else empty end`,
		`1425599621 | todate`, `"2015-03-05T23:51:47Z" | fromdate`, `1425599621 | gmtime | mktime`, `1425599621 | strftime("%d.%m.%Y")`,
		`[splits("a")?]`, `[[1, 2], [3]] | transpose`, `.people[1:] | length`, `.text[4:7]`, `.people | INDEX(.name) | keys`,
		`.people[].name | IN("Ada", "Grace")`, `[.people[] | .name | ascii_downcase | ltrimstr("a") | explode | implode]`, `"x" as $y | $y + "z"`,
		`getpath(["nested", "a", "b", 1, 0])`, `[getpath(["people", 0, "name"], ["nope", "x"])]`, `setpath(["a", 0]; 1).a`, `.["text"]`, `."text"`,
		`.[("te" + "xt")]`, `{("k" + "1"): 1}`, `{"a\(1)": 2}`, `[.people[].tags | join("-")]`, `{text}`, `-(.people[0].born)`, `[1, 2] | tojson | fromjson`,
		`"12" | tonumber`, `[.people[] | .name] | sort | reverse | first, last`, `walk(.)`, `[recurse(if type == "array" then .[] else empty end; true)] | length`,
		`add(.people[].born)`, `.people | any(.born > 1900)`, `isempty(.people[])`, `.text | ltrimstr("one"), endswith("three")`,
		`[.people[] | (.name, .born) | tostring]`, `[.people[].tags[0] // "none"]`, `nan | isnan`, `[nan] | sort`, `"\(1 + 2) and \("x" * 2)"`,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := evaluated(t, "["+text+"]", people)
			if err != nil {
				t.Fatal(err)
			}
			q, err := gojq.Parse("[" + text + "]")
			if err != nil {
				t.Fatal(err)
			}
			want, _ := q.Run(fromText(t, people)).Next()
			want, err = copyOf(want, maxData)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("not as jq has it (-want +got):\n%s", diff)
			}
		})
	}
}

// bombs are expressions that want more than there is.
var bombs = []string{
	`[range(1e12)]`, `"x" * 1e9`, `1e9 * "x"`, `[limit(1e9; repeat(1))]`, `reduce range(100) as $i ("x"; . + .)`,
	`reduce range(100) as $i ([1]; . + .)`, `reduce range(64) as $i ([1]; [., .])`, `reduce range(64) as $i ([1]; [., .]) | tojson`,
	`reduce range(64) as $i ([1]; [., .]) | flatten`, `reduce range(64) as $i (1; [., .]) | . == .`,
	`reduce range(64) as $i (1; [., .]) as $a | $a | contains($a)`, `reduce range(64) as $i (1; {a: ., b: .}) | @json`,
	`reduce range(64) as $i (1; {a: ., b: .}) | . * .`, `reduce range(64) as $i (1; [., .]) | [., .] | sort`,
	`[range(60000)] as $a | [recurse($a[])]`, `[range(60000)] as $a | last(repeat($a[]))`, `.[536870910] = 1`,
	`setpath([536870910]; 1)`, `[range(1000) | [] | .[100000] = 1]`,
	`[[range(30000)]] + [range(30000) | []] | transpose`, `[range(1000)] | combinations`, `1 | until(false; .)`, `1 | [while(true; . + 1)]`,
	`[range(100000) | tostring * 100] | join("xxxxxxxxxxxxxxxxxxxxxxxx")`, `reduce range(1000) as $i (10; . * .)`,
	`"9" * 100000 | tonumber`, `("[" * 100000) | fromjson`, `[range(100000)] | map([range(100)])`, `"x" * 1000000 | [match(""; "g")]`,
	`"a" * 60000 | [scan("a.*b|a")]`, `"x" * 1000000 | explode | map([.])`, `"ab" * 500000 | split("")`, `"ab" * 500000 / ""`,
	`[range(50000)] | . - .`, `[range(50000)] | indices([49999])| length as $l | [range(50000)] | indices([range(25000)])`,
	`reduce range(100) as $i ("x"; "\(.)\(.)")`, `reduce range(100) as $i ("x"; @base64)`,
	`reduce range(100) as $i ("x"; [.] | tojson | tojson)`, `[range(100000)] | .[] += 1`, `def f: f; f`, `def f: 1 + f; f`, `[repeat(.)]`,
	`reduce range(1000000) as $i (null; [.])`, `reduce range(900) as $i (null; [.])`, `[..] | .. | .. | ..`, `[range(1e6)] | sort_by(.)`,
	`try ("x" * 1e9) catch "caught" | repeat(1)`, `[range(1000000) | "x" * 100000]`, `last(range(infinite))`, `[splits("x")]`,
	`"x" * 100000 | gsub("x"; "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")`, `reduce range(30) as $i ([0]; . + . | map(. + 1))`,
	`[range(20000)] | [.[] as $a | .[] as $b | .[] as $c | 1]`, `[limit(100000; repeat([range(1000)]))]`, `{} | until(false; .a = .)`,
	`[range(100000) | {a: ., b: ., c: ., d: ., e: ., f: ., g: ., h: .}]`, `input`, `[inputs]`, `reduce range(64) as $i (1; [., .]) | error`,
	`error(reduce range(64) as $i (1; [., .]))`, `reduce range(64) as $i (1; [., .]) | .foo`, `reduce range(64) as $i (1; [., .]) | {(.): 1}`,
	`reduce range(64) as $i (1; [., .]) | del(..)`, `reduce range(64) as $i (1; [., .]) | min_by(.)`, `reduce range(64) as $i (1; [., .]) | index(1)`,
	`[range(60000)] | .[[range(30000)]]`, `reduce range(64) as $i (1; [., .]) | getpath([.])`, `"\(1e9 * "x")"`,
}

func TestABombEndsWithAClearFailureAndLittleMemory(t *testing.T) { //nolint:paralleltest // It measures.
	for _, text := range bombs {
		t.Run(text, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			began := time.Now()
			_, err := evaluated(t, text, `null`)
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			var f *Failure
			var r *refusal
			if !errors.As(err, &f) && !errors.As(err, &r) {
				t.Fatalf("it is not stopped: %v", err)
			}
			if len(err.Error()) > 1000 {
				t.Errorf("the error is %d long", len(err.Error()))
			}
			if took > 30*time.Second {
				t.Errorf("it took %v", took)
			}
			if grew := int64(after.TotalAlloc-before.TotalAlloc) >> 20; grew > 400 {
				t.Errorf("it took %d MiB", grew)
			}
			t.Logf("%v, %d MiB: %v", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, err)
		})
	}
}

func TestAnExpressionThatDependsOnMoreThanItsDataIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`now`: "there is no function now in a workflow: use $workflow.startedAt", `env.PATH`: "pass values as input", `$ENV.PATH`: "$ENV is not",
		`localtime`: "use gmtime", `input`: "use $input", `debug`: "no function debug", `halt`: "no function halt", `"a" | halt_error`: "halt_error",
		`$__loc__`: "$__loc__", `$__prog_args`: "$__prog_args", `builtins`: "builtins", `import "a" as a; .`: "import", `include "a"; .`: "import", `input_line_number`: "input_line_number",
		`"m" | modulemeta`: "modulemeta", `get_search_list`: "get_search_list", `ltrimstr`: "does not take 0 arguments", `@nope`: "there is no @nope",
		`def f: f; f`: "cannot define functions", `_plus(1; 2)`: "no function _plus", `$nope`: "there is no $nope here", `. as $secrets | 1`: "another value",
		`. as $x | test($x)`: "must be plain strings", `test("(")`: "cannot be read", `test("a{900}b{900}c{900}")`: "too large", `$secrets`: "must be named",
		`$secrets | keys`: "must be named", `. as {a: $__value} | 1`: "", `test("a"; "q")`: "no flag", `$__value`: "$__value is not available", `"\(now)"`: "no function now",
		`.[now]`: "no function now", `{(now): 1}`: "no function now", `{a: now}`: "no function now", `. as [$a] | reduce now as $x (1; .)`: "no function now",
		`.a[now:]`: "no function now", `try now`: "no function now", `if now then 1 else 2 end`: "no function now", `-now`: "no function now", `"x" | sub("a"; now)`: "no function now",
		`.a |= now`: "no function now", `.a += now`: "no function now", `. as {(now): $a} | 1`: "no function now", `getpath(now)`: "no function now", `{"a\(now)": 1}`: "no function now",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := compile(text, nil)
			if err == nil && want == "" {
				return
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

func TestAnExpressionStopsWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	e, err := compile(`last(range(1e9))`, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.evaluate(ctx, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnExpressionIsEvaluatedByManyAtOnce(t *testing.T) {
	t.Parallel()
	e, err := compile(`{a: {b: [1, {c: 2}]}, d: 1} | del(.d) | .a.b[1].c += $x | .a |= with_entries(.value |= map(.))`, []string{"$x"})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 200 {
				got, err := e.evaluate(t.Context(), nil, []any{i})
				want := map[string]any{"a": map[string]any{"b": []any{1, map[string]any{"c": 2 + i}}}}
				if diff := cmp.Diff(want, got); err != nil || diff != "" {
					t.Errorf("%v %s", err, diff)
					return
				}
			}
		})
	}
	all.Wait()
}

func FuzzExpression(f *testing.F) {
	for _, b := range bombs[:10] {
		f.Add(b)
	}
	f.Add(`.people | map(select(.born > 1900))`)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := compile(text, nil)
		if err != nil {
			return
		}
		began := time.Now()
		first, err1 := e.evaluate(t.Context(), fromText(t, people), nil)
		second, err2 := e.evaluate(t.Context(), fromText(t, people), nil)
		if took := time.Since(began); took > 60*time.Second {
			t.Errorf("it took %v", took)
		}
		if diff := cmp.Diff(first, second); diff != "" || (err1 == nil) != (err2 == nil) {
			t.Errorf("twice is not the same: %v, %v, %s", err1, err2, diff)
		}
	})
}
