package dsl

import (
	"maps"
	"slices"
	"strings"
)

// How a function may be called: as gojq has it, as the prelude defines it, behind a check of its input (a name after a
// bar), or as a function of ours by another name.
const (
	free     = "free"
	defined  = "defined"
	followed = "followed" // its argument is a path, which is checked
)

// functions are those that an expression may call, and its formats. What is not here is refused.
var functions = func() map[string]string {
	all := map[string]string{
		"add/0": "_add", "flatten/0": "_flatten", "flatten/1": "_flatten", "join/1": "_join", "split/1": "_split",
		"contains/1": "_contains", "inside/1": "_inside", "indices/1": "_indices", "index/1": "_index_of", "rindex/1": "_rindex_of",
		"bsearch/1": "_bsearch", "transpose/0": "_transpose", "tonumber/0": "_tonumber", "fromjson/0": "_fromjson",
		"setpath/2": "_setpath", "getpath/1": followed, "delpaths/1": "_delpaths",
	}
	for how, names := range map[string]string{
		free: `empty/0 error/0 error/1 not/0 type/0 has/1 in/1 length/0 utf8bytelength/0 select/1 first/1 last/1 isempty/1
			limit/2 skip/2 nth/2 first/0 last/0 nth/1 range/1 range/2 range/3 path/1 toboolean/0
			startswith/1 endswith/1 ltrimstr/1 rtrimstr/1 trimstr/1 ltrim/0 rtrim/0 trim/0
			values/0 nulls/0 booleans/0 numbers/0 strings/0 arrays/0 objects/0 iterables/0 scalars/0
			infinite/0 nan/0 isinfinite/0 isnan/0 isnormal/0 isfinite/0 abs/0 floor/0 ceil/0 round/0 trunc/0 fabs/0 sqrt/0
			exp/0 exp2/0 exp10/0 log/0 log2/0 log10/0 pow/2 fmin/2 fmax/2 fmod/2
			gmtime/0 mktime/0 strptime/1 fromdate/0 fromdateiso8601/0 todate/0 todateiso8601/0`,
		"|_copied":  "keys/0 reverse/0 explode/0 implode/0 ascii_downcase/0 ascii_upcase/0 strftime/1",
		"|_encoded": "tojson/0 tostring/0 @text @json @html @uri @urid @csv @tsv @sh @base64 @base64d",
		"|_sorted":  "sort/0 unique/0 min/0 max/0",
		defined:     strings.Join(slices.Collect(maps.Keys(preludeNames)), " "),
	} {
		for _, name := range strings.Fields(names) {
			if !strings.HasPrefix(name, "_") {
				all[name] = how
			}
		}
	}
	return all
}()

// searching are the functions that take a regular expression first, with where they take its flags.
var searching = map[string]int{
	"test/1": 0, "test/2": 1, "match/1": 0, "match/2": 1, "capture/1": 0, "capture/2": 1, "scan/1": 0, "scan/2": 1,
	"split/2": 1, "splits/1": 0, "splits/2": 1, "sub/2": 0, "sub/3": 2, "gsub/2": 0, "gsub/3": 2,
}

// insteads tell what to use instead of a function that depends on more than the data.
var insteads = map[string]string{
	"now": "use $workflow.startedAt", "localtime": "use gmtime", "strflocaltime": "use strftime", "mktime": "",
	"env": "pass values as input", "input": "use $input", "inputs": "use $input",
}

func (g *guard) refuseFunction(name string, args int) {
	for other := range functions {
		if strings.HasPrefix(other, name+"/") {
			g.refuse(name, "%s does not take %d arguments", name, args)
			return
		}
	}
	instead := insteads[name]
	if instead != "" {
		instead = ": " + instead
	}
	g.refuse(name, "there is no function %s in a workflow%s", name, instead)
}

