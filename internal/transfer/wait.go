package transfer

import (
	"context"
	"slices"
)

// Lines that want an address which another account has wait for the file's end: a later line may give
// that account another address, or the two may swap. These bounds keep the memory small; whoever finds no room is refused.
const (
	mostWaiting      = 10_000
	mostWaitingBytes = 16 << 20
)

// wait puts a line aside, and reports whether it did.
func (e *engine) wait(v verdict) bool {
	if v.holder == "" || e.settled || len(e.waiting) == mostWaiting || e.waitingBytes > mostWaitingBytes {
		return false
	}
	e.waiting = append(e.waiting, v)
	e.waitingBytes += v.item.size
	return true
}

// settle tries the waiting lines again, those together that wait for each other, until that helps nobody any more.
func (e *engine) settle(ctx context.Context) error {
	for len(e.waiting) > 0 {
		list := e.waiting
		e.waiting, e.waitingBytes = nil, 0
		for _, batch := range together(list, e.size) {
			if err := e.all(ctx, batch); err != nil {
				return err
			}
		}
		if len(e.waiting) == len(list) {
			e.settled = true
			return e.tell(e.waiting)
		}
	}
	return nil
}

// together cuts lines into batches of about size, in which a line stands with the line of whoever has the
// address that it wants.
func together(list []verdict, size int) [][]Item {
	byID := make(map[string]int, len(list))
	for i, v := range list {
		if v.id != "" {
			byID[v.id] = i
		}
	}
	// chain[i] leads to the lowest line that i is connected with.
	chain := make([]int, len(list))
	for i := range chain {
		chain[i] = i
	}
	root := func(i int) int {
		for chain[i] != i {
			chain[i] = chain[chain[i]]
			i = chain[i]
		}
		return i
	}
	for i, v := range list {
		if j, ok := byID[v.holder]; ok {
			a, b := root(i), root(j)
			chain[max(a, b)] = min(a, b)
		}
	}
	groups := make(map[int][]Item)
	for i, v := range list {
		groups[root(i)] = append(groups[root(i)], v.item)
	}
	var batches [][]Item
	var batch []Item
	for i := range list {
		// A ring of more lines than one batch can take is cut, and then refused.
		for group := range slices.Chunk(groups[i], mostBatch) {
			if len(batch) > 0 && len(batch)+len(group) > size {
				batches = append(batches, batch)
				batch = nil
			}
			batch = append(batch, group...)
		}
	}
	if len(batch) > 0 {
		batches = append(batches, batch)
	}
	return batches
}
