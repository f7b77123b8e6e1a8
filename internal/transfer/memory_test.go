package transfer_test

import (
	"fmt"
	"io"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/transfer"
)

// made is a file of n lines that is written while it is read.
type made struct {
	n        int64
	distinct int64        // accounts
	lines    atomic.Int64 // so far
	rest     []byte
}

func (m *made) Read(p []byte) (int, error) {
	if len(m.rest) == 0 {
		i := m.lines.Add(1)
		if i > m.n {
			return 0, io.EOF
		}
		m.rest = fmt.Appendf(nil, `{"kind":"account","accountId":"712020:%08x","displayName":"Person","department":"%0200d"}`+"\n", i%m.distinct, 0)
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

func TestALongFileIsNeverInMemoryAsAWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		const lines = 10_000
		file := &made{n: lines, distinct: 1000}
		var most int64
		o := p.options("", dryRun, func(o *transfer.Options) {
			o.Open = func() (io.ReadCloser, error) { return io.NopCloser(file), nil }
			o.Progress = func(r transfer.Report) { most = max(most, file.lines.Load()-r.Done()) }
		})
		r, err := transfer.Run(t.Context(), o)
		if err != nil || r.Refused > 0 || r.Done() != lines || r.Accounts.Create != 1000 {
			t.Fatalf("%+v %v", r, err)
		}
		// One batch, what is read ahead, and a buffer.
		if most > 3000 {
			t.Errorf("%d lines were read and not dealt with", most)
		}
	})
}
