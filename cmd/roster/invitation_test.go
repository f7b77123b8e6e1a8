package main

import (
	"context"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/site"
)

// invite invites people as a server does whose site is asked to by ada.
func invite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: invite EMAIL…")
	}
	ctx := context.Background()
	d, err := db.Open(ctx, ts.Getenv("ROSTER_DB"), db.Options{})
	ts.Check(err)
	defer d.Close()
	log := change.New(d)
	s, err := (&site.Store{Changes: log}).Named(ctx, "")
	ts.Check(err)
	invitations := directory.NewInvitations(&directory.Directory{Changes: log}, mail.NewOutbox(log), mail.Address{Address: "roster@example.org"})
	terms := directory.Terms{CloudID: s.CloudID, SiteName: s.Name, Base: "https://people.example", Life: 7 * 24 * time.Hour}
	ts.Check(invitations.Ask(ctx, s.ID, change.Actor{AccountID: "ada", Via: change.API}, terms, true, args))
	ts.Check(invitations.Work(ctx))
}
