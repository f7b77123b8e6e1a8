package letter

import (
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

//go:embed letter.html
var source string

var looks = template.Must(template.New("letter").Funcs(template.FuncMap{"long": long}).Parse(source))

// long reports whether a value has a word that may have to be broken, lest a column takes the room of the others.
func long(value string) bool {
	return slices.ContainsFunc(strings.Fields(value), func(word string) bool { return cells(word) > 14 })
}

// html is the letter as a page that fetches nothing and links to nothing.
func (p *page) html() (string, error) {
	var out strings.Builder
	if err := looks.Execute(&out, p); err != nil {
		return "", fmt.Errorf("write a letter as HTML: %w", err)
	}
	return out.String(), nil
}
