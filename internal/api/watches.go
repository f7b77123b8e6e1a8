package api

import (
	"context"
	"strings"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// named are the ways to name another user in a watch call.
type named struct {
	Key       string `query:"key" deprecated:"true" doc:"A name of the past; use accountId."`
	Username  string `query:"username" deprecated:"true" doc:"A name of the past; use accountId."`
	AccountID string `query:"accountId" filled:"true" doc:"The user whose watch it is; the caller where absent."`
}

// check refuses an empty name, which would else pass for the caller's.
func (n named) check(c *call) error { return checkPast(c) }

// checkPast refuses a name of the past that is given and empty, where such names count.
func checkPast(c *call) error {
	for _, name := range []string{"key", "username"} {
		if !c.observed() && len(c.query[name]) > 0 && strings.Join(c.query[name], "") == "" {
			return failure.Invalid.Errorf("%s is empty.", name)
		}
	}
	return nil
}

// others reports whether somebody else than the caller is named. Nobody knows whom the names of the past name.
func (n named) others(c *call) bool {
	return n.AccountID != "" && n.AccountID != c.viewer.AccountID || n.past(c)
}

// past reports whether a name of the past counts. Real sites ignore them.
func (n named) past(c *call) bool { return !c.observed() && n.Key+n.Username != "" }

// watcher is the account whose watch it is.
func (n named) watcher(c *call) (string, error) {
	switch {
	case n.AccountID != "":
		return n.AccountID, nil
	case n.past(c):
		return "", failure.Invalid.Errorf("key and username name nobody any more; use accountId.")
	}
	return c.viewer.AccountID, nil
}

// watching is an input that says what is watched, and by whom.
type watching interface {
	watched() content.Watchable
	others(*call) bool
	watcher(*call) (string, error)
}

type contentWatchIn struct {
	ContentID string `path:"contentId" doc:"The ID of the content."`
	named
}

func (in contentWatchIn) watched() content.Watchable {
	return content.Watchable{Kind: content.WatchContent, Name: in.ContentID}
}

type labelWatchIn struct {
	LabelName string `path:"labelName" doc:"The name of the label."`
	named
}

func (in labelWatchIn) watched() content.Watchable {
	return content.Watchable{Kind: content.WatchLabel, Name: in.LabelName}
}

type spaceWatchIn struct {
	SpaceKey string `path:"spaceKey" doc:"The key of the space."`
	named
}

func (in spaceWatchIn) watched() content.Watchable {
	return content.Watchable{Kind: content.WatchSpace, Name: in.SpaceKey}
}

// permitWatch decides who may watch something for whom, as far as that follows from the caller; the rest is for the
// space to answer.
func permitWatch(c *call, in watching) (ask content.Question, err error) {
	ask.App = c.op.app == ruled && c.caller.AppAccount() != ""
	switch {
	case !in.others(c) && c.viewer.AccountID == "":
		return ask, failure.Forbidden.Errorf("An anonymous caller cannot watch anything.")
	case !in.others(c) || c.caller.Standing.Administrator:
		return ask, nil
	case !c.op.needs.has(spaceAdmin):
		return ask, failure.Forbidden.Errorf("Only an administrator of Confluence may name another user.")
	}
	ask.Administrator = true
	return ask, nil
}

func watchStatus[In watching](s *Server, ctx context.Context, c *call, in In) (*confluence.UserWatch, error) {
	who, err := in.watcher(c)
	if err != nil {
		return nil, err
	}
	watches, err := s.Content.Watching(ctx, c.site.ID, c.spaceViewer(), in.watched(), who)
	if err != nil {
		return nil, unwatchable(in, err)
	}
	return &confluence.UserWatch{Watching: watches}, nil
}

func addWatch[In watching](s *Server, ctx context.Context, c *call, in In) (nothing, error) {
	who, err := in.watcher(c)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, unwatchable(in, s.Content.Watch(ctx, c.site.ID, c.actor, c.spaceViewer(), in.watched(), who))
}

func removeWatch[In watching](s *Server, ctx context.Context, c *call, in In) (nothing, error) {
	who, err := in.watcher(c)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, unwatchable(in, s.Content.Unwatch(ctx, c.site.ID, c.actor, c.spaceViewer(), in.watched(), who))
}

// unwatchable gives the words of real sites to a label that is not there (row 25).
func unwatchable(in watching, err error) error {
	if kind, _ := failure.Of(err); err != nil && kind == failure.Forbidden && in.watched().Kind == content.WatchLabel {
		return &verbatim{err, "Requested label doesn't exist"}
	}
	return err
}
