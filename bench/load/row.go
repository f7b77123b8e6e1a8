package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// row is one operation on one subject, and what was measured of it.
type row struct {
	subject   *subject
	operation operation
	floors    []sample
	samples   []sample
}

// sample is one measurement.
type sample struct {
	rate     float64
	p50, p99 time.Duration
	server   time.Duration // processor time of a request
	database time.Duration // the same, of the database's own processes
	memory   int64         // the server's, at the end
	ratio    float64       // of the rate to that of the floor just before
}

// measure calls the floor and then the operation.
func (r *row) measure(ctx context.Context, o options, floor *process, round int) error {
	s := r.subject
	if round == 0 {
		if _, err := call(ctx, s.url, o.connections, o.warm, r.operation.next); err != nil {
			return err
		}
	}
	least, err := measure(ctx, o, floor, 0, s.operations()[0].next)
	if err != nil {
		return err
	}
	got, err := measure(ctx, o, s.process, s.postgres, r.operation.next)
	if err != nil {
		return err
	}
	got.ratio = got.rate / least.rate
	r.floors, r.samples = append(r.floors, least), append(r.samples, got)
	return nil
}

func measure(ctx context.Context, o options, p *process, postgres int, next request) (sample, error) {
	pid := p.command.Process.Pid
	var databases []int
	if postgres != 0 {
		var err error
		if databases, err = family(postgres); err != nil {
			return sample{}, err
		}
	}
	server, err := processorTimes([]int{pid})
	if err != nil {
		return sample{}, err
	}
	database, err := processorTimes(databases)
	if err != nil {
		return sample{}, err
	}
	got, err := call(ctx, p.url, o.connections, o.seconds, next)
	if err != nil {
		return sample{}, err
	}
	s := sample{rate: got.rate(), p50: got.quantile(0.5), p99: got.quantile(0.99)}
	if s.server, err = computed(server); err != nil {
		return sample{}, err
	}
	if s.database, err = computed(database); err != nil {
		return sample{}, err
	}
	s.server /= time.Duration(len(got.times))
	s.database /= time.Duration(len(got.times))
	s.memory, err = resident(pid)
	return s, err
}

// spread shows the least, the median and the most of some numbers.
func spread(samples []sample, of func(sample) float64, format string) string {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	low, middle, high := values[0], values[len(values)/2], values[len(values)-1]
	return fmt.Sprintf(format+" ("+format+"…"+format+")", middle, low, high)
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// printTable prints the floor and every row, each with its median, least and most.
func printTable(out io.Writer, rows []*row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(cells ...string) { fmt.Fprintln(w, "| "+strings.Join(cells, "\t| ")+"\t|") }
	line("engine", "people", "operation", "requests/s", "of the floor", "p50 ms", "p99 ms", "server CPU µs", "database CPU µs", "memory MiB")
	line("---", "---", "---", "---", "---", "---", "---", "---", "---", "---")
	show := func(engine, people, name string, samples []sample) {
		line(engine, people, name,
			spread(samples, func(s sample) float64 { return s.rate }, "%.0f"),
			spread(samples, func(s sample) float64 { return s.ratio }, "%.3f"),
			spread(samples, func(s sample) float64 { return micros(s.p50) / 1000 }, "%.2f"),
			spread(samples, func(s sample) float64 { return micros(s.p99) / 1000 }, "%.2f"),
			spread(samples, func(s sample) float64 { return micros(s.server) }, "%.0f"),
			spread(samples, func(s sample) float64 { return micros(s.database) }, "%.0f"),
			spread(samples, func(s sample) float64 { return float64(s.memory) / (1 << 20) }, "%.0f"))
	}
	var floors []sample
	for _, r := range rows {
		for _, s := range r.floors {
			s.ratio = 1
			floors = append(floors, s)
		}
	}
	if len(floors) > 0 {
		show("none", "", "the floor", floors)
	}
	for _, r := range rows {
		show(r.subject.engine(), fmt.Sprint(r.subject.People), r.operation.name, r.samples)
	}
	return w.Flush()
}

// describeMachine says on what the figures were taken.
func describeMachine(out io.Writer, o options, subjects []*subject) {
	memory := "unknown"
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kibibytes int64
		if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kibibytes); err == nil {
			memory = fmt.Sprintf("%d GiB", (kibibytes+(1<<19))>>20)
		}
	}
	fmt.Fprintf(out, "%d cores shared by client, server and database, %s of memory, %s; %d connections, %d rounds of %g s, --cache %s, answers of %d bytes.\n\n",
		runtime.NumCPU(), memory, runtime.Version(), o.connections, o.rounds, o.seconds, o.cache, len(subjects[0].sample))
}
