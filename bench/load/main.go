// Command load measures a server of ours beside the least that any Go server could do. Each argument is a file that
// describes a filled database, as bench/generate prints it:
//
//	load --roster bin/roster sqlite.json postgres.json
//
// Every operation is measured in rounds, and in each right after the floor: a bare net/http handler that writes the
// same bytes as one answer. What is printed of the rounds is the least, the median and the most.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
)

// options say how much is measured.
type options struct {
	roster      string
	cache       string
	seconds     float64
	warm        float64
	rounds      int
	connections int
	only        *regexp.Regexp
	files       []string
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "floor" {
		check(serveFloor(os.Stdin, os.Stdout))
		return
	}
	var o options
	var only string
	flag.StringVar(&o.roster, "roster", "bin/roster", "the program to measure")
	flag.StringVar(&o.cache, "cache", "128MiB", "the server's --cache")
	flag.Float64Var(&o.seconds, "seconds", 3, "how long one measurement takes")
	flag.Float64Var(&o.warm, "warm", 3, "how long each operation is called before its first measurement")
	flag.IntVar(&o.rounds, "rounds", 3, "how often each operation is measured")
	flag.IntVar(&o.connections, "connections", 32, "how many clients call at once")
	flag.StringVar(&only, "only", "", "measure only the operations whose names match this")
	flag.Parse()
	o.files = flag.Args()
	var err error
	if o.only, err = regexp.Compile(only); err == nil && len(o.files) == 0 {
		err = errors.New("no file describes a database; see bench/generate")
	}
	check(err)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	check(run(ctx, o, os.Stdout))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// run measures every database and prints a table.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	var subjects []*subject
	defer func() {
		for _, s := range subjects {
			s.stop()
		}
	}()
	for _, file := range o.files {
		s, err := newSubject(ctx, o, file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		subjects = append(subjects, s)
	}
	floor, err := startFloor(ctx, subjects[0].sample)
	if err != nil {
		return err
	}
	defer floor.stop()
	describeMachine(out, o, subjects)
	var rows []*row
	for _, s := range subjects {
		for _, op := range s.operations() {
			if o.only.MatchString(op.name) {
				rows = append(rows, &row{subject: s, operation: op})
			}
		}
	}
	for round := range o.rounds {
		for _, r := range rows {
			fmt.Fprintf(os.Stderr, "round %d of %d: %s on %s\n", round+1, o.rounds, r.operation.name, r.subject.engine())
			if err := r.measure(ctx, o, floor, round); err != nil {
				return fmt.Errorf("%s on %s: %w", r.operation.name, r.subject.engine(), err)
			}
		}
	}
	return printTable(out, rows)
}
