package config

import (
	"fmt"
	"strings"
)

// Flags is where the flags of settings live: a set of pflag, such as cobra's Command.Flags().
type Flags interface {
	String(name, value, usage string) *string
	Changed(name string) bool
	GetString(name string) (string, error)
}

// Origin is where a value comes from.
type Origin string

const (
	FromFlag        Origin = "flag"
	FromEnvironment Origin = "environment"
	FromDefault     Origin = "default"
)

// Bind makes a flag of each setting.
func Bind(flags Flags, settings []Setting) {
	for _, s := range settings {
		flags.String(s.Name, s.Default, fmt.Sprintf("%s ($%s)", s.Help, s.Env))
	}
}

// Load stores the value of each setting where its row points to: that of the flag, else of the
// environment variable, else the default. An empty variable counts as none. Errors are one sentence that
// names the flag or variable; a ROSTER_ variable that no setting has is one of them.
func Load(flags Flags, environ []string, settings []Setting) error {
	if err := CheckEnvironment(environ); err != nil {
		return err
	}
	for _, s := range settings {
		value, from := s.find(flags, environ)
		if err := s.store(value); err != nil {
			return &Error{fmt.Sprintf("%s %s, not %q", s.called(from), err, s.Shown(value))}
		}
	}
	return nil
}

// Error is a setting that was given wrongly.
type Error struct{ Message string }

func (e *Error) Error() string { return e.Message }

// Value returns what Load would store for s, fit to be shown, and where it comes from. Nil flags are none.
func Value(flags Flags, environ []string, s Setting) (string, Origin) {
	value, from := s.find(flags, environ)
	return s.Shown(value), from
}

func (s Setting) find(flags Flags, environ []string) (string, Origin) {
	if flags != nil && flags.Changed(s.Name) {
		if value, err := flags.GetString(s.Name); err == nil {
			return value, FromFlag
		}
	}
	if value := lookup(environ, s.Env); value != "" {
		return value, FromEnvironment
	}
	return s.Default, FromDefault
}

// called is how the operator wrote the setting.
func (s Setting) called(from Origin) string {
	if from == FromEnvironment {
		return s.Env
	}
	return "--" + s.Name
}

// lookup returns a variable's value. As in a process, the last one counts.
func lookup(environ []string, name string) (value string) {
	for _, entry := range environ {
		if k, v, _ := strings.Cut(entry, "="); k == name {
			value = v
		}
	}
	return value
}
