package web

import (
	"encoding/csv"
	"math"
	"mime"
	"net/http"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/transfer"
)

const (
	exportBlock = 500           // people read at a time
	allGroups   = math.MaxInt32 // of one of them
)

// exportPeople answers with a file: the people or everything as roster export has it, or the list as it is narrowed.
func (v *visit) exportPeople() error {
	if !v.posted() {
		v.w.Header().Set("Allow", http.MethodPost)
		return v.problem(http.StatusMethodNotAllowed, "method", "")
	}
	kind, name := "text/csv; charset=utf-8", v.site.Name+"-people.csv"
	write := func() error { return v.exportWhole(transfer.CSV) }
	switch v.r.PostForm.Get("format") {
	case "csv":
	case "ndjson":
		kind, name = "application/x-ndjson", v.site.Name+".ndjson"
		write = func() error { return v.exportWhole(transfer.NDJSON) }
	case "list":
		filter := peopleFilterOf(v.r.URL.Query())
		f, err := filter.narrows()
		if err != nil {
			return err
		}
		columns, err := columnsNamed(filter.Columns)
		if err != nil {
			return err
		}
		write = func() error { return v.exportList(f, columns) }
	default:
		return failure.Invalid.Errorf("A list can be exported as csv, ndjson or list.")
	}
	// A long file takes longer than a page may.
	if err := http.NewResponseController(v.w).SetWriteDeadline(time.Time{}); err != nil {
		v.Log.DebugContext(v.ctx(), "the export keeps its deadline", "err", err)
	}
	v.w.Header().Set("Content-Type", kind)
	v.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	if err := write(); err != nil {
		if v.ctx().Err() == nil {
			v.Log.ErrorContext(v.ctx(), "export failed", "request", v.by.RequestID, "err", err)
		}
		panic(http.ErrAbortHandler) // so that nobody takes what they have for the whole
	}
	return nil
}

func (v *visit) exportWhole(format transfer.Format) error {
	_, err := transfer.Export(v.ctx(), transfer.ExportOptions{Directory: v.Directory, Site: v.site.ID, Actor: v.by, Format: format, To: v.w})
	return err
}

// exportList writes whom a filter admits: their names and what stands in the columns, by names that an import takes.
func (v *visit) exportList(f directory.Filter, columns []column) error {
	w := csv.NewWriter(v.w)
	columns = append([]column{textColumn(nameColumn, "displayName", func(p *listed) string { return p.DisplayName })}, columns...)
	var row []string
	for _, c := range columns {
		row = append(row, c.fields...)
	}
	if err := w.Write(row); err != nil {
		return err
	}
	for after, more := "", true; more; more = after != "" {
		found, next, err := v.Directory.Find(v.ctx(), v.site.ID, v.by, f, after, exportBlock)
		if err != nil {
			return err
		}
		people, err := v.listed(found, columns, allGroups)
		if err != nil {
			return err
		}
		for i := range people {
			row = row[:0]
			for _, c := range columns {
				row = append(row, c.cells(&people[i])...)
			}
			if err := w.Write(row); err != nil {
				return err
			}
		}
		if w.Flush(); w.Error() != nil {
			return w.Error()
		}
		after = next
	}
	return nil
}
