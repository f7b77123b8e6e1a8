package dsl

import (
	"errors"
	"fmt"
	"slices"

	"github.com/itchyny/gojq"
)

// maxIndex is how far behind the end of a list a value may be set.
const maxIndex = 100_000

// setPath returns a copy of a value with another value at a path; what is not on the path is shared with the copy.
func setPath(m *meter, v, path, value any) (any, error) {
	keys, ok := path.([]any)
	if !ok {
		return nil, fmt.Errorf("a path is a list, not %s", gojq.Preview(path))
	}
	if len(keys) == 0 {
		return value, nil
	}
	if len(keys) > maxDepth {
		return nil, errDepth
	}
	if err := m.charge(64 + shallow(v)); err != nil {
		return nil, err
	}
	switch key := keys[0].(type) {
	case string:
		return setMember(m, v, key, keys[1:], value)
	case map[string]any:
		return setSlice(m, v, key, keys[1:], value)
	}
	i, ok := gojq.ToInt(keys[0])
	if !ok {
		return nil, fmt.Errorf("a path cannot hold %s", gojq.Preview(keys[0]))
	}
	return setItem(m, v, i, keys[1:], value)
}

func setMember(m *meter, v any, key string, rest []any, value any) (any, error) {
	object, ok := v.(map[string]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("%q cannot be set in %s", key, gojq.Preview(v))
	}
	member, err := setPath(m, object[key], rest, value)
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(object)+1)
	for k, x := range object {
		out[k] = x
	}
	out[key] = member
	return out, nil
}

func setItem(m *meter, v any, i int, rest []any, value any) (any, error) {
	list, ok := v.([]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("item %d cannot be set in %s", i, gojq.Preview(v))
	}
	if i < 0 {
		i += len(list)
	}
	if i < 0 || i > len(list)+maxIndex {
		return nil, fmt.Errorf("there is no item %d to be set", i)
	}
	if i >= len(list) {
		if err := m.charge(16 * (i + 1)); err != nil {
			return nil, err
		}
	}
	var before any
	if i < len(list) {
		before = list[i]
	}
	item, err := setPath(m, before, rest, value)
	if err != nil {
		return nil, err
	}
	out := make([]any, max(len(list), i+1))
	copy(out, list)
	out[i] = item
	return out, nil
}

func setSlice(m *meter, v any, bounds map[string]any, rest []any, value any) (any, error) {
	list, ok := v.([]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("a part of %s cannot be set", gojq.Preview(v))
	}
	from, to, err := sliceBounds(bounds, len(list))
	if err != nil {
		return nil, err
	}
	part, err := setPath(m, list[from:to:to], rest, value)
	if err != nil {
		return nil, err
	}
	items, ok := part.([]any)
	if !ok {
		return nil, fmt.Errorf("a part of a list can only become a list, not %s", gojq.Preview(part))
	}
	if err := m.charge(32 * (len(list) + len(items))); err != nil {
		return nil, err
	}
	return slices.Concat(list[:from], items, list[to:]), nil
}

func sliceBounds(bounds map[string]any, length int) (from, to int, err error) {
	to = length
	for name, at := range map[string]*int{"start": &from, "end": &to} {
		if bounds[name] == nil {
			continue
		}
		i, ok := gojq.ToInt(bounds[name])
		if !ok {
			return 0, 0, errors.New("a part of a list is named by numbers")
		}
		if i < 0 {
			i += length
		}
		*at = min(max(i, 0), length)
	}
	return from, max(from, to), nil
}

// deletePaths returns a copy of a value without what is at the paths.
func deletePaths(m *meter, v, paths any) (any, error) {
	list, ok := paths.([]any)
	if !ok {
		return nil, fmt.Errorf("paths are a list, not %s", gojq.Preview(paths))
	}
	if err := sorted(m, list); err != nil {
		return nil, err
	}
	// From the last to the first, so that no path moves before it is used.
	list = slices.SortedFunc(slices.Values(list), func(a, b any) int { return gojq.Compare(b, a) })
	for _, path := range list {
		keys, ok := path.([]any)
		if !ok {
			return nil, fmt.Errorf("a path is a list, not %s", gojq.Preview(path))
		}
		var err error
		if v, err = deletePath(m, v, keys); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func deletePath(m *meter, v any, keys []any) (any, error) {
	if len(keys) == 0 || v == nil {
		return nil, nil
	}
	if len(keys) > 1 {
		inner := m.one(item(), v, keys[0], nil)
		if err, failed := inner.(error); failed {
			return nil, err
		}
		if inner == nil {
			return v, nil
		}
		inner, err := deletePath(m, inner, keys[1:])
		if err != nil {
			return nil, err
		}
		return setPath(m, v, keys[:1], inner)
	}
	if err := m.charge(64 + shallow(v)); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case map[string]any:
		if key, ok := keys[0].(string); ok {
			out := make(map[string]any, len(v))
			for k, x := range v {
				if k != key {
					out[k] = x
				}
			}
			return out, nil
		}
	case []any:
		if bounds, ok := keys[0].(map[string]any); ok {
			from, to, err := sliceBounds(bounds, len(v))
			return slices.Concat(v[:from], v[to:]), err
		}
		if i, ok := gojq.ToInt(keys[0]); ok {
			if i < 0 {
				i += len(v)
			}
			if i < 0 || i >= len(v) {
				return v, nil
			}
			return slices.Concat(v[:i], v[i+1:]), nil
		}
	}
	return nil, fmt.Errorf("%s has no %s to be deleted", gojq.Preview(v), gojq.Preview(keys[0]))
}

var item = gojqOf(".[$a]")
