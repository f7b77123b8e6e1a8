package workflow

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// Program is a workflow's file that was read, ready to run.
type Program struct {
	Name     string
	Version  string
	Title    string
	Hash     string // of the text, the same for the same text
	Text     string
	Schedule Schedule
	Event    string        // the type of event that starts it; empty for none
	Delivery string        // of its mail where a step does not say; empty for at least once
	Timeout  time.Duration // of a whole run; 0 for none
	// CheckInput tells whether a run may begin with this input, and gives it the defaults of what it lacks.
	CheckInput func(input map[string]any) error
	// Run runs it: the same calls in the same order at the same places, as long as the host gives the same answers.
	Run func(ctx context.Context, facts Facts, host dsl.Host) (any, error)
}

// Facts are what a run knows of itself.
type Facts struct {
	ID        string
	Input     map[string]any
	StartedAt time.Time
	Cause     any // as [Cause], in values of JSON
}

// programs keeps those that were read, by hash.
type programs struct {
	mu  sync.Mutex
	all map[string]*Program
}

// mostPrograms bounds the memory that programs take.
const mostPrograms = 256

func (p *programs) get(hash string) *Program {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all[hash]
}

func (p *programs) put(program *Program) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil || len(p.all) >= mostPrograms {
		p.all = map[string]*Program{}
	}
	p.all[program.Hash] = program
}

// read reads a file that somebody gives.
func (s *Store) read(text []byte) (*Program, error) {
	p, err := s.Read(text)
	if err != nil {
		return nil, failure.Invalid.Errorf("%s", err)
	}
	return p, nil
}

// program returns the stored program of a hash.
func (s *Store) program(ctx context.Context, q db.Querier, site int64, hash string) (*Program, error) {
	if p := s.programs.get(hash); p != nil {
		return p, nil
	}
	text, err := text(ctx, q, site, hash)
	if err != nil {
		return nil, err
	}
	p, err := s.read([]byte(text))
	if err != nil {
		return nil, err
	}
	s.programs.put(p)
	return p, nil
}

// Text returns the file of a hash; NotFound where the site has none.
func (s *Store) Text(ctx context.Context, site int64, hash string) (string, error) {
	return text(ctx, s.Changes.DB, site, hash)
}

func text(ctx context.Context, q db.Querier, site int64, hash string) (string, error) {
	text, found, err := db.One(ctx, q, db.Scalar[string], `SELECT text FROM workflow_texts WHERE site_id = $1 AND hash = $2`, site, hash)
	if err != nil {
		return "", fmt.Errorf("read the file %s: %w", hash, err)
	}
	if !found {
		return "", failure.NotFound.Errorf("There is no workflow file %s.", hash)
	}
	return text, nil
}

func storeText(ctx context.Context, tx *change.Tx, p *Program) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO workflow_texts (site_id, hash, text, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		tx.Site, p.Hash, p.Text, tx.Now.UnixMicro())
	if err != nil {
		return fmt.Errorf("store the file of workflow %s: %w", p.Name, err)
	}
	return nil
}
