package seed

import (
	"bytes"
	_ "embed"
)

//go:embed demo.yaml
var demo []byte

// DemoFile returns the text of the built-in demo, for people to start their own from.
func DemoFile() []byte { return bytes.Clone(demo) }

// Demo returns the built-in demo: a site with the people that integrations tend to stumble over.
func Demo() (*Seed, error) { return Parse(bytes.NewReader(demo)) }
