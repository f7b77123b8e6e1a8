package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/rosterhq/roster/internal/site"
)

// documentForm is one of the forms in which the API is described.
type documentForm struct {
	modern   bool // OpenAPI 3.1, else 3.0
	yaml     bool
	observed bool // for a site that answers as real sites were observed to
}

func (f documentForm) version() string {
	if f.modern {
		return "3.1.1"
	}
	return "3.0.3"
}

func (f documentForm) contentType() string {
	if f.yaml {
		return "application/yaml"
	}
	return jsonType
}

// documentTexts are made when they are first asked for, each once: they differ between sites only in an address.
var documentTexts = func() map[documentForm]func() []byte {
	all := map[documentForm]func() []byte{}
	for i := range 8 {
		form := documentForm{i&1 != 0, i&2 != 0, i&4 != 0}
		all[form] = sync.OnceValue(func() []byte { return document(operations, form) })
	}
	return all
}()

// documentTemplates are the documents as they are served.
var documentTemplates = func() map[documentForm]func() *addressed {
	all := map[documentForm]func() *addressed{}
	for form, text := range documentTexts {
		all[form] = sync.OnceValue(func() *addressed { return newAddressed(text()) })
	}
	return all
}()

// document is the description of a table, with anySite and anyServer in place of the site's address and the server's.
func document(table []operation, form documentForm) []byte {
	text := describe(table, form).text()
	if !form.yaml {
		return text
	}
	text, err := toYAML(text)
	if err != nil {
		panic(fmt.Sprintf("write the API's description as YAML: %v", err)) // it is JSON of ours, which YAML includes
	}
	return text
}

func toYAML(text []byte) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	restyle(&root)
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	err := e.Encode(&root)
	return out.Bytes(), err
}

// restyle takes the look of JSON from YAML. Texts with an address stay quoted, so that any address can be put in.
func restyle(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || !strings.Contains(n.Value, anySite) && !strings.Contains(n.Value, anyServer) {
		n.Style &^= yaml.FlowStyle | yaml.DoubleQuotedStyle
	}
	for _, below := range n.Content {
		restyle(below)
	}
}

// Describe returns the description of the API of a site at an address of a server, in OpenAPI 3.1 as JSON: of one that
// answers as real sites were observed to, or else as Atlassian documents.
func Describe(observed bool, address, server string) []byte {
	return documentTemplates[documentForm{modern: true, observed: observed}]().text(address, server)
}

// documentPage serves the description of a site's API.
func documentPage(modern, inYAML bool) func(*Server, http.ResponseWriter, *http.Request, *call) error {
	return func(s *Server, w http.ResponseWriter, r *http.Request, c *call) error {
		form := documentForm{modern, inYAML, c.site.Settings.Fidelity == site.Observed}
		return documentTemplates[form]().serve(w, r, form.contentType(), c.base, s.PublicURL)
	}
}