// prelude defines in jq what goes over the items of a value or calls itself. A function of one letter is a parameter or
// calls itself; each of its turns is counted.
const prelude = `
def map(f): [.[] | f];
def map_values(f): if type == "array" then [.[] | first(f)]
	elif type == "object" then [keys[] as $k | (.[$k] | first(f)) as $v | {($k): $v}] | add // {}
	else .[] end;
def recurse(f): def r: _turn | ., (f | r); r;
def recurse: recurse(.[]?);
def recurse(f; c): def r: _turn | ., (f | select(c) | r); r;
def while(c; f): def r: _turn | if c then ., (f | r) else empty end; r;
def until(c; f): def r: _turn | if c then . else (f | r) end; r;
def repeat(f): def r: _turn | f, r; r;
def walk(f): def r: _turn | if type == "array" then map(r) elif type == "object" then map_values(r) else . end | f; r;
def to_entries: [keys[] as $k | {key: $k, value: .[$k]}];
def from_entries: [.[] | {((.key // .k // .name // .Name // .Key // .K) | if type == "string" then . else tojson end):
	(if has("value") then .value elif has("v") then .v else .Value end)}] | add // {};
def with_entries(f): to_entries | map(f) | from_entries;
def add(f): [f] | add;
def any(s; f): isempty(first(s | f | select(.))) | not;
def any(f): any(.[]; f);
def any: any(.[]; .);
def all(s; f): isempty(first(s | f | select(. | not)));
def all(f): all(.[]; f);
def all: all(.[]; .);
def min_by(f): _min_by_keys(map([f]));
def max_by(f): _max_by_keys(map([f]));
def sort_by(f): _sort_by_keys(map([f]));
def group_by(f): _group_by_keys(map([f]));
def unique_by(f): _unique_by_keys(map([f]));
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def del(f): delpaths([path(f)]);
def pick(f): . as $v | reduce path(f) as $p (null; setpath($p; $v | getpath($p)));
def _set(p; $v): reduce path(p) as $q (.; setpath($q; $v));
def _update(p; f): reduce path(p) as $q ([., []];
		.[0] as $x | .[1] as $d | [$x | getpath($q) | first(f)] as $r
		| if ($r | length) == 0 then [$x, $d + [$q]] else [($x | setpath($q; $r[0])), $d] end)
	| .[1] as $d | .[0] | delpaths($d);
def match(re): _found(re; null)[];
def match(re; $flags): _found(re; $flags)[];
def test(re): _tested(re; null);
def test(re; $flags): _tested(re; $flags);
def _named: [.captures[] | select(.name != null) | {(.name): .string}] | add // {};
def capture(re): match(re) | _named;
def capture(re; $flags): match(re; $flags) | _named;
def _scanned: if (.captures | length) > 0 then [.captures[].string] else .string end;
def scan(re): match(re; "g") | _scanned;
def scan(re; $flags): match(re; _flags($flags)) | _scanned;
def _parts(re; $flags): . as $s | foreach (match(re; $flags), null) as $m ([0, 0, null];
	if $m == null then [.[1], null, null] else [.[1], $m.offset + $m.length, $m.offset] end;
	. as $at | $s | .[$at[0]:$at[2]]);
def splits(re): _parts(re; "g");
def splits(re; $flags): _parts(re; _flags($flags));
def split(re; $flags): [_parts(re; _flags($flags))];
def _replaced(re; f; $flags): . as $s | [_found(re; $flags)[]] as $all
	| [_parts(re; $flags)] as $parts
	| [$parts[0], ($all | to_entries[] | (.value | _named | f), $parts[.key + 1])] | add;
def sub(re; f): _replaced(re; f; null);
def sub(re; f; $flags): _replaced(re; f; $flags);
def gsub(re; f): _replaced(re; f; "g");
def gsub(re; f; $flags): _replaced(re; f; _flags($flags));
def IN(s): . as $x | any(s; . == $x);
def IN(src; s): any(src; IN(s));
def INDEX(f): [.[] | {(f | tostring): .}] | add // {};
def INDEX(s; f): [s | {(f | tostring): .}] | add // {};
`
