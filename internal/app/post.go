package app

import (
	"context"
	"errors"
	"fmt"
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
	notices     *directory.Notices
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
		return nil, fmt.Errorf("--smtp: %w", err)
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
	p.outbox.Settled = a.Directory.MailSettled
	p.worker = mail.NewWorker(p.outbox, p.transport, a.options.Log)
	p.invitations = directory.NewInvitations(a.Directory, p.outbox, p.from)
	p.notices = &directory.Notices{Directory: a.Directory, Outbox: p.outbox, From: p.from}
	a.post = p
}

// poll is how often to look for invitations that another process noted, and did not come to send.
const poll = 5 * time.Second

// sweep is how often retention deletes mail.
const sweep = time.Hour

// run sends mail, and deletes what retention no longer keeps, until ctx ends, and returns when nothing of it runs any
// more. Where no mail is sent, that of an earlier time is still deleted.
func (p *post) run(ctx context.Context, a *App) {
	var all sync.WaitGroup
	sweeps := time.NewTicker(sweep)
	defer sweeps.Stop()
	all.Go(func() { a.sweepMail(ctx, sweeps.C) })
	if p != nil {
		ticks := time.NewTicker(poll)
		defer ticks.Stop()
		all.Go(func() { p.worker.Run(ctx) })
		all.Go(func() { p.invitations.Run(ctx, ticks.C, a.options.Log) })
	}
	all.Wait()
}

// sweepMail deletes, at once and at each tick until ctx ends, the mail that was settled longer ago than its site keeps
// it, and the calls to invite that were given up longer ago.
func (a *App) sweepMail(ctx context.Context, ticks <-chan time.Time) {
	for {
		if err := a.pruneMail(ctx); err != nil && ctx.Err() == nil {
			a.options.Log.Error("old mail cannot be deleted now", "err", err)
		}
		select {
		case <-ticks:
		case <-ctx.Done():
			return
		}
	}
}

// pruneMail deletes what retention does not keep of any site's mail.
func (a *App) pruneMail(ctx context.Context) error {
	sites, err := a.Sites.List(ctx)
	if err != nil {
		return err
	}
	outbox, now := mail.NewOutbox(a.Changes), a.Changes.Now()
	var errs []error
	for _, of := range sites {
		days := of.Settings.MailRetentionDays
		if days == 0 || ctx.Err() != nil {
			continue
		}
		before := now.AddDate(0, 0, -days)
		_, mails := outbox.Prune(ctx, of.ID, before)
		_, calls := a.Directory.PruneFailedInvitations(ctx, of.ID, before)
		errs = append(errs, mails, calls)
	}
	return errors.Join(errs...)
}
