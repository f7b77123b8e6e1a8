package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/workflow"
)

// running are the flags of commands that run workflows without a server.
type running struct {
	wait   bool
	bearer bool
}

func (f *running) bind(cmd *cobra.Command) {
	config.Bind(cmd.Flags(), new(config.WorkflowRun).Settings())
	cmd.Flags().BoolVar(&f.wait, "wait", false, "stay until the run has ended and its mail is settled, however long it waits")
	cmd.Flags().BoolVar(&f.bearer, "bearer", false, "the token is an OAuth 2.0 access token or a scoped API token, so it needs no e-mail address")
}

func newWorkflowRun(e *env) *cobra.Command {
	var f running
	var in inputs
	var key string
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run a workflow against any site, with no server of ours; - reads it from standard input",
		Long: `Run a workflow, from a file or from the library (roster workflow library), against any site of Confluence.

It needs no server: what the run did is kept in the user's own journal, which --db can change, so that a run which is
interrupted goes on where it was with roster workflow resume. The journal holds the token too, and nobody but its user may read it.

Without --wait it returns when the run has ended, or waits for a time to come. It fails if the run does.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			text, err := e.workflowText(args[0])
			if err != nil {
				return err
			}
			input, err := in.read(e, text)
			if err != nil {
				return err
			}
			b, s, err := e.openFlows(cmd, true)
			if err != nil {
				return err
			}
			defer b.closing(&err)
			j, c, err := e.journal(cmd, b)
			if err != nil {
				return err
			}
			r, err := b.startOnce(cmd.Context(), s, text, c, f.bearer, workflow.Start{Input: input, Key: key})
			if err != nil {
				return err
			}
			return e.follow(cmd, j, s, r.ID, f.wait)
		},
	}
	f.bind(cmd)
	in.bind(cmd)
	cmd.Flags().StringVar(&key, "key", "", "an idempotency key: who runs with one again gets the run that there is")
	return cmd
}

func newWorkflowResume(e *env) *cobra.Command {
	var f running
	cmd := &cobra.Command{
		Use:   "resume RUN",
		Short: "Go on with a run that was interrupted or waits, with no server of ours",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			b, s, err := e.openFlows(cmd, false)
			if err != nil {
				return err
			}
			defer b.closing(&err)
			j, c, err := e.journal(cmd, b)
			if err != nil {
				return err
			}
			r, err := b.Workflows.Run(cmd.Context(), s.ID, args[0])
			if err == nil && c.Token != "" && r.Connection != "" {
				err = b.renew(cmd.Context(), s, r.Connection, c.Token)
			}
			if err != nil {
				return err
			}
			return e.follow(cmd, j, s, r.ID, f.wait)
		},
	}
	f.bind(cmd)
	return cmd
}

// journal is what runs the workflows of b in this process.
func (e *env) journal(cmd *cobra.Command, b *flows) (*app.Journal, config.WorkflowRun, error) {
	var c config.WorkflowRun
	if err := config.Load(cmd.Flags(), e.Environ(), c.Settings()); err != nil {
		return nil, c, err
	}
	log := slog.New(slog.NewTextHandler(e.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	j, err := app.NewJournal(b.Changes, c.SMTP, c.From, c.Hosts, e.Stderr, log)
	if err != nil {
		return nil, c, misuse("%s", strings.NewReplacer("--mail-from", "--from").Replace(err.Error()))
	}
	return j, c, nil
}

// startOnce stores a workflow and its connection, and starts it. It is switched off again, as nobody is there to start it
// by a schedule.
func (b *flows) startOnce(ctx context.Context, s site.Site, text []byte, c config.WorkflowRun, bearer bool, start workflow.Start) (r workflow.Run, err error) {
	draft := workflow.Draft{Text: text, Enabled: true}
	if c.Token != "" {
		if !bearer && c.Email == "" {
			return r, misuse("the token needs its account's e-mail address: say --email or set ROSTER_EMAIL, or say --bearer")
		}
		one := workflow.Connection{Kind: workflow.Remote, BaseURL: strings.TrimSuffix(c.URL, "/"), Email: c.Email}
		if bearer {
			one.Email = ""
		}
		one.Name = connectionName(one)
		if err := b.Workflows.PutConnection(ctx, s.ID, b.By, one, c.Token); err != nil {
			return r, err
		}
		draft.Connection = one.Name
	}
	w, err := b.Workflows.Put(ctx, s.ID, b.By, draft)
	if err != nil {
		return r, err
	}
	start.Workflow = w.Name
	r, _, err = b.Workflows.Start(ctx, s.ID, b.By, start)
	return r, errors.Join(err, b.Workflows.SetEnabled(ctx, s.ID, b.By, w.Name, false))
}

// connectionName is the same for the same account of the same site, and no other: a run that waits keeps to its own.
func connectionName(c workflow.Connection) string {
	host := "site"
	if u, err := url.Parse(c.BaseURL); err == nil {
		host = strings.ToLower(u.Hostname())
	}
	sum := sha256.Sum256([]byte(c.BaseURL + "\n" + c.Email))
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, host[:min(len(host), 40)]) + "-" + hex.EncodeToString(sum[:4])
}

// renew gives a connection another token.
func (b *flows) renew(ctx context.Context, s site.Site, name, token string) error {
	all, err := b.Workflows.Connections(ctx, s.ID)
	for _, c := range all {
		if c.Name == name {
			err = b.Workflows.PutConnection(ctx, s.ID, b.By, c, token)
		}
	}
	return err
}

// follow runs a run as far as it goes, and answers with it.
func (e *env) follow(cmd *cobra.Command, j *app.Journal, s site.Site, id string, wait bool) error {
	r, next, err := j.Follow(cmd.Context(), s.ID, id, wait)
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("the run is interrupted; roster workflow resume %s goes on with it", id)
	}
	if err != nil {
		return err
	}
	if err := e.showRun(cmd, r); err != nil {
		return err
	}
	switch {
	case r.State == workflow.Failed:
		return fmt.Errorf("run %s failed: %s", id, r.Error.Error())
	case r.State == workflow.Uncertain:
		return fmt.Errorf("nobody knows whether something of run %s was done; see roster workflow resend --help", id)
	case !next.IsZero():
		fmt.Fprintf(e.Stderr, "It goes on at %s, by roster workflow resume %s.\n", moment(next), id)
	}
	return nil
}

// inputs are the flags that say the input of a run.
type inputs struct {
	pairs []string
	file  string
}

func (in *inputs) bind(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&in.pairs, "input", nil, "one input as NAME=VALUE (may be repeated); a value is JSON where the workflow takes something else than text")
	cmd.Flags().StringVar(&in.file, "input-file", "", "a file of JSON with all inputs, which --input adds to; - reads it from standard input")
}

// read returns the input for a workflow's file.
func (in *inputs) read(e *env, text []byte) (map[string]any, error) {
	input := map[string]any{}
	if in.file != "" {
		content, err := e.readFile(in.file)
		if err != nil {
			return nil, err
		}
		d := json.NewDecoder(bytes.NewReader(content))
		if err := d.Decode(&input); err != nil || d.Decode(new(any)) != io.EOF {
			return nil, misuse("--input-file %s is not one object of JSON", in.file)
		}
	}
	types := app.InputTypes(text)
	for _, pair := range in.pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, misuse("--input takes NAME=VALUE, not %q", pair)
		}
		if kind, known := types[name]; known && kind != "string" {
			var v any
			if err := json.Unmarshal([]byte(value), &v); err != nil {
				return nil, misuse("--input %s takes %s in JSON, not %q", name, kind, value)
			}
			input[name] = v
			continue
		}
		input[name] = value
	}
	return input, nil
}
