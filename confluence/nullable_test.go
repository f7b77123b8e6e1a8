package confluence

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type nullableSample struct {
	Kept    Nullable[string] `json:"kept"`
	Omitted Nullable[string] `json:"omitted,omitzero"`
}

func TestNullableKeepsItsThreeStatesThroughJSON(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in   nullableSample
		json string
		back nullableSample
	}{
		"absent": {nullableSample{}, `{"kept":null}`, nullableSample{Kept: Null[string]()}},
		"null":   {nullableSample{Null[string](), Null[string]()}, `{"kept":null,"omitted":null}`, nullableSample{Null[string](), Null[string]()}},
		"value":  {nullableSample{Value("UTC"), Value("")}, `{"kept":"UTC","omitted":""}`, nullableSample{Value("UTC"), Value("")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(test.in)
			if err != nil || string(got) != test.json {
				t.Fatalf("got %s, %v; want %s", got, err, test.json)
			}
			var back nullableSample
			if err := json.Unmarshal(got, &back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.back, back); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNullableLeavesHTMLToTheOuterEncoder(t *testing.T) {
	t.Parallel()
	in := struct {
		V Nullable[Nullable[map[string]string]] `json:"v"`
	}{Value(Value(map[string]string{"a": "<&>"}))}
	for escape, want := range map[bool]string{
		false: `{"v":{"a":"<&>"}}`,
		true:  `{"v":{"a":"\u003c\u0026\u003e"}}`,
	} {
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(escape)
		if err := encoder.Encode(in); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != want+"\n" {
			t.Errorf("escape %v: got %s, want %s", escape, got, want)
		}
	}
}

func TestNullableTellsItsState(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		n                    Nullable[int]
		zero, null, hasValue bool
	}{
		"absent": {Nullable[int]{}, true, false, false},
		"null":   {Null[int](), false, true, false},
		"value":  {Value(0), false, false, true},
	} {
		_, has := test.n.Get()
		if test.n.IsZero() != test.zero || test.n.IsNull() != test.null || has != test.hasValue {
			t.Errorf("%s: IsZero %v, IsNull %v, value %v", name, test.n.IsZero(), test.n.IsNull(), has)
		}
	}
}

func TestNullableRefusesAValueOfAnotherKind(t *testing.T) {
	t.Parallel()
	n := Value("kept")
	if err := json.Unmarshal([]byte(`7`), &n); err == nil {
		t.Error("a number was read as a string")
	}
	if v, _ := n.Get(); v != "kept" {
		t.Errorf("a failed read changed the value to %q", v)
	}
}

func TestNullableCannotBeChangedThroughGet(t *testing.T) {
	t.Parallel()
	n := Value(Icon{Path: "/a"})
	icon, _ := n.Get()
	icon.Path = "/b"
	if !n.Equal(Value(Icon{Path: "/a"})) {
		t.Error("changing what Get returned changed the Nullable")
	}
}
