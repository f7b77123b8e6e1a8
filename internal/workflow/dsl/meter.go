package dsl

import (
	"context"
	"errors"
	"time"

	"github.com/itchyny/gojq"
)

// What one expression may use. Steps are what gojq does, and space is bytes that it allocates, garbage included: so the
// same expression over the same values ends in the same way on every machine. The clock is the second line of defence.
const (
	maxSteps = 1_000_000
	maxSpace = 64 << 20
	maxTime  = 5 * time.Second
	maxDepth = 500 // of a value
)

var (
	errSteps = errors.New("the expression does too much: it was stopped after a million steps")
	errSpace = errors.New("the expression makes too much: it was stopped at 64 MiB")
	errTime  = errors.New("the expression was stopped after five seconds")
	errDepth = errors.New("a value is nested more than 500 deep")
	errDigit = errors.New("a number has too many digits")
)

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// meter bounds the run of one expression. It is the context that gojq asks before each of its instructions, which is how
// they are counted, and the functions that do much in one instruction charge it beforehand.
type meter struct {
	context.Context // of the run

	steps, space int // left
	deadline     time.Time
	why          error // it was stopped
	width        int   // bytes that the variables of the expression take, which a turn of a recursion takes again
}

func (m *meter) start(ctx context.Context) {
	m.Context, m.steps, m.space, m.why = ctx, maxSteps, maxSpace, nil
	m.deadline = time.Now().Add(maxTime)
}

// Done counts an instruction.
func (m *meter) Done() <-chan struct{} {
	m.steps--
	switch {
	case m.why != nil:
	case m.steps < 0:
		m.why = errSteps
	case m.steps%64 != 0:
	case m.Context.Err() != nil:
		m.why = m.Context.Err()
	default:
		_ = m.late()
	}
	if m.why != nil {
		return closed
	}
	return nil
}

// late tells whether the time is over.
func (m *meter) late() error {
	if m.why == nil && time.Now().After(m.deadline) {
		m.why = errTime
	}
	return m.why
}

func (m *meter) Err() error { return m.why }

// charge takes space, and the steps that it needs to fill it. Its error stands: catching it does not help.
func (m *meter) charge(bytes int) error {
	m.space -= bytes
	m.steps -= bytes / 32
	switch {
	case m.why != nil:
	case m.space < 0:
		m.why = errSpace
	case m.steps < 0:
		m.why = errSteps
	}
	return m.why
}

// work takes steps alone.
func (m *meter) work(steps int) error {
	m.steps -= steps
	if m.why == nil && m.steps < 0 {
		m.why = errSteps
	}
	return m.why
}

// deep returns the size of a value as if none of its parts were shared, and charges for a visit of all of them.
func (m *meter) deep(v any) (int, error) {
	size := sizer{most: min(m.space, 32*max(m.steps, 0))}
	size.add(v, 0)
	if m.why == nil {
		m.why = size.err
	}
	return size.bytes, errors.Join(m.why, m.work(size.bytes/32))
}

// shallow is the size of a value without that of its parts.
func shallow(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []any:
		return 32 * len(v)
	case map[string]any:
		return 64 * len(v)
	}
	return 0
}

// sizer adds sizes up until there is too much.
type sizer struct {
	bytes, most int
	err         error
}

func (s *sizer) add(v any, depth int) {
	if s.bytes += 16 + shallow(v); s.bytes > s.most {
		s.err = errSpace
	}
	if depth > maxDepth {
		s.err = errDepth
	}
	if err := checkDigits(v); err != nil {
		s.err = err
	}
	if s.err != nil {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if s.add(x, depth+1); s.err != nil {
				return
			}
		}
	case map[string]any:
		for k, x := range v {
			s.bytes += len(k)
			if s.add(x, depth+1); s.err != nil {
				return
			}
		}
	}
}

var _ context.Context = (*meter)(nil)

// one runs code that gives one value.
func (m *meter) one(code *gojq.Code, v any, args ...any) any {
	out, ok := code.RunWithContext(m, v, args...).Next()
	if !ok {
		return nil
	}
	return out
}
