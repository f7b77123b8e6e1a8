package rosteradmin

import (
	"encoding/json"
	"time"
)

// Workflow is a stored workflow.
type Workflow struct {
	Name       string    `json:"name"` // as its file names itself
	Title      string    `json:"title"`
	Version    string    `json:"version"`
	Hash       string    `json:"hash"`    // SHA-256 of its file, in hexadecimal
	Enabled    bool      `json:"enabled"` // may be started, whatever starts it
	Connection string    `json:"connection"`
	Event      string    `json:"event,omitempty"` // the type of event that starts it; absent for none
	NextAt     time.Time `json:"nextAt,omitzero"` // when its schedule starts it next; absent where none does
	CreatedAt  time.Time `json:"createdAt"`
	UpdatedAt  time.Time `json:"updatedAt"`
	Text       string    `json:"text,omitempty"` // its file; absent in lists
}

// WorkflowDraft is what a workflow is to be. It is stored under the name that its file gives itself.
type WorkflowDraft struct {
	Text       string `json:"text"`                 // the file, in YAML
	Connection string `json:"connection,omitempty"` // whose account its steps use; none unless given
	Disabled   bool   `json:"disabled,omitempty"`   // it may not be started yet
}

// RunState is how far a run has come.
type RunState string

const (
	RunQueued    RunState = "queued"
	RunRunning   RunState = "running"
	RunWaiting   RunState = "waiting"   // for a time, or to try something again
	RunUncertain RunState = "uncertain" // nobody knows whether something was done: see [Runs.Resend] and [Runs.MarkSent]
	RunSucceeded RunState = "succeeded"
	RunFailed    RunState = "failed"
	RunCancelled RunState = "cancelled"
)

// Ended reports whether nothing comes after this state.
func (s RunState) Ended() bool { return s == RunSucceeded || s == RunFailed || s == RunCancelled }

// Run is one run of a workflow. Secrets and what mail said are not in it.
type Run struct {
	ID         string          `json:"id"`
	Workflow   string          `json:"workflow"`
	Hash       string          `json:"hash"` // of the file that it follows
	Connection string          `json:"connection"`
	State      RunState        `json:"state"`
	Cause      RunCause        `json:"cause"`
	Actor      string          `json:"actor,omitempty"`  // the account that started it; absent for none
	Input      json.RawMessage `json:"input,omitempty"`  // absent in lists, and where it is erased
	Output     json.RawMessage `json:"output,omitempty"` // absent in lists, and before the end
	Error      *RunError       `json:"error,omitempty"`  // absent where nothing failed
	CreatedAt  time.Time       `json:"createdAt"`
	StartedAt  time.Time       `json:"startedAt,omitzero"`
	EndedAt    time.Time       `json:"endedAt,omitzero"`
	DueAt      time.Time       `json:"dueAt,omitzero"`   // when it goes on; absent at the end
	Erased     bool            `json:"erased,omitempty"` // because an account that it speaks of was closed
	Steps      []RunStep       `json:"steps,omitempty"`  // in order; absent in lists
}

// RunCause is what started a run.
type RunCause struct {
	Kind  string          `json:"kind"`            // hand, schedule or event
	At    time.Time       `json:"at,omitzero"`     // of a schedule: the instant
	Event json.RawMessage `json:"event,omitempty"` // the event
}

// RunError is why a run or a step failed, in the shape of RFC 9457.
type RunError struct {
	Type     string `json:"type"`
	Status   int    `json:"status"`
	Title    string `json:"title,omitempty"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance,omitempty"` // the place of the task that failed
}

// RunStep is what came of one task of a run, in one turn and attempt.
type RunStep struct {
	Place     string          `json:"place"` // unique in the run
	Task      string          `json:"task"`
	Kind      string          `json:"kind"`  // the action that it calls, or what else it is
	State     string          `json:"state"` // started, waiting, uncertain, done or failed
	Attempt   int64           `json:"attempt"`
	Input     json.RawMessage `json:"input,omitempty"`
	Output    json.RawMessage `json:"output,omitempty"`
	Error     *RunError       `json:"error,omitempty"`
	StartedAt time.Time       `json:"startedAt"`
	EndedAt   time.Time       `json:"endedAt,omitzero"`
	MessageID string          `json:"messageId,omitempty"` // of the mail that it sends
}

// RunStart asks for a run.
type RunStart struct {
	Input map[string]any `json:"input,omitempty"`
	Key   string         `json:"-"` // an idempotency key: who starts with one again gets the run that there is
}

// RunFilter says which runs are listed. Its zero value admits every one.
type RunFilter struct {
	Workflow string
	State    RunState
}

// RunPage is one page of a site's runs, as the server answers it.
type RunPage struct {
	Results []Run  `json:"results"`        // never null
	Next    string `json:"next,omitempty"` // where the next page begins; absent on the last
}

// Connection is the account as which the steps of workflows call a site.
type Connection struct {
	Name      string    `json:"name,omitempty"`
	Kind      string    `json:"kind"`                // local: this server; remote: any site of Confluence
	BaseURL   string    `json:"baseUrl,omitempty"`   // of a remote one
	Email     string    `json:"email,omitempty"`     // shown with the secret; absent where that is a bearer's
	AccountID string    `json:"accountId,omitempty"` // whose the secret is, where that is known
	Secret    string    `json:"secret,omitempty"`    // of one to store; never answered. Absent, the one that it has stays
	CreatedAt time.Time `json:"createdAt,omitzero"`
	UpdatedAt time.Time `json:"updatedAt,omitzero"`
}

// WorkflowSecret is a secret that workflows use. Its value is never answered.
type WorkflowSecret struct {
	Name      string    `json:"name"`
	UpdatedAt time.Time `json:"updatedAt"`
}
