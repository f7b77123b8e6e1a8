package archtest

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/rosterhq/roster/"

// mayImport is the dependency direction of this module: a package may import only what stands beside its
// name. A new package fails this test until someone decides where it belongs.
var mayImport = map[string][]string{
	"cmd/roster": {
		"confluence", "internal/action", "internal/admin", "internal/api", "internal/app", "internal/audit", "internal/auth", "internal/avatar",
		"internal/change", "internal/config", "internal/content", "internal/db", "internal/directory", "internal/emulate", "internal/event",
		"internal/failure", "internal/install", "internal/mail", "internal/oauth", "internal/seed", "internal/site", "internal/transfer", "internal/webhook",
		"internal/workflow", "internal/workflow/dsl", "rosteradmin", "workflows",
	},
	"bench/load":     {},
	"bench/pages":    {"internal/web"},
	"bench/generate": {"internal/change", "internal/db", "internal/directory", "internal/site", "internal/transfer"},

	"confluence": {},
	"e2e":        {},
	"e2e/server": {},

	"internal/admin": {
		"confluence", "internal/auth", "internal/change", "internal/connect", "internal/content", "internal/db", "internal/directory", "internal/event",
		"internal/explain", "internal/failure", "internal/install", "internal/jsonbody", "internal/mail", "internal/site", "internal/webhook",
		"internal/workflow", "internal/workflow/dsl", "rosteradmin",
	},
	"internal/api": {
		"confluence", "internal/action", "internal/auth", "internal/avatar", "internal/change", "internal/connect", "internal/content", "internal/cql",
		"internal/db", "internal/directory", "internal/event", "internal/explain", "internal/failure", "internal/gzipped", "internal/jsonbody", "internal/ratelimit", "internal/samples",
		"internal/site", "rosteradmin",
	},
	"internal/api/conform":     {},
	"internal/api/contract":    {},
	"internal/api/contractgen": {"internal/api/contract"},
	"internal/app": {
		"internal/action", "internal/admin", "internal/api", "internal/audit", "internal/auth", "internal/cache", "internal/change", "internal/content",
		"internal/db", "internal/directory", "internal/emulate", "internal/event", "internal/explain", "internal/failure", "internal/install",
		"internal/mail", "internal/metrics", "internal/oauth", "internal/outbound", "internal/seed", "internal/site", "internal/web", "internal/webhook", "internal/workflow",
		"internal/workflow/dsl",
	},
	"internal/archtest":         {},
	"internal/audit":            {"internal/background", "internal/change", "internal/failure", "internal/site"},
	"internal/auth":             {"internal/connect", "internal/directory", "internal/failure", "internal/site"},
	"internal/avatar":           {},
	"internal/background":       {"internal/db", "internal/failure"},
	"internal/background/clock": {},
	"internal/cache":            {"internal/db"},
	"internal/change":           {"internal/db", "internal/failure"},
	"internal/config":           {},
	"internal/connect":          {"internal/failure"},
	"internal/content":          {"internal/change", "internal/db", "internal/failure", "internal/fold"},
	"internal/cql":              {"internal/fold"},
	"internal/db":               {"internal/failure"},
	"internal/db/dbtest":        {"internal/db"},
	"internal/directory":        {"internal/cache", "internal/change", "internal/cql", "internal/db", "internal/failure", "internal/fold", "internal/mail", "internal/workflow/erasure"},
	"internal/emulate":          {"confluence", "internal/change", "internal/content", "internal/directory", "internal/failure", "internal/jsonbody", "internal/seed", "internal/site"},
	"internal/explain":          {"internal/failure"},
	"internal/failure":          {},
	"internal/fold":             {},
	"internal/gzipped":          {},
	"internal/install":          {"internal/change", "internal/connect", "internal/directory", "internal/failure", "internal/outbound", "internal/site"},
	"internal/jsonbody":         {"internal/failure"},
	"internal/mail":             {"internal/background", "internal/change", "internal/db", "internal/failure"},
	"internal/metrics":          {"internal/api", "internal/db", "internal/directory", "internal/explain", "internal/mail", "internal/site"},
	"internal/oauth":            {"internal/auth", "internal/change", "internal/connect", "internal/db", "internal/directory", "internal/explain", "internal/failure", "internal/site"},
	"internal/outbound":         {},
	"internal/seed":             {"internal/change", "internal/connect", "internal/content", "internal/directory", "internal/failure", "internal/fold", "internal/jsonbody", "internal/site"},
	"internal/ratelimit":        {},
	"internal/site":             {"internal/cache", "internal/change", "internal/db", "internal/failure"},
	"internal/transfer": {
		"internal/change", "internal/content", "internal/db", "internal/directory", "internal/failure", "internal/fold", "internal/jsonbody", "internal/site",
	},
	"internal/web":              {"internal/action", "internal/api", "internal/audit", "internal/auth", "internal/avatar", "internal/change", "internal/content", "internal/directory", "internal/emulate", "internal/event", "internal/explain", "internal/failure", "internal/gzipped", "internal/install", "internal/mail", "internal/oauth", "internal/seed", "internal/site", "internal/transfer", "internal/webhook", "internal/workflow", "internal/workflow/dsl", "workflows"},
	"internal/action":           {},
	"internal/event":            {"internal/background", "internal/change", "internal/db"},
	"internal/samples":          {},
	"internal/webhook":          {"internal/background", "internal/change", "internal/db", "internal/event", "internal/failure", "internal/outbound"},
	"internal/workflow":         {"confluence", "internal/action", "internal/background", "internal/change", "internal/db", "internal/event", "internal/failure", "internal/mail", "internal/outbound", "internal/workflow/dsl", "internal/workflow/erasure", "internal/workflow/letter", "rosteradmin"},
	"internal/workflow/dsl":     {"internal/action"},
	"internal/workflow/erasure": {"internal/change", "internal/db"},
	"internal/workflow/letter":  {"internal/failure", "internal/mail"},
	"workflows":                 {},
	"rosteradmin":               {"confluence"},
	"rostertest":                {"confluence", "internal/app", "internal/change", "internal/directory", "internal/emulate", "internal/seed"},
}

