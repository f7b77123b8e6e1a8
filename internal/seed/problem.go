package seed

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// problem is an error at a place of the seed.
type problem struct {
	line  int    // 0 outside a file
	path  string // such as accounts[3].email
	cause error
}

func (p *problem) Error() string {
	text := p.cause.Error()
	if p.path != "" {
		text = p.path + ": " + text
	}
	if p.line > 0 {
		text = "line " + strconv.Itoa(p.line) + ": " + text
	}
	return text
}

func (p *problem) Unwrap() error { return p.cause }

func problemAt(n *yaml.Node, format string, args ...any) error {
	return &problem{line: n.Line, cause: fmt.Errorf(format, args...)}
}

// placed says where err happened. Where err knows already, its place is within the given one.
// No error stays none.
func placed(line int, path string, err error) error {
	if err == nil {
		return nil
	}
	p, ok := errors.AsType[*problem](err)
	if !ok {
		return &problem{line, path, err}
	}
	if p.path != "" && !strings.HasPrefix(p.path, "[") {
		path += "."
	}
	return &problem{p.line, path + p.path, p.cause}
}

// entry names a list's entry, counted from 0.
func entry(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
