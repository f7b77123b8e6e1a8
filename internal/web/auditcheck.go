package web

import (
	"bufio"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// checkedAtOnce is how many entries one request checks, which takes less than a second.
const checkedAtOnce = 20_000

// checkPage says how far a check of the seals has come. Where it goes on, the page's form says from where: nothing is kept
// in between, so that any server of the site can go on with it.
type checkPage struct {
	Frame
	Begun   bool
	Noted   string // a last seal of an earlier check
	Step    audit.Step
	Problem string
}

// From is the seal after which the check goes on.
func (p checkPage) From() string { return markText(p.Step.At) }

// Last is the last seal, to note somewhere.
func (p checkPage) Last() string { return markText(p.Step.Head) }

// verifyAudit checks some of the seals, and offers to go on.
func (v *visit) verifyAudit() error {
	page := checkPage{Frame: v.frame()}
	if !v.posted() {
		return v.show(http.StatusOK, "audit-verify", page)
	}
	page.Noted = strings.TrimSpace(v.r.PostForm.Get("noted"))
	noted, err := readMark("noted", page.Noted)
	if err != nil {
		page.Problem, _ = said(err)
		return v.show(http.StatusUnprocessableEntity, "audit-verify", page)
	}
	from, err := readMark("from", v.r.PostForm.Get("from"))
	if err != nil {
		return err
	}
	if page.Step, err = v.trail().VerifySome(v.ctx(), v.site.ID, from, noted, checkedAtOnce); err != nil {
		return err
	}
	page.Begun = true
	for name, sum := range map[string]*int64{
		"checked": &page.Step.Checked, "erased": &page.Step.Erased, "erasing": &page.Step.Erasing, "seals": &page.Step.Seals,
	} {
		before, _ := strconv.ParseInt(v.r.PostForm.Get(name), 10, 64)
		*sum += before
	}
	if v.partial() {
		page.Root = v.root
		return v.showPart("audit-verify", "check", page)
	}
	return v.show(http.StatusOK, "audit-verify", page)
}

func markText(m audit.Mark) string {
	if m.Seq == 0 {
		return ""
	}
	return strconv.FormatInt(m.Seq, 10) + ":" + m.Hash
}

func readMark(name, text string) (m audit.Mark, err error) {
	if text == "" {
		return m, nil
	}
	seq, hash, _ := strings.Cut(text, ":")
	if m.Seq, err = strconv.ParseInt(seq, 10, 64); err != nil || m.Seq < 1 || hash == "" {
		return m, failure.Invalid.Errorf("%s is not a seal as a check shows it, such as 120:3q2-7w…", name)
	}
	m.Hash = hash
	return m, nil
}

// exportAudit answers with a file of what the filter picks, in order: a line of JSON an entry, as roster audit list has it.
func (v *visit) exportAudit() error {
	if !v.posted() {
		v.w.Header().Set("Allow", http.MethodPost)
		return v.problem(http.StatusMethodNotAllowed, "method", "")
	}
	f, err := v.picks(auditFilterOf(v.r.PostForm))
	if err != nil {
		return err
	}
	if err := http.NewResponseController(v.w).SetWriteDeadline(time.Time{}); err != nil {
		v.Log.DebugContext(v.ctx(), "the export keeps its deadline", "err", err)
	}
	v.w.Header().Set("Content-Type", "application/x-ndjson")
	v.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": url.PathEscape(v.site.Name) + "-audit.ndjson"}))
	out := bufio.NewWriter(v.w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	err = v.trail().List(v.ctx(), v.site.ID, f, 0, func(e change.Entry) error { return lines.Encode(audit.LineOf(e)) })
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		if v.ctx().Err() == nil {
			v.Log.ErrorContext(v.ctx(), "export failed", "request", v.by.RequestID, "err", err)
		}
		panic(http.ErrAbortHandler) // so that nobody takes what they have for the whole
	}
	return nil
}
