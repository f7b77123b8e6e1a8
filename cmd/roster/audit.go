package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/site"
)

func newAuditCommand(e *env) *cobra.Command {
	return withJSON(family("audit", "List who changed or saw what, and check that nobody altered the list", newAuditList(e), newAuditVerify(e)))
}

func newAuditList(e *env) *cobra.Command {
	var f change.Filter
	var since, until string
	var limit int
	var follow bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what was changed and disclosed, in order; what is not sealed yet comes last",
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) (err error) {
			if f.Since, err = point(e.Now(), "since", since); err != nil {
				return err
			}
			if f.Until, err = point(e.Now(), "until", until); err != nil {
				return err
			}
			if limit < 0 {
				return misuse("--limit takes a number from 0 (no limit), not %d", limit)
			}
			out := newListing(e, cmd, entryView.row, "seq", "time", "actor", "via", "IP address", "operation", "target", "version")
			trail := &audit.Trail{Changes: b.Changes}
			if !follow {
				if err := trail.List(cmd.Context(), s.ID, f, limit, func(entry change.Entry) error { return out.add(showEntry(entry)) }); err != nil {
					return err
				}
				return out.flush()
			}
			ticks := time.NewTicker(500 * time.Millisecond)
			defer ticks.Stop()
			return trail.Follow(cmd.Context(), s.ID, f, limit, ticks.C, func(entry change.Entry) error {
				if err := out.add(showEntry(entry)); err != nil {
					return err
				}
				return out.flush()
			})
		}),
	}
	cmd.Flags().StringVar(&since, "since", "", "from this time on: 90d or 12h ago, 2026-12-31 or 2026-12-31T12:00:00Z")
	cmd.Flags().StringVar(&until, "until", "", "before this time")
	cmd.Flags().StringVar(&f.Actor, "actor", "", "only what this account did")
	cmd.Flags().StringVar(&f.Operation, "operation", "", "only this, such as account.update or account.email.disclose")
	cmd.Flags().StringVar(&f.Target, "target", "", "only what was done to this, such as account:ID or group:ID")
	cmd.Flags().StringVar((*string)(&f.Via), "via", "", "only what came in this way, such as api, cli or import")
	cmd.Flags().BoolVar(&f.Made, "made", false, "only what changed something, without the times that an address was shown")
	cmd.Flags().IntVar(&limit, "limit", 0, "at most so many, from the first on; 0 for all")
	cmd.Flags().BoolVar(&follow, "follow", false, "go on with what is sealed from now on, until interrupted")
	return cmd
}

// point reads a time: a number of days or hours ago, a date (its beginning, in UTC) or a time in the form of
// RFC 3339. Nothing is the zero time.
func point(now time.Time, flag, text string) (time.Time, error) {
	for _, unit := range []struct {
		suffix string
		length time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}} {
		if number, found := strings.CutSuffix(text, unit.suffix); found {
			if n, err := strconv.ParseUint(number, 10, 16); err == nil {
				return now.Add(-time.Duration(n) * unit.length), nil
			}
		}
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if text == "" {
		return time.Time{}, nil
	}
	return time.Time{}, misuse("--%s takes 90d, 12h, 2030-12-31 or 2030-12-31T12:00:00Z, not %q", flag, text)
}

func newAuditVerify(e *env) *cobra.Command {
	var noted string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check the seals: whether what was recorded is complete, in order and unaltered",
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			mark, err := readMark(noted)
			if err != nil {
				return err
			}
			r, err := (&audit.Trail{Changes: b.Changes}).Verify(cmd.Context(), s.ID, mark)
			if err != nil {
				return err
			}
			head := ""
			if r.Head.Seq > 0 {
				head = fmt.Sprintf("%d:%s", r.Head.Seq, r.Head.Hash)
			}
			if err := e.describe(cmd, verifyView{s.Name, r}, []fact{
				{"site", s.Name},
				{"intact", yes(r.Intact)},
				{"entries checked", strconv.FormatInt(r.Checked, 10)},
				{"with something erased", strconv.FormatInt(r.Erased, 10)},
				{"by what is not sealed", strconv.FormatInt(r.Erasing, 10)},
				{"deleted by retention", strconv.FormatInt(r.Pruned, 10)},
				{"seals checked", strconv.FormatInt(r.Seals, 10)},
				{"not sealed yet", strconv.FormatInt(r.Unsealed, 10)},
				{"last seal", head},
			}); err != nil {
				return err
			}
			if !r.Intact {
				return fmt.Errorf("what was recorded of site %s has been altered from entry %d on: %s", s.Name, r.BrokenAt, r.Problem)
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&noted, "noted", "", "a last seal of an earlier check, as SEQ:HASH, which must be there still")
	return cmd
}

func readMark(text string) (m audit.Mark, err error) {
	if text == "" {
		return m, nil
	}
	seq, hash, _ := strings.Cut(text, ":")
	if m.Seq, err = strconv.ParseInt(seq, 10, 64); err != nil || m.Seq < 1 || hash == "" {
		return m, misuse("--noted takes SEQ:HASH, as verify prints it, not %q", text)
	}
	m.Hash = hash
	return m, nil
}

// verifyView is a check as it is printed.
type verifyView struct {
	Site string `json:"site"`
	audit.Report
}

// entryView is an entry as it is printed.
type entryView struct{ audit.Line }

func showEntry(e change.Entry) entryView { return entryView{audit.LineOf(e)} }

func (v entryView) row() []string {
	seq, version, ip := "not sealed", "", v.IP
	if v.Sealed {
		seq = strconv.FormatInt(v.Seq, 10)
	}
	if v.Version > 0 {
		version = strconv.FormatInt(v.Version, 10)
	}
	for _, erased := range v.Erased {
		if erased == "ip" {
			ip = "erased"
		}
	}
	return []string{seq, v.At, v.Actor, string(v.Via), ip, v.Operation, v.Target, version}
}
