package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/rosterhq/roster/internal/transfer"
)

// importView shows what an import does with each line, and in all.
type importView struct {
	out           io.Writer
	json, verbose bool
}

func (v importView) result(r transfer.Result) error {
	if v.json {
		return writeJSON(v.out, r)
	}
	if r.Action == transfer.Refuse {
		_, err := fmt.Fprintf(v.out, "line %d: refused: %s\n", r.Line, r.Reason)
		return err
	}
	if !v.verbose {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "line %d: %s %s %s\n", r.Line, r.Action, r.Kind, r.ID)
	for _, c := range r.Changes {
		if c.Before == "" {
			fmt.Fprintf(&b, "  %s: %q\n", c.Field, c.After)
		} else {
			fmt.Fprintf(&b, "  %s: %q -> %q\n", c.Field, c.Before, c.After)
		}
	}
	for _, list := range []struct {
		verb  string
		names []string
	}{{"joins", r.Joined}, {"leaves", r.Left}, {"is granted", r.Granted}, {"is no longer granted", r.Revoked}} {
		if len(list.names) > 0 {
			fmt.Fprintf(&b, "  %s: %s\n", list.verb, strings.Join(list.names, "; "))
		}
	}
	_, err := io.WriteString(v.out, b.String())
	return err
}

// sum shows the report.
func (v importView) sum(r transfer.Report, o transfer.Options) error {
	if v.json {
		return writeJSON(v.out, map[string]transfer.Report{"summary": r})
	}
	create, update := "to create", "to update"
	if r.Applied {
		create, update = "created", "updated"
	}
	for _, of := range []struct {
		name string
		transfer.Counts
	}{{"accounts", r.Accounts}, {"groups", r.Groups}, {"spaces", r.Spaces}, {"content", r.Content}, {"watches", r.Watches}, {"properties", r.Properties}, {"apps", r.Apps}} {
		if of.Counts == (transfer.Counts{}) && of.name != "accounts" {
			continue
		}
		fmt.Fprintf(v.out, "%s: %d %s, %d %s, %d unchanged\n", of.name, of.Create, create, of.Update, update, of.Unchanged)
	}
	fmt.Fprintf(v.out, "refused: %s\n", counted(r.Refused, "line", "lines"))
	for _, note := range r.Notes {
		fmt.Fprintln(v.out, note)
	}
	switch {
	case o.Apply && !r.Applied:
		fmt.Fprintln(v.out, "Nothing was written: --strict refuses the whole file.")
	case !o.Apply:
		fmt.Fprintln(v.out, "Nothing was written; --apply does it.")
	}
	return nil
}

// importProgress shows how far an import is: a bar on a terminal; elsewhere a line every few seconds.
type importProgress struct {
	e     *env
	bar   *progressbar.ProgressBar // nil where there is no terminal
	start time.Time
	said  time.Time
	verb  string
	from  bool // said where it goes on
}

// sayEvery is how often an import says how far it is, where that is not a terminal.
const sayEvery = 5 * time.Second

func (e *env) newProgress(size int64, apply bool) *importProgress {
	p := &importProgress{e: e, start: e.Now(), said: e.Now(), verb: "looked at"}
	if apply {
		p.verb = "imported"
	}
	if f, ok := e.Stderr.(*os.File); ok && isTerminal(f) {
		total := size
		if total == 0 {
			total = -1
		}
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(f), progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30))
	}
	return p
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *importProgress) show(r transfer.Report) {
	now := p.e.Now()
	if r.From > 0 && !p.from {
		p.from = true
		if p.bar != nil {
			_ = p.bar.Clear()
		}
		fmt.Fprintf(p.e.Stderr, "goes on at line %d: what is before it stands already\n", r.From)
	}
	rate := float64(r.Done()) / max(now.Sub(p.start).Seconds(), 0.001)
	if p.bar != nil {
		p.bar.Describe(fmt.Sprintf("%s %d lines, %.0f/s", p.verb, r.Done(), rate))
		_ = p.bar.Set64(r.Bytes)
		return
	}
	if now.Sub(p.said) >= sayEvery {
		p.said = now
		fmt.Fprintf(p.e.Stderr, "%s %d lines, %.0f/s\n", p.verb, r.Done(), rate)
	}
}

func (p *importProgress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
