package change_test

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// cutter stands between the program and PostgreSQL, and cuts the connection around a statement.
type cutter struct {
	url    string
	server string

	mu      sync.Mutex
	at      []byte // the statement to cut at; nil lets everything pass
	forward bool   // the server still gets the statement; its answer is lost
	cuts    int
}

// newCutter returns one for the server of a database URL. Its own url opens the same database through it.
func newCutter(t *testing.T, database string) *cutter {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c := &cutter{server: u.Host}
	u.Host = l.Addr().String()
	c.url = u.String()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.serve(conn)
		}
	}()
	return c
}

// cutAt cuts the next connection that sends the statement, once.
func (c *cutter) cutAt(statement string, forward bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.forward = []byte(statement), forward
}

func (c *cutter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cuts
}

// due reports whether what the client sends is to be cut, and whether the server gets it.
func (c *cutter) due(sent []byte) (cut, forward bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at == nil || !bytes.Contains(sent, c.at) {
		return false, false
	}
	c.at = nil
	c.cuts++
	return true, c.forward
}

func (c *cutter) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		io.Copy(client, server)
		client.Close()
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		cut, forward := c.due(buffer[:n])
		if cut {
			client.Close() // before the server is asked, so that no answer can arrive
		}
		if !cut || forward {
			if _, err := server.Write(buffer[:n]); err != nil {
				return
			}
		}
		if cut {
			if forward {
				waitForAnswer(server)
			}
			return
		}
	}
}

// waitForAnswer ends the conversation politely, and returns once the server has worked off all that it was sent.
func waitForAnswer(server net.Conn) {
	server.Write([]byte{'X', 0, 0, 0, 4})
	io.Copy(io.Discard, server)
}
