package transfer_test

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/transfer"
)

func FuzzCSV(f *testing.F) {
	f.Add([]byte(export))
	f.Add([]byte("email,groups\na@example.org,\"x;y\"\n\"b\n"))
	f.Fuzz(func(t *testing.T, file []byte) { read(t, file, transfer.CSV) })
}

func FuzzNDJSON(f *testing.F) {
	f.Add([]byte(history))
	f.Add([]byte(readers + pages))
	f.Add([]byte(`{"kind":"account","email":"\ud800","visibility":{"email":null}}` + "\n{"))
	f.Fuzz(func(t *testing.T, file []byte) { read(t, file, transfer.NDJSON) })
}

// read reads a file to its end. Lines come in their order, and whatever is usable is valid UTF-8 and
// has one canonical form.
func read(t *testing.T, file []byte, f transfer.Format) {
	r, err := transfer.NewReader(bytes.NewReader(file), f, nil)
	if err != nil {
		return
	}
	last := int64(0)
	for {
		it, err := r.Next()
		if err != nil {
			return
		}
		if it.Line <= last {
			t.Fatalf("line %d stands behind line %d", it.Line, last)
		}
		last = it.Line
		if it.Err != nil {
			continue
		}
		line := it.Canonical()
		if !utf8.Valid(line) || bytes.Count(line, []byte("\n")) != 1 || !bytes.Equal(line, it.Canonical()) {
			t.Fatalf("%q", line)
		}
	}
}
