package content

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/rosterhq/roster/internal/failure"
)

//go:embed look.json
var defaultLook []byte

// MaxLook is the longest look and feel of a space, in bytes.
const MaxLook = 8192

// DefaultLook returns how a space looks where nobody chose otherwise: a JSON object with every part in it.
func DefaultLook() []byte { return bytes.Clone(defaultLook) }

// Look returns how a space looks: the default with the space's own choices in it, as JSON.
func (s Space) Look() ([]byte, error) {
	if s.LookAndFeel == "" {
		return DefaultLook(), nil
	}
	base, own, err := looks(s.LookAndFeel)
	if err == nil {
		if base, err = overlay("", base, own); err == nil {
			return json.Marshal(base)
		}
	}
	return nil, fmt.Errorf("read the look and feel of space %s: %w", s.Key, err)
}

// ParseLook reads a JSON object of what differs from [DefaultLook], and returns it as [Space.LookAndFeel] has
// it: always the same text for the same choices, empty for none of them. A part that no space has is Invalid.
func ParseLook(object []byte) (string, error) {
	if err := checkLook(string(object)); err != nil {
		return "", err
	}
	_, own, err := looks(string(object))
	if err != nil || len(own) == 0 {
		return "", err
	}
	text, err := json.Marshal(own)
	return string(text), err
}

func checkLook(own string) error {
	if own == "" {
		return nil
	}
	if err := checkText("look and feel", own, MaxLook); err != nil {
		return err
	}
	base, chosen, err := looks(own)
	if err != nil {
		return failure.Invalid.Errorf("The look and feel is not a JSON object.")
	}
	_, err = overlay("", base, chosen)
	return err
}

func looks(own string) (base, chosen map[string]any, err error) {
	if err := json.Unmarshal(defaultLook, &base); err != nil {
		return nil, nil, fmt.Errorf("read the default look: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader([]byte(own)))
	if err := d.Decode(&chosen); err != nil {
		return nil, nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || chosen == nil {
		return nil, nil, errors.New("not one JSON object")
	}
	return base, chosen, nil
}

// overlay returns base with the members of own instead of its own, at any depth. Only what base has can be
// chosen, and only a CSS value where base has one.
func overlay(path string, base, own map[string]any) (map[string]any, error) {
	merged := maps.Clone(base)
	for name, value := range own {
		at := path + name
		below, isPart := base[name].(map[string]any)
		if _, known := base[name]; !known || name == "spaceReference" {
			return nil, failure.Invalid.Errorf("The look and feel has no %.100q.", at)
		}
		switch value := value.(type) {
		case map[string]any:
			if !isPart {
				return nil, failure.Invalid.Errorf("%.100q of the look and feel is a text, not an object.", at)
			}
			part, err := overlay(at+".", below, value)
			if err != nil {
				return nil, err
			}
			merged[name] = part
		case string:
			if isPart {
				return nil, failure.Invalid.Errorf("%.100q of the look and feel is an object, not a text.", at)
			}
			if err := checkLine(at, value); err != nil {
				return nil, err
			}
			merged[name] = value
		default:
			return nil, failure.Invalid.Errorf("%.100q of the look and feel is neither a text nor an object.", at)
		}
	}
	return merged, nil
}
