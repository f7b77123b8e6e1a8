package transfer_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/transfer"
)

const export = "\ufeffUser id,User name,email,User status,Added to org,Org role,Last seen in Confluence - engines,Group 1,Group 2\r\n" +
	"557058:ada,\"Lovelace, Ada\",ada@example.org,Active,3 Jan 2024,Org admin,12 May 2024,engineers,poets\r\n" +
	"557058:babbage,Charles Babbage,charles@example.org,Suspended,3 Jan 2024,,Never accessed,engineers,\r\n" +
	",,,,,,,,\r\n" +
	"557058:hopper,\"Grace \"\"Amazing\"\" Hopper\",grace@example.org,Deactivated,3 Jan 2024,,,,\r\n"

func TestAtlassiansExportIsRecognizedByItsHeader(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		p.apply(export, transfer.Report{Accounts: transfer.Counts{Create: 3}, Groups: transfer.Counts{Create: 2}})
		p.apply(export, standing(3))
		ada := p.account("ADA@example.org")
		if ada.ID != "557058:ada" || ada.DisplayName != "Lovelace, Ada" || !ada.Licensed {
			t.Errorf("%+v", ada)
		}
		if diff := cmp.Diff([]string{"engineers", "poets", "users"}, p.groups(ada.ID)); diff != "" {
			t.Error(diff)
		}
		if a := p.account("557058:babbage"); a.Status != directory.Inactive {
			t.Errorf("%+v", a)
		}
		if a := p.account("557058:hopper"); a.DisplayName != `Grace "Amazing" Hopper` {
			t.Errorf("%+v", a)
		}
	})
}

func TestColumnsOfAnyFileCanBeNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		text := "Nr,Full Name,Mail,Teams,Guest,Location\n1,Ada Lovelace,ada@example.org,Engines; Poets,TRUE,London\n2,,ada@example.org,,,\n"
		named := func(o *transfer.Options) {
			o.Columns = map[string]string{"displayName": "full name", "email": "Mail", "groups": "Teams", "isGuest": "Guest"}
		}
		p.apply(text, transfer.Report{Accounts: transfer.Counts{Create: 1, Unchanged: 1}, Groups: transfer.Counts{Create: 2}}, named)
		ada := p.account("ada@example.org")
		if ada.DisplayName != "Ada Lovelace" || !ada.Guest || ada.Location != "" {
			t.Errorf("%+v", ada)
		}
		if diff := cmp.Diff([]string{"Engines", "Poets", "users"}, p.groups(ada.ID)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAFileThatCannotBeUsedIsAnError(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text, want string
		columns          map[string]string
	}{
		{"empty", "", "the file is empty; a CSV file begins with a row of column names", nil},
		{"no known column", "Nr,Name\n", "line 1: no column is known to hold account IDs or e-mail addresses; name columns with --map, such as --map email=Mail", nil},
		{"an unknown field", "Mail\n", `--map: there is no field "mail"; the fields are accountId, accountType,`, map[string]string{"mail": "Mail"}},
		{"an unknown column", "Mail\n", `--map: the file has no column "E-Mail" for email`, map[string]string{"email": "E-Mail"}},
		{"a column twice", "Mail,mail\n", `--map: the file has two columns "Mail"`, map[string]string{"email": "Mail"}},
		{"a recognized column twice", "email,Email\n", `line 1: two columns are named "email"`, nil},
		{"a column for two fields", "Mail\n", `--map: the column "Mail" is named for email and for phone`, map[string]string{"email": "Mail", "phone": "Mail"}},
		{"columns of JSON", "{}\n", "columns are mapped, but the file holds JSON objects, which have none", map[string]string{"email": "Mail"}},
		{"UTF-16", "\xff\xfee\x00m\x00", "line 1: the file is UTF-16; save it as UTF-8", nil},
		{"a Latin-1 header", "email,Pr\xe9nom\n", "line 1: the column names are not valid UTF-8; save the file as UTF-8", nil},
		{"an endless header", strings.Repeat("x", 1<<20), "line 1: the row of column names cannot be read: line 1: the record is too long; is a quote not closed?", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := transfer.NewReader(strings.NewReader(tt.text), "", tt.columns)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

func TestABadRowIsReportedByItsLine(t *testing.T) {
	t.Parallel()
	text := "email,displayName,accountStatus,isGuest\n" +
		"a@example.org,\"Two\nlines\",active,false\n" +
		"b@example.org,B\n" +
		"c@example.org,Latin \xe9,active,\n" +
		"d@example.org,D,gone,\n" +
		"e@example.org,E \"quoted\",active,\n" +
		",Nobody,active,\n" +
		"f@example.org,F,CLOSED,\n" +
		"g@example.org,G,,\n"
	r, err := transfer.NewReader(strings.NewReader(text), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		it, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d: %v", it.Line, it.Err))
	}
	want := []string{
		"2: <nil>",
		"4: The row has 2 cells, the header has 4.",
		"5: The row is not valid UTF-8; save the file as UTF-8.",
		`6: The status "gone" is none of active, inactive, closed, nor suspended, deactivated or invited.`,
		"7: A quote stands inside a cell that is not quoted.",
		"8: There is neither an accountId nor an email, so nobody can tell who this is.",
		"9: A closed account has no address any more: name it by its accountId.",
		"10: <nil>",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAQuoteThatIsNeverClosedEndsTheReadingInLittleMemory(t *testing.T) {
	t.Parallel()
	endless := io.MultiReader(strings.NewReader("email\na@example.org\n\""), zeros{})
	r, err := transfer.NewReader(endless, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if it, err := r.Next(); err != nil || it.Line != 2 {
		t.Fatal(it, err)
	}
	if _, err := r.Next(); err == nil || err.Error() != "line 3: the record is too long; is a quote not closed?" {
		t.Error(err)
	}
}

// zeros is a file of zeros without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}
