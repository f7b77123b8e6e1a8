// Package config is the table of what the program can be told from outside: by a flag, else by an
// environment variable, else by a default.
package config

import (
	"errors"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Setting is one row of the table.
type Setting struct {
	Name    string // the flag, without its dashes
	Env     string // the environment variable
	Default string // what [Load] stores where neither is given
	Help    string
	Secret  bool // never shown

	store func(string) error // its error says what the setting takes
	show  func(string) string
}

// Shown returns value as it may be printed: without passwords, and nothing of a secret.
func (s Setting) Shown(value string) string {
	switch {
	case value == "":
		return ""
	case s.Secret:
		return "(hidden)"
	case s.show != nil:
		return s.show(value)
	}
	return value
}

// text is a setting that takes anything.
func text(name, env, byDefault, help string, at *string) Setting {
	return Setting{Name: name, Env: env, Default: byDefault, Help: help, store: func(v string) error {
		*at = v
		return nil
	}}
}

// secret is a setting that takes anything and is never shown.
func secret(name, env, help string, at *string) Setting {
	s := text(name, env, "", help, at)
	s.Secret = true
	return s
}

// database is a setting that takes a SQLite file or a PostgreSQL URL.
func database(name, env, byDefault, help string, at *string) Setting {
	s := text(name, env, byDefault, help, at)
	s.show = withoutPassword
	s.store = func(v string) error {
		scheme, _, isURL := strings.Cut(v, "://")
		if v == "" && byDefault != "" || isURL && scheme != "postgres" && scheme != "postgresql" || !isURL && strings.Contains(v, "password=") {
			return errors.New("takes a file or postgres://user@host/name")
		}
		*at = v
		return nil
	}
	return s
}

// withoutPassword returns a database's name without anything that may hold a password.
func withoutPassword(v string) string {
	if !strings.Contains(v, "://") {
		if strings.Contains(v, "password=") {
			return "(hidden)"
		}
		return v
	}
	u, err := url.Parse(v)
	if err != nil {
		return "(hidden)"
	}
	u.RawQuery, u.Fragment = "", ""
	return u.Redacted()
}

// address is a setting that takes what can be listened on.
func address(name, env, byDefault, help string, at *string) Setting {
	s := text(name, env, byDefault, help, at)
	s.store = func(v string) error {
		_, port, err := net.SplitHostPort(v)
		if n, notNumber := strconv.ParseUint(port, 10, 16); err != nil || notNumber != nil || strconv.FormatUint(n, 10) != port {
			return errors.New("takes host:port, with a port from 0 (any that is free) to 65535")
		}
		*at = v
		return nil
	}
	return s
}

// publicURL is a setting that takes the address by which people reach a site.
func publicURL(name, env, help string, at *string) Setting {
	s := text(name, env, "", help, at)
	s.show = withoutPassword
	s.store = func(v string) error {
		u, err := url.Parse(v)
		if v != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
			strings.HasSuffix(v, "/") || strings.HasSuffix(v, "/wiki")) {
			return errors.New("takes http(s)://host[:port][/path], without /wiki and a trailing slash")
		}
		*at = v
		return nil
	}
	return s
}

// mailServer is a setting that takes a way to send mail. What it says in detail is for package mail to read.
func mailServer(name, env, byDefault, help string, at *string) Setting {
	s := text(name, env, byDefault, help, at)
	s.show = withoutPassword
	s.store = func(v string) error {
		scheme, _, _ := strings.Cut(v, ":")
		switch {
		case v == "", v == "log:", v == "capture:", strings.HasPrefix(v, scheme+"://") && (scheme == "smtp" || scheme == "smtps"):
			*at = v
			return nil
		}
		return errors.New("takes log:, capture:, smtps://host:465 or smtp://host:587")
	}
	return s
}

// level is a setting that takes how much is logged.
func level(name, env, help string, at *slog.Level) Setting {
	return Setting{Name: name, Env: env, Default: "info", Help: help, store: func(v string) error {
		for _, known := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
			if strings.EqualFold(v, known.String()) {
				*at = known
				return nil
			}
		}
		return errors.New("takes debug, info, warn or error")
	}}
}
