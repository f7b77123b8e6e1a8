package app

import (
	"context"
	"errors"
	"time"

	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
)

// keeping is how long what ended is kept before it is deleted.
const keeping = 24 * time.Hour

// upkeep tells of tokens that expire and deletes what ended, at once and at each tick until ctx ends. Several nodes may
// do so at the same time.
func (a *App) upkeep(ctx context.Context, ticks <-chan time.Time) {
	for {
		if err := a.keepUp(ctx); err != nil && ctx.Err() == nil {
			a.options.Log.Error("upkeep cannot be done now", "err", err)
		}
		select {
		case <-ticks:
		case <-ctx.Done():
			return
		}
	}
}

// keepUp does it once, for every site.
func (a *App) keepUp(ctx context.Context) error {
	sites, err := a.Sites.List(ctx)
	if err != nil {
		return err
	}
	before := a.Changes.Now().Add(-keeping)
	var errs []error
	for _, of := range sites {
		if ctx.Err() != nil {
			break
		}
		if days := of.Settings.TokenExpiryNoticeDays; a.post != nil && days > 0 {
			_, err := a.post.notices.Work(ctx, of.ID, of.Name, time.Duration(days)*24*time.Hour)
			errs = append(errs, err)
		}
		_, tokens := a.Directory.PruneTokens(ctx, of.ID, before)
		_, grants := oauth.Prune(ctx, a.Changes, of.ID, before)
		errs = append(errs, tokens, grants, a.forgetRuns(ctx, of))
	}
	return errors.Join(errs...)
}

// forgetRuns deletes what retention no longer keeps of a site's runs of workflows, and of its webhooks' deliveries.
func (a *App) forgetRuns(ctx context.Context, of site.Site) error {
	days := of.Settings.RunRetentionDays
	if days == 0 {
		return nil
	}
	before := a.Changes.Now().AddDate(0, 0, -days)
	_, runs := a.Workflows.Prune(ctx, of.ID, before, before)
	_, deliveries := a.Webhooks.Prune(ctx, of.ID, before)
	return errors.Join(runs, deliveries)
}
