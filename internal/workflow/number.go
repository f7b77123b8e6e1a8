package workflow

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/big"
	"strconv"
)

// decode reads one value of JSON. Whole numbers stay whole, however large they are.
func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	return counted(v), nil
}

// counted replaces the numbers in a value by such as expressions count with.
func counted(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(string(v))
	case []any:
		for i := range v {
			v[i] = counted(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = counted(v[name])
		}
	}
	return v
}

func number(text string) any {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	if n, ok := new(big.Int).SetString(text, 10); ok {
		return n
	}
	f, _ := strconv.ParseFloat(text, 64)
	f = min(max(f, -math.MaxFloat64), math.MaxFloat64) // JSON has no infinity
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int(f) // as which it is read again
	}
	return f
}
