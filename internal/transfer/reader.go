package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rosterhq/roster/internal/content"
)

// Format is how a file is written.
type Format string

const (
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
)

// ParseFormat reads "csv" or "ndjson"; "" leaves it to the file's first character.
func ParseFormat(name string) (Format, error) {
	switch f := Format(strings.ToLower(name)); f {
	case "", CSV, NDJSON:
		return f, nil
	}
	return "", fmt.Errorf("the format %.60q is none of csv, ndjson", name)
}

const (
	// mostLine bounds one CSV record, so that a file of any size is read in little memory.
	mostLine = 256 << 10
	// mostObject bounds one JSON object: the largest body has room in it, though JSON may take three bytes for one.
	mostObject = 3*content.MaxBody + mostLine
)

// Reader yields the lines of a file one by one.
type Reader interface {
	// Next returns the next line; one that cannot be used says so in its Err. At the end of the file it
	// returns io.EOF. Any other error ends the reading.
	Next() (Item, error)
}

// NewReader returns a reader of r. Columns maps fields to the CSV columns they are taken from; without any,
// columns are recognized by their names. A format of "" is found out: JSON begins with a brace.
func NewReader(r io.Reader, f Format, columns map[string]string) (Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if err := skipBOM(in); err != nil {
		return nil, err
	}
	if f == "" {
		f = sniff(in)
	}
	if f == NDJSON {
		if len(columns) > 0 {
			return nil, errors.New("columns are mapped, but the file holds JSON objects, which have none")
		}
		return &ndjsonReader{in: in}, nil
	}
	return newCSVReader(in, columns)
}

// skipBOM drops the mark that some programs put before UTF-8, and refuses those of other encodings.
func skipBOM(in *bufio.Reader) error {
	head, err := in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the file: %w", err)
	}
	switch {
	case bytes.Equal(head, []byte("\xEF\xBB\xBF")):
		_, err := in.Discard(3)
		return err
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return errors.New("line 1: the file is UTF-16; save it as UTF-8")
	}
	return nil
}

func sniff(in *bufio.Reader) Format {
	head, _ := in.Peek(4096)
	if head = bytes.TrimLeft(head, " \t\r\n"); len(head) > 0 && (head[0] == '{' || head[0] == '[') {
		return NDJSON
	}
	return CSV
}
