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

// do returns what a read brought that began after the call. Where none is under way, the caller reads, and gives up no
// sooner than the read ends. Others wait for the next read, which goes on when they give up.
func (f *flight[T]) do(ctx context.Context, read func(context.Context) (T, error)) (T, error) {
	f.mu.Lock()
	if f.running == nil {
		mine := &run[T]{done: make(chan struct{})}
		f.running = mine
		f.mu.Unlock()
		defer func() { // also when the read panics: others may wait for the next
			if f.land() {
				go f.goOn(ctx, read)
			}
		}()
		mine.read(ctx, read)
		return mine.value, mine.err
	}
	if f.next == nil {
		f.next = &run[T]{done: make(chan struct{})}
	}
	mine := f.next
	f.mu.Unlock()
	select {
	case <-mine.done:
		return mine.value, mine.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

func (r *run[T]) read(ctx context.Context, read func(context.Context) (T, error)) {
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
	defer cancel()
	r.value, r.err = read(bounded)
}

// goOn reads until nobody waits any more.
func (f *flight[T]) goOn(ctx context.Context, read func(context.Context) (T, error)) {
	for more := true; more; more = f.land() {
		f.mu.Lock()
		now := f.running
		f.mu.Unlock()
		now.read(ctx, read)
	}
}

// land ends the read that is running, and reports whether somebody waits for the next.
func (f *flight[T]) land() (more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.running.done)
	f.running, f.next = f.next, nil
	return f.running != nil
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
