package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// units are what a size can end in, and how many bytes they are.
var units = []struct {
	name  string
	bytes uint64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}}

// size is a setting that takes a number of bytes; 0 is none.
func size(name, env, byDefault, help string, at *uint64) Setting {
	return Setting{Name: name, Env: env, Default: byDefault, Help: help, store: func(v string) error {
		number, unit := v, uint64(1)
		for _, u := range units {
			if rest, ok := strings.CutSuffix(v, u.name); ok {
				number, unit = rest, u.bytes
			}
		}
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil || n > math.MaxInt64/unit {
			return fmt.Errorf("takes a number of bytes such as %s, or 0", byDefault)
		}
		*at = n * unit
		return nil
	}}
}
