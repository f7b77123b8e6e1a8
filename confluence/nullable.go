package confluence

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// Nullable is a member that may be absent, null or a value. Its zero value is absent.
//
// Tagged `omitzero`, an absent Nullable is left out of the JSON; without that option it is written as null.
// A Nullable is immutable: [Nullable.Get] returns a copy of what [Value] was given.
type Nullable[T any] struct {
	value   *T
	present bool
}

// Null returns a member that is present and null.
func Null[T any]() Nullable[T] { return Nullable[T]{present: true} }

// Value returns a member that is present and holds v.
func Value[T any](v T) Nullable[T] { return Nullable[T]{value: &v, present: true} }

// Get returns the value, and whether there is one. An absent or null member has none.
func (n Nullable[T]) Get() (T, bool) {
	if n.value == nil {
		var none T
		return none, false
	}
	return *n.value, true
}

// IsNull reports whether the member is present and null.
func (n Nullable[T]) IsNull() bool { return n.present && n.value == nil }

// IsZero reports whether the member is absent.
func (n Nullable[T]) IsZero() bool { return !n.present }

// Equal reports whether both are absent, both null, or both hold deeply equal values.
func (n Nullable[T]) Equal(other Nullable[T]) bool {
	return n.present == other.present && reflect.DeepEqual(n.value, other.value)
}

// MarshalJSON writes the value, or null. It escapes no HTML; whether "<" is escaped is the outer encoder's choice.
func (n Nullable[T]) MarshalJSON() ([]byte, error) {
	if n.value == nil {
		return []byte("null"), nil
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(n.value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// UnmarshalJSON reads a value or null; either way the member is present afterwards.
func (n *Nullable[T]) UnmarshalJSON(data []byte) error {
	if string(bytes.TrimSpace(data)) == "null" {
		*n = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*n = Value(v)
	return nil
}
