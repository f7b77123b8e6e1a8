package api

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/samples"
)

func TestEveryOperationHasASampleInEveryLanguage(t *testing.T) {
	t.Parallel()
	for i := range operations {
		op := &operations[i]
		list := samplesByID()[op.id]
		if len(list) != 12 {
			t.Errorf("%s has %d samples", op.id, len(list))
		}
		for _, s := range list {
			forge := s.Label == "JavaScript (@forge/api)"
			if strings.Contains(s.Source, anySite) == forge {
				t.Errorf("%s in %s names the site: %v", op.id, s.Label, !forge)
			}
			if strings.Contains(s.Source, "/{") || strings.Contains(s.Source, "%!") {
				t.Errorf("%s in %s is not filled in:\n%s", op.id, s.Label, s.Source)
			}
		}
	}
	for id := range examples {
		if samplesByID()[id] == nil {
			t.Errorf("there is an example of %s, and no such operation", id)
		}
	}
}

func TestADocumentWithItsSamplesStaysBelowThreeMegabytes(t *testing.T) {
	t.Parallel()
	for _, form := range everyForm() {
		if n := len(documentTexts[form]()); n > 3_000_000 || bytes.Contains(documentTexts[form](), []byte("x-codeSamples")) == form.yaml {
			t.Errorf("%+v has %d bytes", form, n)
		}
	}
}

// The page of samples that this follows reads what a generator made up where types are nested too deeply: a value of its
// own, and maps without names.
var madeUp = regexp.MustCompile(`\.(value|subjects\._expandable\.value)$|\.(username|userKey)$`)

func TestTheSampleOfABulkLookupReadsWhatThePublishedOneReads(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../../shared/reference/seeds/003_*.txt")
	if err != nil || len(pages) == 0 {
		t.Skip("the published sample is not at hand")
	}
	page, err := os.ReadFile(pages[0])
	if err != nil {
		t.Fatal(err)
	}
	ours := ""
	for _, s := range samplesByID()["getBulkUserLookup"] {
		if s.Label == "Delphi (Chilkat)" {
			ours = s.Source
		}
	}
	var missing []string
	paths := regexp.MustCompile(`(?:StringOf|IntOf|BoolOf|SizeOfArray)\('(results\[i\][^']*)'\)`).FindAllStringSubmatch(string(page), -1)
	for _, path := range paths {
		if !strings.Contains(ours, "'"+path[1]+"'") && !strings.Contains(ours, "'"+path[1]+".") && !madeUp.MatchString(path[1]) {
			missing = append(missing, path[1])
		}
	}
	if len(paths) < 60 || len(missing) > 0 {
		t.Errorf("of %d paths these are not read: %s", len(paths), strings.Join(missing, "\n"))
	}
	for _, path := range []string{
		"homepage.id", "details.business.position", "details.personal.phone", "lookAndFeel.menus.hoverOrFocus.backgroundColor", "lookAndFeel.menus.color",
		"lookAndFeel.header.backgroundColor", "lookAndFeel.header.button.color", "lookAndFeel.header.primaryNavigation.hoverOrFocus.color",
		"lookAndFeel.content.body.padding", "metadata.labels.results[j].name", "description.plain.embeddedContent[j]", "permissions[j].subjects.group.results[k].id",
	} {
		if !strings.Contains(ours, path+"'") {
			t.Errorf("%s is not read", path)
		}
	}
	if strings.Contains(ours, "[l]") {
		t.Error("there are more than three lists within each other, for which there are no variables")
	}
}

// leaves are the places of all values of a type, as samples print them: a type within itself ends with its own values.
func leaves(t reflect.Type, place string, above ...reflect.Type) []string {
	t, _ = bareType(t)
	switch {
	case t.Kind() == reflect.Slice && t != reflect.TypeFor[json.RawMessage]():
		return leaves(t.Elem(), place, above...)
	case t.Kind() != reflect.Struct:
		return []string{place}
	}
	var list []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		again := slices.Contains(above, t) && (deep(f.Type) || strings.Contains(f.Tag.Get("doc"), "when expanded"))
		if again || f.Type == reflect.TypeFor[confluence.Expandable]() {
			continue
		}
		list = append(list, leaves(f.Type, strings.TrimPrefix(place+"."+name, "."), append(above[:len(above):len(above)], t)...)...)
	}
	return list
}

func TestTheSampleOfOneUserInPascalReadsEveryValueThatThereCanBe(t *testing.T) {
	t.Parallel()
	source := ""
	for _, s := range samplesByID()["getUser"] {
		if s.Label == samples.Pascal {
			source = s.Source
		}
	}
	// Every place that is shown, with the places of the lists around it.
	shown := map[string]bool{}
	place := map[string]string{"": ""}
	for line := range strings.Lines(source) {
		if m := regexp.MustCompile(`(Place\d*) := (?:(Place\d*) \+ )?'([^']*)\['`).FindStringSubmatch(line); m != nil {
			place[m[1]] = place[m[2]] + m[3]
		}
		if m := regexp.MustCompile(`Show\((?:(Place\d*)(?: \+ )?)?(?:'([^']*)')?,`).FindStringSubmatch(line); m != nil {
			shown[place[m[1]]+m[2]] = true
		}
	}
	all := leaves(reflect.TypeFor[confluence.User](), "")
	for _, leaf := range all {
		tooDeep := strings.Contains(leaf, "lastmodified.version.content") || strings.Contains(leaf, "lastmodified.version.collaborators")
		if !shown[leaf] && !tooDeep {
			t.Errorf("%s is not read", leaf)
		}
	}
	if len(all) < 500 || len(everyExpansion(reflect.TypeFor[confluence.User](), "")) > mostExpansions {
		t.Errorf("there are %d values, and more to expand than may be", len(all))
	}
}
