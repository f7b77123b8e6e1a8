package web_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/web"
	"github.com/rosterhq/roster/workflows"
)

func TestFilesOfWordsHaveOnlyWhatTheProgramSays(t *testing.T) {
	t.Parallel()
	said := programSays()
	if testing.Verbose() {
		for _, text := range said {
			if sentence.MatchString(text) {
				t.Log(text)
			}
		}
		for _, row := range site.SettingsTable {
			t.Log(documented.ReplaceAllString(row.Help, ""))
		}
	}
	files, err := filepath.Glob("templates/*/words.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, english := range unsaid(t, said, string(text)) {
			t.Errorf("%s: the program does not say %q", file, english)
		}
	}
	odd := german + `
The locale is longer than 255 characters.: Mit dem Wort in einem Satz.
The locale is longer then 255 characters.: Mit einem Fehler.
Users of %s are %s.: Von niemandem.
`
	if got := unsaid(t, said, odd); !slices.Equal(got, []string{"The locale is longer then 255 characters.", "Users of %s are %s."}) {
		t.Errorf("unsaid: %q", got)
	}
}

// sentence is what a translator has to look at, of all texts in the program.
var sentence = regexp.MustCompile(`(?s)^[A-Z%].* .*[.?!:]$`)

// unsaid returns the English of a file of words that the program does not say.
func unsaid(t *testing.T, said []string, file string) []string {
	t.Helper()
	var words map[string]string
	if err := yaml.Unmarshal([]byte(file), &words); err != nil {
		t.Fatal(err)
	}
	var all []string
	for english := range words {
		if !slices.ContainsFunc(said, func(text string) bool { return web.Says(text)(english) }) {
			all = append(all, english)
		}
	}
	slices.Sort(all)
	return all
}

// documented is where a setting's help names a document, which its page leaves out.
var documented = regexp.MustCompile(` \(docs/[^)]*\.md\)`)

// programSays are the texts in the program's code, in the actions that there are, and in the workflows that come with it.
var programSays = sync.OnceValue(func() (all []string) {
	err := filepath.WalkDir("..", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, _ := strconv.Unquote(literal.Value) // the parser took it
				all = append(all, documented.ReplaceAllString(text, ""))
			}
			return true
		})
		return nil
	})
	if err != nil {
		panic(err)
	}
	actions, err := json.Marshal(action.All(api.Actions()))
	if err != nil {
		panic(err)
	}
	described := [][]byte{actions}
	for _, f := range workflows.Files() {
		described = append(described, f.Text)
	}
	for _, text := range described {
		var value any
		if err := yaml.Unmarshal(text, &value); err != nil {
			panic(err)
		}
		all = append(all, textsIn(value)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
})

func textsIn(value any) (all []string) {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		for _, one := range value {
			all = append(all, textsIn(one)...)
		}
	case map[string]any:
		for _, one := range value {
			all = append(all, textsIn(one)...)
		}
	}
	return all
}
