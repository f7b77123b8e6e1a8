package workflow

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

var (
	errLost    = errors.New("another worker has taken the run, or it was cancelled") // what this one did must not be stored
	errTimeout = errors.New("the run took longer than its workflow allows")
)

// stored is where a run is.
type stored struct {
	site int64
	id   string
}

// claim is one worker's hold of one run. Its lease is a name that nobody else has, so whatever is stored under it proves
// that the claim still stands: it is the fencing token.
type claim struct {
	stored
	lease    string
	run      Run
	input    string // JSON
	cause    string // JSON
	facts    Facts
	fresh    bool // nothing of the run can have been stored yet
	attempts int
}

// dueQuery reads the runs of all sites: see db.Global.
const dueQuery = `SELECT site_id, run_id FROM workflow_runs WHERE due_at <= $1 ORDER BY due_at, site_id, run_id LIMIT $2`

// turnsQuery is dueQuery with each site in turn. It reads all that is due, so it is not asked often.
const turnsQuery = `
	SELECT site_id, run_id FROM (
		SELECT site_id, run_id, due_at, row_number() OVER (PARTITION BY site_id ORDER BY due_at, run_id) AS turn FROM workflow_runs WHERE due_at <= $1
	) AS waiting ORDER BY turn, due_at, site_id, run_id LIMIT $2`

// due returns runs that may be claimed now, of all sites, the longest due first. Now and again it returns, over several
// calls, as many as there are slots with each site in turn, so that none waits until another has nothing left to do; and no
// schedule does, either.
func (r *Runner) due(ctx context.Context, most int) (list []stored, err error) {
	now := r.now()
	if len(r.turns) == 0 && !now.Before(r.nextTurns) {
		if err := r.fire(ctx); err != nil {
			return nil, err
		}
		if r.turns, err = r.look(ctx, turnsQuery, now, r.Slots); err != nil || len(r.turns) == 0 {
			return nil, err
		}
		end := r.now()
		r.nextTurns = end.Add(max(r.Poll, 10*end.Sub(now))) // where very much is due, that takes long
	}
	if len(r.turns) == 0 {
		return r.look(ctx, dueQuery, now, most)
	}
	most = min(most, len(r.turns))
	list, r.turns = r.turns[:most], r.turns[most:]
	return list, nil
}

func (r *Runner) look(ctx context.Context, query string, now time.Time, most int) ([]stored, error) {
	list, err := db.All(ctx, r.Store.Changes.DB, func(rows *sql.Rows) (s stored, err error) { return s, rows.Scan(&s.site, &s.id) },
		query, now.UnixMicro(), most)
	if err != nil {
		return nil, fmt.Errorf("look for runs that are due: %w", err)
	}
	return list, nil
}

// claim takes runs for as long as the lease, and returns those for which nobody else was faster. One guarded statement decides,
// at any isolation: it waits for a concurrent claim of a row and then checks due_at again. It needs no record of change, as
// nothing but the runners goes by it. The claims share a lease, since it names each of them together with its run.
func (r *Runner) claim(ctx context.Context, list []stored) ([]*claim, error) {
	var sites []int64
	var ids []string
	for _, s := range list {
		if !slices.Contains(sites, s.site) {
			sites = append(sites, s.site)
		}
		ids = append(ids, s.id)
	}
	now, lease := r.now(), fmt.Sprintf("%s:%d", r.life, r.claims.Add(1))
	end := now.Add(r.Lease).UnixMicro()
	inSites, args := db.In(sites, any(r.Node), lease, end, now.UnixMicro())
	inIDs, args := db.In(ids, args...)
	err := r.Store.Changes.DB.Aside(ctx, `
		UPDATE workflow_runs SET state = 'running', node = $1, lease = $2, due_at = $3, attempts = attempts + 1, started_at = COALESCE(started_at, $4)
		WHERE due_at <= $4 AND site_id IN (`+inSites+`) AND run_id IN (`+inIDs+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("claim %d runs: %w", len(list), err)
	}
	// A claim is due at its end.
	claims, err := db.All(ctx, r.Store.Changes.DB, scanClaim, `
		SELECT site_id, run_id, workflow, hash, connection, input, cause, attempts, started_at FROM workflow_runs WHERE due_at = $1 AND lease = $2`, end, lease)
	if err != nil {
		return nil, fmt.Errorf("read %d runs: %w", len(list), err)
	}
	for _, c := range claims {
		c.lease = lease
		c.fresh = c.attempts == 1 && c.facts.StartedAt.Equal(now.Truncate(time.Microsecond))
	}
	return claims, nil
}

func scanClaim(rows *sql.Rows) (*claim, error) {
	c := &claim{}
	var started int64
	err := rows.Scan(&c.site, &c.id, &c.run.Workflow, &c.run.Hash, &c.run.Connection, &c.input, &c.cause, &c.attempts, &started)
	c.run.ID, c.facts.ID, c.facts.StartedAt = c.id, c.id, moment(started)
	return c, err
}

