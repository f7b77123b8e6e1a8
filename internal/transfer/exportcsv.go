package transfer

import (
	"cmp"
	"context"
	"encoding/csv"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
)

// people writes the accounts as CSV, with the columns by which an import knows fields.
func (x *exporter) people(ctx context.Context) error {
	w := csv.NewWriter(x.out)
	header := make([]string, 0, len(fields)+1)
	for _, f := range fields {
		header = append(header, f.name)
	}
	if err := w.Write(append(header, "groups")); err != nil {
		return err
	}
	x.done.Lines++
	for after := ""; ; {
		accounts, in, err := x.Directory.AccountsAfter(ctx, x.q, x.Site, after, exportPage)
		if err == nil {
			err = x.rows(ctx, w, accounts, in)
		}
		w.Flush()
		if err != nil || len(accounts) == 0 || w.Error() != nil {
			return cmp.Or(err, w.Error())
		}
		after = accounts[len(accounts)-1].ID
		x.done.Accounts += int64(len(accounts))
		x.Progress(x.done)
	}
}

// rows writes some accounts, whose groups are given by their IDs.
func (x *exporter) rows(ctx context.Context, w *csv.Writer, accounts []directory.Account, in map[string][]string) error {
	var ids []string
	for _, groups := range in {
		ids = append(ids, groups...)
	}
	named, err := x.Directory.GroupsIn(ctx, x.q, x.Site, ids)
	if err != nil {
		return err
	}
	for i := range accounts {
		a := &accounts[i]
		row := make([]string, 0, len(fields)+1)
		for j := range fields {
			row = append(row, fields[j].get(a))
		}
		groups := make([]string, 0, len(in[a.ID]))
		for _, id := range in[a.ID] {
			// A name that cannot stand in a list does not: the ID does.
			if name := named[id].Name; strings.Contains(name, ";") || strings.TrimSpace(name) != name {
				groups = append(groups, id)
			} else {
				groups = append(groups, name)
			}
		}
		if err := w.Write(append(row, strings.Join(groups, "; "))); err != nil {
			return err
		}
		x.done.Lines++
	}
	return nil
}
