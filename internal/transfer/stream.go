package transfer

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
)

// stream reads a file ahead of whoever writes it, in a goroutine of its own: a file that is slow to come,
// such as a terminal, then does not keep the import from being stopped.
type stream struct {
	items chan Item
	err   error // why reading ended; valid once items is closed
	bytes atomic.Int64
	next  *Item // read, but of the next batch
}

// ahead is how many lines are read ahead: few, as each may be as long as mostObject.
const ahead = 8

func (s *stream) read(ctx context.Context, r Reader) {
	defer close(s.items)
	for {
		it, err := r.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
			return
		}
		if it.Err == nil {
			it.canonical = it.Canonical()
		}
		select {
		case s.items <- it:
		case <-ctx.Done():
			return
		}
	}
}

// batchBytes is how much of a file one batch holds at most, about.
const batchBytes = 4 << 20

// batch returns up to size lines, of about so many bytes, whose kind is the same, where they have one; none at the end of the file.
func (s *stream) batch(ctx context.Context, size, most int) ([]Item, error) {
	var batch []Item
	bytes := 0
	for len(batch) < size && bytes < most {
		it, err := s.take(ctx)
		if err != nil {
			return nil, err
		}
		if it == nil {
			break
		}
		kind := kindOf(batch)
		if kind != "" && it.Err == nil && it.Kind != kind || it.Kind == ExportKind && len(batch) > 0 {
			s.next = it
			break
		}
		batch = append(batch, *it)
		bytes += it.size
	}
	return batch, nil
}

// take returns the next line, or nil at the end of the file.
func (s *stream) take(ctx context.Context) (*Item, error) {
	if it := s.next; it != nil {
		s.next = nil
		return it, nil
	}
	select {
	case it, more := <-s.items:
		if more {
			return &it, nil
		}
		return nil, errors.Join(s.err, ctx.Err())
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// counted counts what is read.
type counted struct {
	io.Reader
	bytes *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}