// read reads what the run was started with.
func (c *claim) read() error {
	input, err := decode([]byte(c.input))
	if err != nil {
		return fmt.Errorf("read the input of run %s: %w", c.id, err)
	}
	c.facts.Input, _ = input.(map[string]any)
	if c.facts.Cause, err = decode([]byte(c.cause)); err != nil {
		err = fmt.Errorf("read the cause of run %s: %w", c.id, err)
	}
	return err
}

// progress is what a worker stores of a run when it lets go of it.
type progress struct {
	state  State
	due    time.Time // zero for never
	output json.RawMessage
	failed *dsl.Failure
}

// stands fails with errLost where the claim does not stand any more. It also notes that the run has come further.
func (c *claim) stands(ctx context.Context, tx *change.Tx) error {
	n, err := tx.ExecContext(ctx, `UPDATE workflow_runs SET attempts = 0 WHERE site_id = $1 AND run_id = $2 AND lease = $3`, c.site, c.id, c.lease)
	if err == nil && n == 0 {
		err = errLost
	}
	return err
}

// letGo stores how far the run has come and gives it back; errLost where the claim does not stand any more. It reports
// whether the run's history is to be erased now.
func (c *claim) letGo(ctx context.Context, tx *change.Tx, p progress) (erase bool, err error) {
	var due, ended any
	if !p.due.IsZero() {
		due = p.due.UnixMicro()
	}
	if p.state.Ended() {
		ended = tx.Now.UnixMicro()
	}
	erase, ours, err := db.One(ctx, tx, db.Scalar[bool], `
		UPDATE workflow_runs SET state = $1, due_at = $2, node = '', lease = '', attempts = 0, output = $3, error = $4, ended_at = $5
		WHERE site_id = $6 AND run_id = $7 AND lease = $8 RETURNING erased`,
		string(p.state), due, string(p.output), encodeFailure(p.failed), ended, c.site, c.id, c.lease)
	if err == nil && !ours {
		err = errLost
	}
	return erase && p.state.Ended(), err
}

// giveBack leaves the run to whoever is first after a time, as if it had not been claimed since it last came further.
func (r *Runner) giveBack(ctx context.Context, c *claim, due time.Time, attempts int) error {
	err := r.Store.Changes.DB.Aside(ctx, `UPDATE workflow_runs SET state = 'queued', due_at = $1, node = '', lease = '', attempts = $2
		WHERE site_id = $3 AND run_id = $4 AND lease = $5`, due.UnixMicro(), attempts, c.site, c.id, c.lease)
	if err != nil {
		return fmt.Errorf("give run %s back: %w", c.id, err)
	}
	return nil
}

// renew makes the claim last for another lease from now; errLost where it does not stand any more.
func (r *Runner) renew(ctx context.Context, c *claim) error {
	err := r.Store.Changes.DB.Aside(ctx, `UPDATE workflow_runs SET due_at = $1 WHERE site_id = $2 AND run_id = $3 AND lease = $4`,
		r.now().Add(r.Lease).UnixMicro(), c.site, c.id, c.lease)
	if err != nil {
		return fmt.Errorf("renew the claim of run %s: %w", c.id, err)
	}
	_, ours, err := db.One(ctx, r.Store.Changes.DB, db.Scalar[int], `SELECT 1 FROM workflow_runs WHERE site_id = $1 AND run_id = $2 AND lease = $3`,
		c.site, c.id, c.lease)
	if err == nil && !ours {
		err = errLost
	}
	return err
}

// recover gives back what an earlier life of this node had when it ended: at once, since nobody else uses its name.
func (r *Runner) recover(ctx context.Context) error {
	if r.Node == "" {
		return nil
	}
	type row struct {
		stored
		lease string
	}
	now := r.now()
	// A claim is due at its end, so those that stand are due within a lease from now.
	all, err := db.All(ctx, r.Store.Changes.DB, func(rows *sql.Rows) (one row, err error) { return one, rows.Scan(&one.site, &one.id, &one.lease) }, `
		SELECT site_id, run_id, lease FROM workflow_runs WHERE due_at > $1 AND due_at <= $2 AND node = $3 AND lease <> ''`,
		now.UnixMicro(), now.Add(r.Lease).UnixMicro(), r.Node)
	for _, one := range all {
		if err != nil || strings.HasPrefix(one.lease, r.life) {
			continue
		}
		err = r.Store.Changes.DB.Aside(ctx, `UPDATE workflow_runs SET due_at = $1 WHERE site_id = $2 AND run_id = $3 AND lease = $4`,
			now.UnixMicro(), one.site, one.id, one.lease)
	}
	if err != nil {
		return fmt.Errorf("take up the runs of an earlier life: %w", err)
	}
	return nil
}
