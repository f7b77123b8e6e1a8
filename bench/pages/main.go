// Command pages measures the pages of a server as a browser gets them: it signs in, follows the links from page to page
// until it knows one of each route, fetches them again and again, and prints how long each took and how many bytes it was.
//
//	pages --server http://127.0.0.1:8080 --email admin@example.org --password-file secret '/people?q=ada'
//
// The arguments are further pages, which no link leads to. Without a password the server has to be a stand-in, which asks
// for none.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// options say what is measured.
type options struct {
	server, email, password string
	process                 int // of the server; 0 where its processor time is not asked for
	rounds                  int
	slow                    time.Duration
	large                   int
	more                    []string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "pages:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var o options
	var file string
	flags := flag.NewFlagSet("pages", flag.ContinueOnError)
	flags.StringVar(&o.server, "server", "", "where the pages of a site begin")
	flags.StringVar(&o.email, "email", "", "the address of who looks at them")
	flags.StringVar(&file, "password-file", "", "file with their password; none for a stand-in")
	flags.IntVar(&o.process, "pid", 0, "the server's process, whose processor time is told too where it is on this machine")
	flags.IntVar(&o.rounds, "rounds", 30, "how often each page is fetched")
	flags.DurationVar(&o.slow, "slow", 20*time.Millisecond, "half of the answers may take longer without a mark")
	flags.IntVar(&o.large, "large", 150_000, "how many bytes may be transferred without a mark")
	if err := flags.Parse(args); err != nil {
		return err
	}
	o.more = flags.Args()
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		o.password = firstLine(text)
	}
	if o.server == "" || o.email == "" || o.rounds < 1 {
		return errors.New("--server, --email and --rounds of at least 1 are needed")
	}
	v, err := signIn(ctx, o)
	if err != nil {
		return err
	}
	found, err := v.explore(ctx, o.more)
	if err != nil {
		return err
	}
	// Page by page in each round, so that none finds all that it needs still at hand from the time before.
	for range o.rounds {
		for _, p := range found {
			if err := p.measure(ctx, v, o.process); err != nil {
				return err
			}
		}
	}
	return printTable(os.Stdout, o, found)
}
