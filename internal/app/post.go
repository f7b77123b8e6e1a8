package app

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
)

// post is what sends mail. Without a mail server it is nil.
type post struct {
	transport mail.Transport
	from      mail.Address

	outbox      *mail.Outbox
	worker      *mail.Worker
	invitations *directory.Invitations
}

// openPost reads the settings about mail. Its errors are one sentence, without the password.
func openPost(smtp, from string, log io.Writer) (*post, error) {
	if smtp == "" {
		return nil, nil
	}
	if from == "" {
		return nil, errors.New("--smtp needs --mail-from, which says who mail is from")
	}
	transport, err := mail.Open(smtp, log)
	if err != nil {
		return nil, err
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, errors.New("--mail-from takes an address, such as Roster <roster@example.com>")
	}
	return &post{transport: transport, from: sender}, nil
}

// join wires the post to the rest of the program.
func (p *post) join(a *App) {
	if p == nil {
		return
	}
	p.outbox = mail.NewOutbox(a.Changes)
	p.worker = mail.NewWorker(p.outbox, p.transport, a.options.Log)
	p.invitations = directory.NewInvitations(a.Directory, p.outbox, p.from)
	a.post = p
}

// poll is how often to look for invitations that another process noted, and did not come to send.
const poll = 5 * time.Second

// run sends mail until ctx ends, and returns when nothing of it runs any more.
func (p *post) run(ctx context.Context, a *App) {
	if p == nil {
		return
	}
	ticks := time.NewTicker(poll)
	defer ticks.Stop()
	var both sync.WaitGroup
	both.Go(func() { p.worker.Run(ctx) })
	both.Go(func() { p.invitations.Run(ctx, ticks.C, a.options.Log) })
	both.Wait()
}
