package cache

import (
	"context"
	"sync"
	"time"
)

// flight runs one read at a time for everybody who wants it. Nobody gets one that began before they asked.
type flight[T any] struct {
	mu            sync.Mutex
	running, next *run[T]
	wanted        int // how many callers hold the flight; kept by [flights]
}

// run is one read and what came of it.
type run[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// longest bounds one read: it is everybody's, so no caller's own deadline ends it.
const longest = 10 * time.Second

// do returns what a read brought that began after the call. The read goes on when the caller gives up.
func (f *flight[T]) do(ctx context.Context, read func(context.Context) (T, error)) (T, error) {
	f.mu.Lock()
	mine := f.next
	switch {
	case f.running == nil:
		mine = &run[T]{done: make(chan struct{})}
		f.running = mine
		go f.fly(ctx, read)
	case mine == nil:
		mine = &run[T]{done: make(chan struct{})}
		f.next = mine
	}
	f.mu.Unlock()
	select {
	case <-mine.done:
		return mine.value, mine.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// fly reads until nobody waits any more.
func (f *flight[T]) fly(ctx context.Context, read func(context.Context) (T, error)) {
	for {
		f.mu.Lock()
		now := f.running
		f.mu.Unlock()
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
		now.value, now.err = read(bounded)
		cancel()
		f.mu.Lock()
		f.running, f.next = f.next, nil
		more := f.running != nil
		f.mu.Unlock()
		close(now.done)
		if !more {
			return
		}
	}
}

// flights are one flight a name, as long as somebody is on it.
type flights[T any] struct {
	mu  sync.Mutex
	all map[string]*flight[T]
}

func (fs *flights[T]) do(ctx context.Context, name string, read func(context.Context) (T, error)) (T, error) {
	fs.mu.Lock()
	f := fs.all[name]
	if f == nil {
		if fs.all == nil {
			fs.all = map[string]*flight[T]{}
		}
		f = &flight[T]{}
		fs.all[name] = f
	}
	f.wanted++
	fs.mu.Unlock()
	defer func() {
		fs.mu.Lock()
		defer fs.mu.Unlock()
		if f.wanted--; f.wanted == 0 {
			delete(fs.all, name)
		}
	}()
	return f.do(ctx, read)
}
