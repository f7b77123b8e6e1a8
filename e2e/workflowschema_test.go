package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"
)

// The specification's schema knows what belongs where: whatever it refuses is refused here as well, at a line.
func TestWhatTheSchemaOfTheSpecificationRefusesIsRefused(t *testing.T) {
	t.Parallel()
	roster := binary(t)
	accepted, err := filepath.Glob("../internal/workflow/dsl/testdata/accepted/*.yaml")
	if err != nil || len(accepted) == 0 {
		t.Fatalf("there are no files that are accepted: %v", err)
	}
	folder := t.TempDir()
	var spoilt []string
	for _, name := range accepted {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range spoiltEach(t, text) {
			one := filepath.Join(folder, fmt.Sprintf("%d-%s", i, filepath.Base(name)))
			if err := os.WriteFile(one, text, 0o600); err != nil {
				t.Fatal(err)
			}
			spoilt = append(spoilt, one)
		}
	}
	wrong := underTheSchema(t, spoilt...)
	out, _ := program(t, roster, append([]string{"workflow", "validate", "--json"}, spoilt...)...).Output() // It fails where a file does.
	refused := 0
	for lines := json.NewDecoder(bytes.NewReader(out)); lines.More(); {
		var one struct {
			File   string
			Errors []struct{ Line int }
		}
		if err := lines.Decode(&one); err != nil {
			t.Fatal(err)
		}
		if wrong[one.File] == "" {
			continue
		}
		refused++
		if len(one.Errors) == 0 || one.Errors[0].Line == 0 {
			text, _ := os.ReadFile(one.File)
			t.Errorf("%s is taken, or refused at no line, for which the schema says: %.300s\n%s", filepath.Base(one.File), wrong[one.File], text)
		}
	}
	if refused < len(spoilt)/2 {
		t.Errorf("the schema refuses %d of %d files", refused, len(spoilt))
	}
}

// spoiltEach returns copies of a file, each with one thing taken out, called something else, or with another in its place.
func spoiltEach(t *testing.T, text []byte) (all [][]byte) {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	keep := func() {
		text, err := yaml.Marshal(&document)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	others := []*yaml.Node{
		{Kind: yaml.ScalarNode, Tag: "!!int", Value: "7"},
		{Kind: yaml.ScalarNode, Tag: "!!str", Value: "zz"},
		{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.SingleQuotedStyle},
		{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"},
		{Kind: yaml.SequenceNode, Style: yaml.FlowStyle},
		{Kind: yaml.MappingNode, Style: yaml.FlowStyle},
	}
	var spoil func(n *yaml.Node)
	spoil = func(n *yaml.Node) {
		width := 1
		if n.Kind == yaml.MappingNode {
			width = 2
		}
		for i := 0; n.Kind != yaml.ScalarNode && i < len(n.Content); i += width {
			whole := n.Content
			n.Content = slices.Delete(slices.Clone(whole), i, i+width)
			keep()
			n.Content = whole
			if width == 2 {
				n.Content[i].Value += "x"
				keep()
				n.Content[i].Value = n.Content[i].Value[:len(n.Content[i].Value)-1]
			}
			was := n.Content[i+width-1]
			for _, other := range others {
				n.Content[i+width-1] = other
				keep()
			}
			n.Content[i+width-1] = was
			spoil(was)
		}
	}
	spoil(document.Content[0])
	return all
}
