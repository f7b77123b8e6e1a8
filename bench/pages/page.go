package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// page is one to be measured.
type page struct {
	name     string // its route, and the names of its parameters
	address  string
	times    []time.Duration
	computed []time.Duration // the server's processor time
	packed   int
	plain    int
}

// measure fetches the page once more.
func (p *page) measure(ctx context.Context, v *visitor, process int) error {
	before, err := processorTime(process)
	if err != nil {
		return err
	}
	a, err := v.fetch(ctx, p.address)
	if err != nil {
		return err
	}
	after, err := processorTime(process)
	if err != nil {
		return err
	}
	p.times, p.computed = append(p.times, a.took), append(p.computed, after-before)
	p.packed, p.plain = a.packed, len(a.body)
	return nil
}

// processorTime is what the threads of a process have taken of the processors, as Linux counts it; 0 of no process.
func processorTime(process int) (total time.Duration, err error) {
	if process == 0 {
		return 0, nil
	}
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", process))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("there is no process %d", process)
	}
	for _, file := range files {
		var nanoseconds int64
		text, err := os.ReadFile(file)
		if err == nil {
			_, err = fmt.Sscan(string(text), &nanoseconds)
		}
		if err != nil && !os.IsNotExist(err) { // threads end
			return 0, fmt.Errorf("read %s: %w", file, err)
		}
		total += time.Duration(nanoseconds)
	}
	return total, err
}
