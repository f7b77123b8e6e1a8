package api

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// everyOperation goes through the operations with their descriptions, in which nothing is shared.
func everyOperation(do func(op *operation, o *operationObject, b *documentBuilder)) {
	for i := range operations {
		b := &documentBuilder{documentForm{modern: true}, map[string]*schemaObject{}, map[string]*parameterObject{}, map[string]*responseObject{}}
		do(&operations[i], b.operation(&operations[i]), b)
	}
}

func TestTheDescriptionOfAnOperationBeginsWithWhatItDoes(t *testing.T) {
	t.Parallel()
	everyOperation(func(op *operation, o *operationObject, _ *documentBuilder) {
		if does := purposes[op.id]; does == "" || !strings.HasPrefix(o.Description, does) || !strings.HasPrefix(op.action().Description, does) {
			t.Errorf("%s is described as %s", op.id, o.Description)
		}
		for _, remark := range remarks[op.id] {
			if !strings.Contains(o.Description, remark) || !slices.Contains(op.action().Notes, remark) {
				t.Errorf("%s does not say: %s", op.id, remark)
			}
		}
		if o.Page.URL != anySite+"/docs/"+op.id {
			t.Errorf("%s leads to %s", op.id, o.Page.URL)
		}
	})
	ours := regexp.MustCompile(`docs/\w+\.md`)
	for _, form := range everyForm() {
		if found := ours.Find(documentTexts[form]()); found != nil {
			t.Errorf("%+v refers to %s, which who reads it does not have", form, found)
		}
	}
	if found := ours.Find(DescribeAs("postman", false, "https://a.example", "https://a.example")); found != nil {
		t.Errorf("the collection refers to %s", found)
	}
}

func TestTwoListsOfScopesAreTwoAndOneIsOne(t *testing.T) {
	t.Parallel()
	everyOperation(func(op *operation, o *operationObject, _ *documentBuilder) {
		two := op.scopes.classic != "" && op.scopes.granular != ""
		for line, wanted := range map[string]bool{
			"**Classic scope (RECOMMENDED):** `" + op.scopes.classic + "`": two,
			"**Granular scopes:** `": two,
			"**Scope:** ":            !two,
			"**Scope:** none":        op.scopes == scopes{},
		} {
			if strings.Contains(o.Description, line) != wanted {
				t.Errorf("%s: %s in %s", op.id, line, o.Description)
			}
		}
	})
}

func TestTheCausesOfABadRequestAreNamed(t *testing.T) {
	t.Parallel()
	everyOperation(func(op *operation, o *operationObject, b *documentBuilder) {
		r := o.Responses["400"]
		if r.Ref != "" {
			r = b.failures[baseName(r.Ref)]
		}
		if named := mistakes[op.id]; named == "" && o.RequestBody != nil || !strings.Contains(r.Description, named) {
			t.Errorf("%s is refused with 400 where: %s", op.id, r.Description)
		}
		for status, r := range o.Responses {
			if !op.needs.has(xsrf) && strings.Contains(r.Description, xsrfHeader) {
				t.Errorf("%s %s is said to need %s", op.id, status, xsrfHeader)
			}
		}
		if op.needs.has(xsrf) && !strings.Contains(o.Responses["403"].Description, xsrfHeader) {
			t.Errorf("%s is not said to need %s", op.id, xsrfHeader)
		}
	})
}

// belowAPath is where what can be expanded of one thing stands in what can be expanded of another.
var belowAPath = []struct{ path, list string }{{"homepage.", "$content"}, {"space.", "$space"}, {"container.", "$space"}, {"personalSpace.", "$space"}}

func isOffered(path string, offers []string) bool {
	if slices.Contains(offers, path) {
		return true
	}
	for _, b := range belowAPath {
		if rest, is := strings.CutPrefix(path, b.path); is && slices.Contains(offers, strings.TrimSuffix(b.path, ".")) {
			return isOffered(rest, offered(b.list))
		}
	}
	return false
}

func TestWhatASampleExpandsIsOffered(t *testing.T) {
	t.Parallel()
	everyOperation(func(op *operation, o *operationObject, _ *documentBuilder) {
		i := slices.IndexFunc(op.serve.params.list, func(q param) bool { return q.name == "expand" })
		if i < 0 {
			return
		}
		q := op.serve.params.list[i]
		for path := range strings.FieldsSeq(examples[op.id].expand) {
			if !isOffered(path, q.offered) {
				t.Errorf("%s does not say that %s can be expanded", op.id, path)
			}
		}
		text := o.Parameters[slices.IndexFunc(o.Parameters, func(p *parameterObject) bool { return p.Name == "expand" })].Description
		for _, value := range q.offered {
			if op.meaning(q, value) == "" || strings.Count(text, "\n- `"+value+"`: ") != 1 {
				t.Errorf("%s does not explain %s once", op.id, value)
			}
		}
		if strings.Count(text, "separated by commas") != 1 {
			t.Errorf("%s says how a list is given: %s", op.id, text)
		}
	})
}

func TestAnOperationIsCalledInTheWaysOfItsRow(t *testing.T) {
	t.Parallel()
	everyOperation(func(op *operation, o *operationObject, _ *documentBuilder) {
		_, ways, _ := strings.Cut(o.Description, "**Ways in:** ")
		ways, _, _ = strings.Cut(ways, "\n")
		anonymous := slices.ContainsFunc(o.Security, func(s map[string][]string) bool { return len(s) == 0 })
		scoped := slices.ContainsFunc(o.Security, func(s map[string][]string) bool { return s[oAuth] != nil })
		for way, is := range map[string]bool{
			"Connect": op.connect != inaccessible, "OAuth 2.0": scoped, "Forge": op.scopes != scopes{}, "no credential": anonymous, "without scopes": op.scopes == scopes{},
		} {
			if strings.Contains(ways, way) != is {
				t.Errorf("%s: %s", op.id, ways)
			}
		}
		if op.method() != http.MethodGet && anonymous && op.id != "createBulkUserLookup" {
			t.Errorf("%s is written without a credential", op.id)
		}
	})
}
