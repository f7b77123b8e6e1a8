package transfer_test

import (
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/transfer"
)

// It is not parallel: it measures the memory of the whole process.
func TestALargeSiteIsExportedInLittleMemory(t *testing.T) {
	if testing.Short() || slowed > 1 {
		t.Skip("makes 20,000 people, and the race detector takes memory of its own")
	}
	const n = 20_000
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "large.db"), db.Options{Offline: true, Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	p := emptyPlace(t, d)
	report, err := transfer.Run(t.Context(), p.options("", func(o *transfer.Options) {
		o.Offline = true
		o.Open = func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(`{"kind":"export","version":"1"}`+"\n"), &made{n: n, distinct: n})), nil
		}
	}))
	if err != nil || report.Accounts.Create != n {
		t.Fatalf("%+v %v", report, err)
	}
	live := func() uint64 {
		runtime.GC()
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		return now.HeapAlloc
	}
	before, most := live(), uint64(0)
	done, err := transfer.Export(t.Context(), transfer.ExportOptions{
		Directory: p.dir, Site: p.site, Actor: operator, To: io.Discard,
		Progress: func(x transfer.Exported) {
			if x.Accounts%5_000 == 0 {
				most = max(most, live())
			}
		},
	})
	if err != nil || done.Accounts != n {
		t.Fatalf("%+v %v", done, err)
	}
	if most > before+(4<<20) {
		t.Errorf("exporting takes %d MB", (most-before)>>20)
	}
}
