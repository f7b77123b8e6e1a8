package seed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// MaxSize is how large a seed file can be, in bytes.
const MaxSize = 64 << 20

// Read reads a seed file. Its errors are one sentence fit for an operator.
func Read(path string) (*Seed, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the seed file %s does not exist", path)
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("the seed file %s is a folder", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the seed file %s cannot be read: %w", path, errors.Unwrap(err))
	}
	defer f.Close()
	s, err := Parse(f)
	if err != nil {
		return nil, fmt.Errorf("the seed file %s: %w", path, err)
	}
	return s, nil
}

// Parse reads the text of a seed file. Unknown and repeated keys, values of another type, aliases and
// custom tags are errors that name their line.
func Parse(r io.Reader) (*Seed, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > MaxSize:
		return nil, fmt.Errorf("it is larger than %d MiB", MaxSize>>20)
	}
	documents := yaml.NewDecoder(bytes.NewReader(text))
	d := decoder{shapes: map[reflect.Type]shape{}}
	s := &Seed{}
	for {
		var n yaml.Node
		err := documents.Decode(&n)
		switch {
		case errors.Is(err, io.EOF) && len(s.Documents) == 0:
			return nil, errors.New("it is empty; roster seed demo prints an example")
		case errors.Is(err, io.EOF):
			return s, nil
		case err != nil:
			return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
		}
		doc := Document{Time: DefaultTime()}
		if err := d.decode(n.Content[0], reflect.ValueOf(&doc).Elem(), nil); err != nil {
			return nil, err
		}
		s.Documents = append(s.Documents, doc)
	}
}