// neverImports says what a package must not know, the standard library included.
var neverImports = map[string][]string{
	"internal/admin":     {"database/sql"},
	"internal/api":       {"database/sql"},
	"internal/auth":      {"database/sql"},
	"internal/config":    {"net/http", "database/sql"},
	"internal/connect":   {"database/sql"},
	"internal/content":   {"net/http", "encoding/xml"},
	"internal/cql":       {"net/http", "database/sql"},
	"internal/directory": {"net/http", "encoding/json", "encoding/xml"},
	"internal/emulate":   {"database/sql"},
	"internal/explain":   {"net/http", "database/sql"},
	"internal/failure":   {"net/http"},
	"internal/install":   {"database/sql"},
	"internal/ratelimit": {"database/sql"},
	"internal/seed":      {"net/http", "database/sql"},
	"internal/site":      {"net/http"},
	"internal/web":       {"database/sql"},
}

func TestEveryPackageImportsOnlyWhatItMay(t *testing.T) {
	t.Parallel()
	for pkg, imports := range packages(t) {
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("%s is not in mayImport", pkg)
		}
		for _, imported := range imports {
			ours, isOurs := strings.CutPrefix(imported, module)
			switch {
			case isOurs && !slices.Contains(allowed, ours):
				t.Errorf("%s must not import %s", pkg, ours)
			case slices.Contains(neverImports[pkg], imported):
				t.Errorf("%s must not know %s", pkg, imported)
			case (pkg == "confluence" || pkg == "rosteradmin") && !isOurs && strings.Contains(imported, "."):
				t.Errorf("the SDK must not depend on %s", imported)
			}
		}
	}
}

func TestTheImportMapNamesOnlyPackagesThatExist(t *testing.T) {
	t.Parallel()
	there := packages(t)
	for pkg := range mayImport {
		if _, ok := there[pkg]; !ok {
			t.Errorf("there is no package %s", pkg)
		}
	}
}

func TestNoPackageIsNamedAfterNothing(t *testing.T) {
	t.Parallel()
	for pkg := range packages(t) {
		for part := range strings.SplitSeq(pkg, "/") {
			switch part {
			case "util", "utils", "common", "helper", "helpers", "model", "models", "types", "misc", "shared":
				t.Errorf("%s says nothing about what is in it", pkg)
			}
		}
	}
}

// packages returns what each package of the module imports, tests left out.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		name, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		all[strings.TrimPrefix(name, module)] = strings.Fields(imports)
	}
	return all
}
