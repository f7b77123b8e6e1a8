package jsonbody_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/jsonbody"
)

type order struct {
	Name  string   `json:"name" required:"true"`
	Items []string `json:"items" minItems:"1" maxItems:"2"`
	Count int      `json:"count"`
}

func read(t *testing.T, body string, closed bool) (order, error) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	var in order
	err := jsonbody.Read(r, reflect.ValueOf(&in).Elem(), closed)
	return in, err
}

func TestWhatIsWrongWithAMemberIsNamedByItsPointer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ body, says string }{
		{`{}`, "/name is required."},
		{`{"name":null}`, "/name is required."},
		{`{"name":1}`, "/name is not of the right type."},
		{`{"name":"x","items":[]}`, "/items has 0 items, not 1 to 2."},
		{`{"name":"x","items":["a","b","c"]}`, "/items has 3 items, not 1 to 2."},
		{`{"name":"x","items":["a",null]}`, "/items/1 is null."},
		{`{"name":"x","items":"a"}`, "/items is not a list of strings."},
		{`{"name":"x","z":1,"b/~":2}`, "/b~1~0 is not known here."},
		{`{"name":"x","NAME":"y"}`, "/NAME is not known here."},
	} {
		_, err := read(t, tt.body, true)
		if kind, message := failure.Of(err); kind != failure.Invalid || message != tt.says {
			t.Errorf("%s: %v", tt.body, err)
		}
	}
}

func TestAMemberThatIsNotKnownIsIgnoredUnlessTheStructIsClosed(t *testing.T) {
	t.Parallel()
	in, err := read(t, `{"name":"x","count":3,"more":{"a":[1]}}`, false)
	if want := (order{Name: "x", Count: 3}); err != nil || !reflect.DeepEqual(in, want) {
		t.Errorf("%+v, %v", in, err)
	}
}

func TestABodyThatCannotBeReadIsToldFromOneThatSaysTheWrongThing(t *testing.T) {
	t.Parallel()
	for body, unreadable := range map[string]bool{
		``: true, `{`: true, `[]`: true, `{"name":"x"} {}`: true, `{"name":"x","name":"y"}`: true, "{\"name\":\"\xff\"}": true, `{"name":1}`: false,
	} {
		_, err := read(t, body, false)
		if _, is := errors.AsType[*jsonbody.Unreadable](err); is != unreadable || err == nil {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := read(t, `{"name":"`+strings.Repeat("x", jsonbody.Largest)+`"}`, false); err == nil {
		t.Error("a body that is too large was taken")
	} else if kind, _ := failure.Of(err); kind != failure.TooLarge {
		t.Errorf("too large: %v", err)
	}
}
