package workflow

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// State is how far a run has come.
type State string

const (
	Queued    State = "queued"
	Running   State = "running"
	Waiting   State = "waiting"   // for a time that the file names, or to try something again
	Uncertain State = "uncertain" // nobody knows whether something was done: a person says so, see [Store.Resend]
	Succeeded State = "succeeded"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Ended reports whether nothing comes after this state.
func (s State) Ended() bool { return s == Succeeded || s == Failed || s == Cancelled }

// Run is one run of a workflow. What is secret in it, and what mail said, is not stored.
type Run struct {
	ID         string
	Workflow   string
	Hash       string // of the file that it follows
	Connection string
	// State is Uncertain also where the run has ended and mail of it, which is sent at most once, is uncertain.
	State     State
	Input     json.RawMessage
	Output    json.RawMessage // nil before the end
	Error     *dsl.Failure    // nil where nothing failed
	Cause     Cause
	Key       string // its idempotency key, or what else makes it the only one
	Actor     string // the account that started it; empty for none
	Node      string // that has it; empty where none has
	DueAt     time.Time
	CreatedAt time.Time
	StartedAt time.Time // zero before
	EndedAt   time.Time // zero before
	Erased    bool      // because an account that it speaks of was closed
	Steps     []Step    // in order; only [Store.Run] reads them
}

// Cause is what started a run.
type Cause struct {
	Kind  string    `json:"kind"`            // hand, schedule or event
	At    time.Time `json:"at,omitzero"`     // of a schedule: the instant
	Event any       `json:"event,omitempty"` // in values of JSON
	// After are the workflows whose runs led to this one, the first of them first: a run of the last did what the event tells.
	After []string `json:"after,omitempty"`
}

// Kinds of causes.
const (
	ByHand     = "hand"
	BySchedule = "schedule"
	ByEvent    = "event"
)

// Filter says which runs of a site are listed.
type Filter struct {
	Workflow string // empty for all
	State    State  // empty for all
	Below    string // only IDs before this one: the last of the page before
	Limit    int    // 0 for 100
}

// Runs returns runs of a site, the newest first, without steps, input and output.
func (s *Store) Runs(ctx context.Context, site int64, f Filter) ([]Run, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	where, args := ``, []any{site}
	add := func(condition string, value any) {
		args = append(args, value)
		where += ` AND ` + condition + ` $` + strconv.Itoa(len(args))
	}
	if f.Below != "" {
		add(`run_id <`, f.Below)
	}
	if f.Workflow != "" {
		add(`workflow =`, f.Workflow)
	}
	if !slices.Contains([]State{"", Queued, Running, Waiting, Uncertain, Succeeded, Failed, Cancelled}, f.State) {
		return nil, failure.Invalid.Errorf("There is no state %q.", f.State)
	}
	switch f.State {
	case "":
	case Queued, Running:
		where += ` AND due_at IS NOT NULL AND state = '` + string(f.State) + `'`
	case Uncertain:
		where += ` AND (state = 'uncertain' OR run_id IN (` + mailUncertain + `))`
	default:
		where += ` AND state = '` + string(f.State) + `'` // a constant, so that a partial index serves
	}
	args = append(args, f.Limit)
	all, err := db.All(ctx, s.Changes.DB, scanRun, `SELECT `+runColumns+`, '', '' FROM workflow_runs WHERE site_id = $1`+where+
		` ORDER BY run_id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return all, s.lookAtMail(ctx, site, all)
}

// Run returns one run with its steps; NotFound where the site has none of this ID.
func (s *Store) Run(ctx context.Context, site int64, id string) (Run, error) {
	r, err := needRun(ctx, s.Changes.DB, site, id)
	if err != nil {
		return r, err
	}
	if r.Steps, err = readSteps(ctx, s.Changes.DB, site, id); err != nil {
		return r, err
	}
	one := []Run{r}
	err = s.lookAtMail(ctx, site, one)
	return one[0], err
}

// mailUncertain selects the runs of the site $1 with mail of which nobody knows whether it was sent.
const mailUncertain = `SELECT s.run_id FROM outbox_recipients o JOIN workflow_steps s ON s.site_id = o.site_id AND s.message_id = o.message_id
	WHERE o.site_id = $1 AND o.state = 'uncertain'`

// lookAtMail makes those runs uncertain whose mail is.
func (s *Store) lookAtMail(ctx context.Context, site int64, runs []Run) error {
	ids := make([]string, len(runs))
	for i := range runs {
		ids[i] = runs[i].ID
	}
	list, args := db.In(ids, any(site))
	uncertain, err := db.All(ctx, s.Changes.DB, db.Scalar[string], mailUncertain+` AND s.run_id IN (`+list+`)`, args...)
	if err != nil {
		return fmt.Errorf("look at the mail of runs: %w", err)
	}
	for i := range runs {
		if runs[i].State.Ended() && slices.Contains(uncertain, runs[i].ID) {
			runs[i].State = Uncertain
		}
	}
	return nil
}

const runColumns = `run_id, workflow, hash, connection, state, error, cause, COALESCE(run_key, ''), actor, node, COALESCE(due_at, 0),
	created_at, COALESCE(started_at, 0), COALESCE(ended_at, 0), erased`

func needRun(ctx context.Context, q db.Querier, site int64, id string) (Run, error) {
	r, found, err := db.One(ctx, q, scanRun, `SELECT `+runColumns+`, input, output FROM workflow_runs WHERE site_id = $1 AND run_id = $2`, site, id)
	if err != nil {
		return r, fmt.Errorf("read run %s: %w", id, err)
	}
	if !found {
		return r, failure.NotFound.Errorf("There is no run %s.", id)
	}
	return r, nil
}

func scanRun(rows *sql.Rows) (r Run, err error) {
	var failed, cause, input, output string
	var due, created, started, ended int64
	err = rows.Scan(&r.ID, &r.Workflow, &r.Hash, &r.Connection, &r.State, &failed, &cause, &r.Key, &r.Actor, &r.Node, &due,
		&created, &started, &ended, &r.Erased, &input, &output)
	if err != nil {
		return r, err
	}
	r.DueAt, r.CreatedAt, r.StartedAt, r.EndedAt = moment(due), moment(created), moment(started), moment(ended)
	r.Input, r.Output = raw(input), raw(output)
	if r.Error, err = readFailure(failed); err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(cause), &r.Cause)
}

// raw is JSON of the database, in which ” stands for none.
func raw(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

func readFailure(text string) (*dsl.Failure, error) {
	if text == "" {
		return nil, nil
	}
	f := new(dsl.Failure)
	return f, json.Unmarshal([]byte(text), f)
}
