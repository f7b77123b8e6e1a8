package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	longestFile     = 400
	longestFunction = 60
)

func TestNoFileIsLong(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.lines > longestFile {
			t.Errorf("%s has %d lines, more than %d: which noun moves out?", s.path, s.lines, longestFile)
		}
	}
}

// A function may be longer where the comment above it says why, in a sentence with "long because".
func TestNoFunctionIsLongWithoutAReason(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, decl := range s.syntax.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := s.files.Position(f.End()).Line - s.files.Position(f.Pos()).Line + 1
			if lines > longestFunction && !strings.Contains(strings.Join(strings.Fields(f.Doc.Text()), " "), "long because") {
				t.Errorf("%s: %s has %d lines, more than %d", s.path, f.Name.Name, lines, longestFunction)
			}
		}
	}
}

// Every write goes through package change, so that it leaves its record (rule 6).
func TestOnlyPackageChangeBeginsTransactions(t *testing.T) {
	t.Parallel()
	s := sources(t)
	calls := 0
	for _, s := range s {
		if s.test || strings.HasPrefix(s.path, "internal/db/") {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			name, ok := n.(*ast.SelectorExpr)
			if ok && name.Sel.Name == "Transact" {
				calls++
				if !strings.HasPrefix(s.path, "internal/change/") {
					t.Errorf("%s calls Transact: write through change.Log", s.files.Position(n.Pos()))
				}
			}
			return true
		})
	}
	if calls == 0 {
		t.Error("nobody calls Transact: this test looks for the wrong name")
	}
}

// Only Viewer.See makes a profile, so that privacy is applied in one place (rule 3).
func TestOnlyTheProfileFileMakesProfiles(t *testing.T) {
	t.Parallel()
	const home = "internal/directory/profile.go"
	made := 0
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		inside := strings.HasPrefix(s.path, "internal/directory/")
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || !namesProfile(literal.Type, inside) {
				return true
			}
			made++
			if s.path != home {
				t.Errorf("%s makes a Profile: only Viewer.See may", s.files.Position(n.Pos()))
			}
			return true
		})
	}
	if made == 0 {
		t.Errorf("%s makes no Profile: this test looks for the wrong name", home)
	}
}

func namesProfile(e ast.Expr, inside bool) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return inside && e.Name == "Profile"
	case *ast.SelectorExpr:
		pkg, ok := e.X.(*ast.Ident)
		return ok && pkg.Name == "directory" && e.Sel.Name == "Profile"
	}
	return false
}

var sqlText = regexp.MustCompile(`(?is)\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\b`)

// SQL stands beside the rule it serves: never where HTTP is spoken.
func TestTheEdgesHoldNoSQL(t *testing.T) {
	t.Parallel()
	edges := []string{"cmd/", "confluence/", "internal/api/", "internal/auth/", "internal/avatar/", "internal/config/", "internal/cql/", "internal/seed/"}
	for _, s := range sources(t) {
		if s.test || !slices.ContainsFunc(edges, func(edge string) bool { return strings.HasPrefix(s.path, edge) }) {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && sqlText.MatchString(text.Value) {
				t.Errorf("%s holds SQL", s.files.Position(n.Pos()))
			}
			return true
		})
	}
}

// source is one Go file of the module.
type source struct {
	path   string // from the module's root, with slashes
	test   bool
	lines  int
	files  *token.FileSet
	syntax *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch name := entry.Name(); {
		case entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		syntax, err := parser.ParseFile(files, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		short, err := filepath.Rel(root, path)
		all = append(all, source{filepath.ToSlash(short), strings.HasSuffix(path, "_test.go"), strings.Count(string(text), "\n"), files, syntax})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
