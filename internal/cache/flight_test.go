package cache

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

func TestNobodyGetsAReadThatBeganBeforeTheyAsked(t *testing.T) {
	t.Parallel()
	var f flight[int64]
	var began atomic.Int64 // counts the reads that have begun
	read := func(context.Context) (int64, error) { return began.Add(1), nil }
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for range 500 {
				before := began.Load()
				if got, err := f.do(t.Context(), read); err != nil || got <= before {
					t.Errorf("read %d, though %d had begun (%v)", got, before, err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestWhoAsksDuringAReadSharesTheNext(t *testing.T) {
	t.Parallel()
	var f flight[int64]
	var reads atomic.Int64
	begun, go1 := make(chan struct{}, 1), make(chan struct{})
	slow := func(context.Context) (int64, error) {
		n := reads.Add(1)
		if n == 1 {
			begun <- struct{}{}
			<-go1
		}
		return n, nil
	}
	var all sync.WaitGroup
	all.Go(func() {
		if n, _ := f.do(t.Context(), slow); n != 1 {
			t.Errorf("the first read is %d", n)
		}
	})
	<-begun
	const late = 50
	var asked sync.WaitGroup
	asked.Add(late)
	for range late {
		all.Go(func() {
			asked.Done()
			if n, _ := f.do(t.Context(), slow); n < 2 {
				t.Errorf("a late caller got read %d", n)
			}
		})
	}
	asked.Wait()
	close(go1)
	all.Wait()
	if n := reads.Load(); n < 2 || n > late {
		t.Errorf("%d reads for %d callers", n, late+1)
	}
}

func TestOneWhoGivesUpDoesNotEndTheReadOfTheOthers(t *testing.T) {
	t.Parallel()
	var f flight[int64]
	begun, finish := make(chan struct{}), make(chan struct{})
	var reads atomic.Int64
	read := func(ctx context.Context) (int64, error) {
		n := reads.Add(1)
		if n == 1 {
			close(begun)
			<-finish
		}
		return n, ctx.Err()
	}
	answers := make(chan int64)
	ask := func() {
		n, err := f.do(t.Context(), read)
		if err != nil {
			t.Error(err)
		}
		answers <- n
	}
	go ask()
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.do(ctx, read); !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up got %v", err)
	}
	go ask()
	close(finish)
	if one, other := <-answers, <-answers; one == other || one < 1 || other < 1 {
		t.Errorf("the reads are %d and %d", one, other)
	}
}

func TestAReadThatPanicsLeavesTheFlightToOthers(t *testing.T) {
	t.Parallel()
	var f flight[int64]
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic went nowhere")
			}
		}()
		f.do(t.Context(), func(context.Context) (int64, error) { panic("lost") })
	}()
	if n, err := f.do(t.Context(), func(context.Context) (int64, error) { return 2, nil }); n != 2 || err != nil {
		t.Errorf("the next read is %d (%v)", n, err)
	}
}

func TestAFlightIsForgottenWhenNobodyIsOnIt(t *testing.T) {
	t.Parallel()
	var fs flights[int]
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			name := string(rune('a' + i%4))
			if _, err := fs.do(t.Context(), name, func(context.Context) (int, error) { return i, nil }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(fs.all) != 0 {
		t.Errorf("%d flights are left", len(fs.all))
	}
}
