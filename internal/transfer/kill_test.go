package transfer_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/transfer"
)

// toBeKilled makes this test program an import: its value is the site, a space, "true" for an import offline, a space and
// the database. The file comes on standard input; a line goes to standard output after each batch.
const toBeKilled = "ROSTER_TEST_IMPORT_UNTIL_KILLED"

func importUntilKilled() {
	words := strings.SplitN(os.Getenv(toBeKilled), " ", 3)
	site, _ := strconv.ParseInt(words[0], 10, 64)
	d, err := db.Open(context.Background(), words[2], db.Options{Offline: words[1] == "true"})
	if err == nil {
		fmt.Println("open")
		_, err = transfer.Run(context.Background(), transfer.Options{
			Directory: &directory.Directory{Changes: change.New(d)}, Site: site, Actor: operator, Apply: true, Offline: words[1] == "true",
			Open:     func() (io.ReadCloser, error) { return os.Stdin, nil },
			Progress: func(r transfer.Report) { fmt.Println(r.Lines) },
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestAnImportThatIsKilledGoesOnWithNothingTwiceAndNothingMissing(t *testing.T) {
	for _, offline := range []bool{false, true} {
		t.Run(fmt.Sprintf("offline %t", offline), func(t *testing.T) {
			dbtest.EachFresh(t, func(t *testing.T, url string) {
				text := killable(2000 / slowed)
				site, want := uninterrupted(t, url, text)
				kills := 0
				for round := 0; ; round++ {
					killed, err := importAndKill(t, url, site, offline, text, round)
					if err != nil {
						t.Fatal(err)
					}
					if !killed {
						break
					}
					kills++
				}
				if kills < 3 {
					t.Errorf("it was killed %d times only", kills)
				}
				d, err := db.Open(t.Context(), url, db.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer d.Close()
				p := &place{T: t, dir: &directory.Directory{Changes: change.New(d)}, site: site}
				if diff := cmp.Diff(want, p.export(transfer.NDJSON)); diff != "" {
					t.Errorf("after %d kills:\n%s", kills, diff)
				}
				p.checkLists()
				if report, _ := p.run(text); report.Accounts.Create+report.Accounts.Update+report.Refused > 0 {
					t.Errorf("after all: %+v", report)
				}
			})
		})
	}
}

// uninterrupted makes two sites, imports text into the second, and returns the first and what the second exports.
func uninterrupted(t *testing.T, url, text string) (site int64, export string) {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	site = emptyPlace(t, d).site
	p := emptyPlace(t, d)
	if report, results := p.run(text); report.Refused > 0 {
		t.Fatalf("%+v", results)
	}
	return site, p.export(transfer.NDJSON)
}

// importAndKill starts an import in a process of its own and kills it at a random moment: after some batches, and some time.
// It reports whether the import was killed before it had ended. After some rounds it lets the import end.
func importAndKill(t *testing.T, url string, site int64, offline bool, text string, round int) (killed bool, err error) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%d %t %s", toBeKilled, site, offline, url))
	child.Stdin = strings.NewReader(text)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := child.Start(); err != nil {
		return false, err
	}
	lines := bufio.NewScanner(out)
	for range rand.IntN(4) + 1 {
		lines.Scan()
	}
	if round < 6 {
		moment := time.NewTimer(rand.N(150 * time.Millisecond))
		select {
		case <-moment.C:
		case <-t.Context().Done():
		}
		if err := child.Process.Kill(); err != nil {
			return false, err
		}
	}
	for lines.Scan() {
	}
	err = child.Wait()
	if exit, ok := child.ProcessState.Sys().(syscall.WaitStatus); ok && exit.Signaled() {
		return true, nil
	}
	return false, err
}

// killable is a file of so many people in groups, with some of everything else.
func killable(n int) string {
	var b strings.Builder
	b.WriteString(`{"kind":"export","version":"1"}` + "\n")
	for i := range 5 {
		fmt.Fprintf(&b, `{"kind":"group","id":"00000000-0000-4000-8000-00000000000%d","name":"team %d","permissions":["use"]}`+"\n", i, i)
	}
	for i := range n {
		fmt.Fprintf(&b, `{"kind":"account","accountId":"a:%d","email":"p%d@example.org","displayName":"Person Number%d","groups":["team 0","team %d"]}`+"\n", i, i, i, i%4+1)
		if i%40 == 0 {
			fmt.Fprintf(&b, `{"kind":"property","account":"a:%d","key":"k","value":{}}`+"\n", i)
		}
	}
	b.WriteString(`{"kind":"space","key":"ONE","name":"One","owner":"a:1"}` + "\n")
	for i := range n / 40 {
		fmt.Fprintf(&b, `{"kind":"content","id":%d,"space":"ONE","title":"Page %d","creator":"a:%d","labels":["l%d"]}`+"\n", 70000+i, i, i, i%7)
		fmt.Fprintf(&b, `{"kind":"watch","watcher":"a:%d","content":%d}`+"\n", i+1, 70000+i)
	}
	return b.String()
}

// checkLists compares what the lists of members count with the members that there are.
func (p *place) checkLists() {
	p.Helper()
	for i := range 5 {
		id := fmt.Sprintf("00000000-0000-4000-8000-00000000000%d", i)
		_, total, err := p.dir.Members(p.Context(), p.site, directory.Viewer{Admin: true}, id, 0, 1)
		if err != nil {
			p.Fatal(err)
		}
		there, _, err := db.One(p.Context(), p.dir.Changes.DB, db.Scalar[int64],
			`SELECT count(*) FROM memberships WHERE site_id = $1 AND group_id = $2`, p.site, id)
		if err != nil || total != there {
			p.Errorf("team %d counts %d members and has %d (%v)", i, total, there, err)
		}
	}
}
