package dbtest

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/internal/db"
)

// Asked passes queries on and counts them.
type Asked struct {
	db.Querier
	Times int
}

// QueryContext is the querier's own.
func (a *Asked) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	a.Times++
	return a.Querier.QueryContext(ctx, query, args...)
}

// Counter counts the statements that PostgreSQL is asked to execute, transactions' beginnings and ends included.
type Counter struct{ n atomic.Int64 }

// During returns how many statements were executed while do ran. Whatever else uses the database counts too.
func (c *Counter) During(do func()) int64 {
	before := c.n.Load()
	do()
	return c.n.Load() - before
}

// Counted returns the URL of an empty database of the test's own on PostgreSQL, and what counts the statements
// sent to it: the URL leads through a relay that reads along. Without a server the test is skipped.
func Counted(t *testing.T) (string, *Counter) {
	t.Helper()
	listener, dial, through := entrance(t, "counted")
	q := through.Query()
	q.Set("sslmode", "disable") // or else there is nothing to read
	through.RawQuery = q.Encode()
	c := &Counter{}
	var running sync.WaitGroup
	running.Go(func() { c.relay(listener, dial, &running) })
	t.Cleanup(func() {
		listener.Close()
		running.Wait()
	})
	return through.String(), c
}

// relay connects every caller to the server, until the listener is closed and the callers are gone.
func (c *Counter) relay(listener net.Listener, dial func() (net.Conn, error), running *sync.WaitGroup) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		upstream, err := dial()
		if err != nil {
			client.Close()
			continue
		}
		running.Go(func() {
			io.Copy(client, upstream)
			client.Close()
		})
		running.Go(func() {
			c.read(client, upstream)
			upstream.Close()
		})
	}
}

// read passes on what a client says, message by message. The first message has no type.
func (c *Counter) read(client io.Reader, server io.Writer) {
	for typed := 0; ; typed = 1 {
		head := make([]byte, typed+4)
		if _, err := io.ReadFull(client, head); err != nil {
			return
		}
		body := make([]byte, max(0, int(binary.BigEndian.Uint32(head[typed:]))-4))
		if _, err := io.ReadFull(client, body); err != nil {
			return
		}
		const execute, query = 'E', 'Q'
		ping := bytes.HasPrefix(body, []byte("-- ping")) // the pool's, on connections that were idle
		if typed == 1 && (head[0] == execute || head[0] == query && !ping) {
			c.n.Add(1)
		}
		if _, err := server.Write(slices.Concat(head, body)); err != nil {
			return
		}
	}
}
