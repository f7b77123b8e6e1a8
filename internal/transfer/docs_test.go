package transfer_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/transfer"
)

var (
	example = regexp.MustCompile("(?ms)^```(csv|ndjson)([^\n]*)\n(.*?)^```$")
	mapping = regexp.MustCompile(`(\w+)=(?:"([^"]*)"|(\S+))`)
)

func TestTheExamplesOfTheDocumentCanBeImported(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		text, err := os.ReadFile("../../docs/import.md")
		if err != nil {
			t.Fatal(err)
		}
		examples := example.FindAllStringSubmatch(string(text), -1)
		if len(examples) < 4 {
			t.Fatalf("the document has %d examples", len(examples))
		}
		for _, e := range examples {
			p := newPlace(t, d)
			columns := map[string]string{}
			for _, m := range mapping.FindAllStringSubmatch(e[2], -1) {
				columns[m[1]] = m[2] + m[3]
			}
			report, results := p.run(e[3], func(o *transfer.Options) {
				o.Columns = columns
				o.Format = transfer.Format(e[1])
			})
			lines := int64(strings.Count(e[3], "\n"))
			if report.Refused > 0 || report.Lines != lines || report.Accounts.Create < 2 {
				t.Errorf("%s\n%+v\n%+v", e[3], report, results)
			}
			again, results := p.run(e[3], func(o *transfer.Options) {
				o.Columns = columns
				o.Format = transfer.Format(e[1])
			})
			if again.Refused > 0 || again.Accounts.Create+again.Accounts.Update+again.Spaces.Update+again.Content.Update+again.Content.Create+again.Watches.Create > 0 {
				t.Errorf("again: %s\n%+v\n%+v", e[3], again, results)
			}
		}
	})
}
