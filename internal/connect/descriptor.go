package connect

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
)

// MaxDescriptor is the largest descriptor that is read, in bytes.
const MaxDescriptor = 1 << 20

// Descriptor is what an app says about itself in its atlassian-connect.json. What it does not say is zero.
type Descriptor struct {
	Key         string
	Name        string
	Description string
	BaseURL     string // http or https, without a slash at its end
	Auth        Authentication
	Lifecycle   map[Event]string // paths under BaseURL; an event without one is not called back
	Scopes      Scopes
	APIVersion  int               // 1 unless it says otherwise
	Links       map[string]string // as written
	Modules     json.RawMessage   // as written
}

// Authentication is how an app proves who it is.
type Authentication string

const (
	ByJWT    Authentication = "jwt"
	ByNobody Authentication = "none" // it calls as an anonymous caller would
)

var keyPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// ParseDescriptor reads a descriptor. Members that it does not know are ignored. What is wrong is [failure.Invalid] and
// names the member.
func ParseDescriptor(data []byte) (Descriptor, error) {
	if len(data) > MaxDescriptor {
		return Descriptor{}, failure.Invalid.Errorf("The descriptor is larger than %d bytes.", MaxDescriptor)
	}
	d := Descriptor{APIVersion: 1}
	err := object(data, func(name, value []byte) error {
		if isNull(value) {
			return nil
		}
		return within(string(name), d.read(string(name), value))
	})
	if err == nil {
		err = d.check()
	}
	if err != nil {
		return Descriptor{}, failure.Invalid.Errorf("The descriptor cannot be taken: it %v.", err)
	}
	return d, nil
}

// within says of which member an error is.
func within(member string, err error) error {
	if err != nil {
		err = fmt.Errorf("has a member %s that %w", member, err)
	}
	return err
}

func (d *Descriptor) read(name string, value []byte) (err error) {
	switch name {
	case "key":
		d.Key, err = text(value)
	case "name":
		d.Name, err = text(value)
	case "description":
		d.Description, err = text(value)
	case "baseUrl":
		d.BaseURL, err = baseURL(value)
	case "authentication":
		d.Auth, err = authentication(value)
	case "lifecycle":
		d.Lifecycle, err = lifecycle(value)
	case "scopes":
		d.Scopes, err = scopes(value)
	case "apiVersion":
		if json.Unmarshal(value, &d.APIVersion) != nil || d.APIVersion < 1 {
			err = errors.New("is not a version number")
		}
	case "links":
		d.Links, err = links(value)
	case "modules":
		d.Modules = json.RawMessage(value)
		err = object(value, func(_, _ []byte) error { return nil })
	}
	return err
}

func (d *Descriptor) check() error {
	switch {
	case d.Key == "":
		return errors.New("has no member key")
	case !keyPattern.MatchString(d.Key):
		return within("key", errors.New("is not 1 to 64 letters, digits, dots, hyphens and underscores"))
	case d.BaseURL == "":
		return errors.New("has no member baseUrl")
	case d.Auth == "":
		return errors.New("has no member authentication")
	}
	return nil
}

// longestText bounds a text in a descriptor, in characters.
const longestText = 1500

func text(value []byte) (string, error) {
	s, ok := unquote(value)
	switch {
	case !ok:
		return "", errors.New("is not a string")
	case utf8.RuneCount(s) > longestText:
		return "", fmt.Errorf("is longer than %d characters", longestText)
	case strings.ContainsRune(string(s), 0):
		return "", errors.New("holds a NUL")
	}
	return string(s), nil
}

// texts reads a list of strings, and returns false for any other value.
func texts(value []byte) ([]string, bool) {
	var list []*string
	if json.Unmarshal(value, &list) != nil {
		return nil, false
	}
	all := make([]string, 0, len(list))
	for _, s := range list {
		if s == nil {
			return nil, false
		}
		all = append(all, *s)
	}
	return all, true
}

func baseURL(value []byte) (string, error) {
	s, err := text(value)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", errors.New("is not an http or https URL with a host")
	}
	if u.User != nil || strings.ContainsAny(s, "?#") {
		return "", errors.New("has more than a scheme, a host and a path")
	}
	return strings.TrimRight(s, "/"), nil
}

func authentication(value []byte) (auth Authentication, err error) {
	err = object(value, func(name, value []byte) error {
		if string(name) != "type" {
			return nil
		}
		s, _ := unquote(value)
		switch string(s) {
		case "jwt", "JWT":
			auth = ByJWT
		case "none", "NONE":
			auth = ByNobody
		default:
			return within("type", errors.New("is neither jwt nor none"))
		}
		return nil
	})
	if err == nil && auth == "" {
		err = errors.New("has no member type")
	}
	return auth, err
}

func lifecycle(value []byte) (map[Event]string, error) {
	paths := map[Event]string{}
	err := object(value, func(name, value []byte) (err error) {
		event := Event(name)
		if !event.known() || isNull(value) {
			return nil
		}
		paths[event], err = callbackPath(value)
		return within(string(name), err)
	})
	return paths, err
}

// callbackPath reads a path under the base URL: whatever it says, it must not lead to another host.
func callbackPath(value []byte) (string, error) {
	s, err := text(value)
	if err != nil {
		return "", err
	}
	u, err := url.ParseRequestURI(s)
	if err != nil || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || u.Host != "" || strings.ContainsAny(s, `#\`) {
		return "", errors.New("is not a path that starts with one slash")
	}
	return s, nil
}

func scopes(value []byte) (Scopes, error) {
	names, ok := texts(value)
	if !ok {
		return nil, errors.New("is not a list of strings")
	}
	s, err := ParseScopes(names...)
	if err != nil {
		err = fmt.Errorf("cannot be taken: %w", err)
	}
	return s, err
}

func links(value []byte) (map[string]string, error) {
	all := map[string]string{}
	err := object(value, func(name, value []byte) (err error) {
		if isNull(value) {
			return nil
		}
		all[string(name)], err = text(value)
		return within(string(name), err)
	})
	return all, err
}
