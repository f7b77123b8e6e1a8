package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// request appends one request to buf; the client adds nothing to it.
type request func(buf []byte, random *rand.Rand) []byte

// answers are what came of calling for some time.
type answers struct {
	took  time.Duration
	times []time.Duration // of each request, ascending
}

func (a answers) rate() float64 { return float64(len(a.times)) / a.took.Seconds() }

// quantile is the time that this part of the requests did not take longer than.
func (a answers) quantile(part float64) time.Duration {
	return a.times[min(len(a.times)-1, int(part*float64(len(a.times))))]
}

// call sends requests over so many connections at once, each one after the other, for some time. Any answer but
// 200 is an error. The client reads no more of HTTP than it must, so that it takes little of the processor that
// it shares with the server.
func call(ctx context.Context, server string, connections int, seconds float64, next request) (answers, error) {
	u, err := url.Parse(server)
	if err != nil {
		return answers{}, err
	}
	var mu sync.Mutex
	var all answers
	var failed error
	var callers sync.WaitGroup
	began := time.Now()
	until := began.Add(time.Duration(seconds * float64(time.Second)))
	for i := range connections {
		callers.Go(func() {
			times, err := callOne(ctx, u.Host, until, next, rand.New(rand.NewPCG(uint64(i), uint64(began.UnixNano()))))
			mu.Lock()
			defer mu.Unlock()
			all.times = append(all.times, times...)
			failed = errors.Join(failed, err)
		})
	}
	callers.Wait()
	all.took = time.Since(began)
	slices.Sort(all.times)
	if failed == nil && len(all.times) == 0 {
		failed = errors.New("nothing was answered in time")
	}
	return all, failed
}

func callOne(ctx context.Context, host string, until time.Time, next request, random *rand.Rand) ([]time.Duration, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 64<<10)
	var buf []byte
	times := make([]time.Duration, 0, 1<<16)
	for now := time.Now(); now.Before(until) && ctx.Err() == nil; {
		buf = next(buf[:0], random)
		if _, err := conn.Write(buf); err != nil {
			return times, err
		}
		if err := readAnswer(in); err != nil {
			return times, fmt.Errorf("%.200s: %w", buf, err)
		}
		then := now
		now = time.Now()
		times = append(times, now.Sub(then))
	}
	return times, ctx.Err()
}

var (
	ok          = []byte("HTTP/1.1 200 ")
	lengthField = []byte("Content-Length:")
	chunked     = []byte("Transfer-Encoding: chunked")
)

// readAnswer reads one answer and forgets it.
func readAnswer(in *bufio.Reader) error {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, ok) {
		rest, _ := in.Peek(min(in.Buffered(), 1000))
		return fmt.Errorf("answered %s%s", line, rest)
	}
	length, inChunks := 0, false
	for {
		line, err := in.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case len(line) <= 2:
			if !inChunks {
				_, err = in.Discard(length)
				return err
			}
			return readChunks(in)
		case bytes.HasPrefix(line, lengthField):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(lengthField):]))); err != nil {
				return err
			}
		case bytes.HasPrefix(line, chunked):
			inChunks = true
		}
	}
}

func readChunks(in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return err
		}
		if _, err := in.Discard(int(n) + 2); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

// fetch returns the body of one answer.
func fetch(ctx context.Context, server string, asked []byte) ([]byte, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	whole := bytes.Replace(asked, []byte("\r\n"), []byte("\r\nConnection: close\r\n"), 1)
	if _, err := conn.Write(whole); err != nil {
		return nil, err
	}
	return readBody(io.LimitReader(conn, 64<<20))
}
