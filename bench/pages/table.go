package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// quantile is what this part of some times is not longer than. It sorts them.
func quantile(times []time.Duration, part float64) time.Duration {
	slices.Sort(times)
	return times[min(len(times)-1, int(part*float64(len(times))))]
}

// printTable prints a row for each page, and marks what is too slow or too large.
func printTable(out io.Writer, o options, pages []*page) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(cells ...string) { fmt.Fprintln(w, "| "+strings.Join(cells, "\t| ")+"\t|") }
	line("page", "least ms", "p50 ms", "p99 ms", "processor ms", "bytes transferred", "bytes", "")
	line("---", "---", "---", "---", "---", "---", "---", "---")
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)) }
	for _, p := range pages {
		half := quantile(p.times, 0.5)
		var marks []string
		if half > o.slow {
			marks = append(marks, "slow")
		}
		if p.packed > o.large {
			marks = append(marks, "large")
		}
		line("`"+p.name+"`", ms(p.times[0]), ms(half), ms(quantile(p.times, 0.99)), ms(quantile(p.computed, 0.5)),
			fmt.Sprint(p.packed), fmt.Sprint(p.plain), strings.Join(marks, ", "))
	}
	return w.Flush()
}
