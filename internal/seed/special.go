package seed

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// special is a Go type with a form of its own in the file.
type special struct {
	read   func(n *yaml.Node, into reflect.Value) error
	schema func() map[string]any
}

func specialOf(t reflect.Type) (special, bool) {
	switch t {
	case reflect.TypeFor[time.Time]():
		return special{readTime, timeSchema}, true
	case reflect.TypeFor[time.Duration]():
		return special{readDuration, durationSchema}, true
	case reflect.TypeFor[directory.Visibility]():
		return special{readVisibility, visibilitySchema}, true
	case reflect.TypeFor[LookAndFeel]():
		return special{readLook, lookSchema}, true
	case reflect.TypeFor[site.Settings]():
		return special{readSettings, settingsSchema}, true
	}
	return special{}, false
}

func readTime(n *yaml.Node, into reflect.Value) error {
	text, err := textOf(n)
	if err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return problemAt(n, "%.100q is no time such as 2026-01-01T00:00:00Z", text)
	}
	into.Set(reflect.ValueOf(t.UTC().Truncate(time.Microsecond)))
	return nil
}

func timeSchema() map[string]any { return map[string]any{"type": "string", "format": "date-time"} }

var validDuration = regexp.MustCompile(`^([1-9][0-9]{0,8})([smhd])$`)

var units = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

func readDuration(n *yaml.Node, into reflect.Value) error {
	text, err := textOf(n)
	if err != nil {
		return err
	}
	if parts := validDuration.FindStringSubmatch(text); parts != nil {
		count, unit := 0, units[parts[2]]
		if count, err = strconv.Atoi(parts[1]); err == nil && count <= int(directory.MaxTokenLife/unit) {
			into.SetInt(int64(count) * int64(unit))
			return nil
		}
	}
	return problemAt(n, "%.100q is no duration such as 90s, 30m, 12h or 30d, at most 365d", text)
}

func durationSchema() map[string]any {
	return map[string]any{"type": "string", "pattern": validDuration.String()}
}

// readVisibility takes one audience for every field, or a mapping of those that differ from the default.
func readVisibility(n *yaml.Node, into reflect.Value) error {
	v := directory.DefaultVisibility()
	if n.Kind == yaml.ScalarNode {
		text, err := textOf(n)
		if err != nil {
			return err
		}
		a, err := directory.ParseAudience(text)
		if err != nil {
			return problemAt(n, "%s", err)
		}
		v = directory.EveryField(a)
	} else if err := eachSetting(n, v.Set); err != nil {
		return err
	}
	into.Set(reflect.ValueOf(v))
	return nil
}

func visibilitySchema() map[string]any {
	audience := map[string]any{"enum": []string{directory.Anyone.String(), directory.Organization.String(), directory.OnlyMe.String()}}
	fields := map[string]any{}
	for _, f := range directory.Fields {
		fields[f.Name] = map[string]any{
			"enum": audience["enum"], "default": f.Default.String(),
			"description": "Who sees the " + f.Name + ".",
		}
	}
	return map[string]any{"anyOf": []any{
		audience,
		map[string]any{"type": "object", "properties": fields, "additionalProperties": false},
	}}
}

func readSettings(n *yaml.Node, into reflect.Value) error {
	s := site.StandInSettings()
	if err := eachSetting(n, s.Set); err != nil {
		return err
	}
	into.Set(reflect.ValueOf(s))
	return nil
}

// eachSetting hands each key and value of a mapping of plain words to set.
func eachSetting(n *yaml.Node, set func(name, value string) error) error {
	if n.Kind != yaml.MappingNode {
		return problemAt(n, "must be a mapping of keys to values")
	}
	seen := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || value.Kind != yaml.ScalarNode {
			return problemAt(key, "must be a mapping of words to words")
		}
		if first, twice := seen[key.Value]; twice {
			return problemAt(key, "the key %.100q stands twice, first in line %d", key.Value, first)
		}
		seen[key.Value] = key.Line
		if err := set(key.Value, value.Value); err != nil {
			return problemAt(key, "%s", err)
		}
	}
	return nil
}

// settingsSchema reads the settings table's column of possible values.
func settingsSchema() map[string]any {
	properties := map[string]any{}
	defaults := site.StandInSettings()
	for _, row := range site.SettingsTable {
		byDefault := row.Get(&defaults)
		p := map[string]any{"description": row.Help}
		var lowest, highest int
		switch _, err := fmt.Sscanf(row.Values, "%d to %d", &lowest, &highest); {
		case err == nil:
			p["type"], p["minimum"], p["maximum"] = "integer", lowest, highest
			p["default"], _ = strconv.Atoi(byDefault)
		case row.Values == "true|false":
			p["type"], p["default"] = "boolean", byDefault == "true"
		case strings.Contains(row.Values, "|"):
			p["enum"], p["default"] = strings.Split(row.Values, "|"), byDefault
		default:
			p["type"], p["default"] = "string", byDefault
		}
		properties[row.Name] = p
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}
