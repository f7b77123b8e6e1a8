// Package rosteradmin registers apps and makes credentials on a site of Roster: the client of what Roster adds to
// Confluence's API, for site administrators and for tests.
//
// A site of roster serve wants the credential of a site administrator that no scope limits. A stand-in (roster dev)
// wants none, so that a test can make the caller that it needs:
//
//	admin, err := rosteradmin.NewClient("http://127.0.0.1:8080")
//	…
//	app, err := admin.Apps.Register(ctx, rosteradmin.NewApp{
//		Kind: rosteradmin.OAuth, Name: "Calendar", RedirectURIs: []string{"http://localhost:3000/callback"},
//		Scopes: []string{"read:confluence-user"},
//	})
//
// Errors are those of package confluence: errors.Is(err, confluence.ErrConflict) tells that there is such an app already.
package rosteradmin
