package main

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/confluence"
)

// watchable is a kind of thing that users watch.
type watchable struct {
	use, noun string
	watch     func(w *confluence.Watches, target string) confluence.Watch
}

func watchables() []watchable {
	return []watchable{
		{"content CONTENT-ID", "content", (*confluence.Watches).Content},
		{"label NAME", "a label", (*confluence.Watches).Label},
		{"space KEY", "a space", (*confluence.Watches).Space},
	}
}

func watchCalls(e *env) []*cobra.Command {
	var gets, adds, removes []*cobra.Command
	for _, w := range watchables() {
		gets = append(gets, newWatchGet(e, w))
		adds = append(adds, newWatchWrite(e, w, "Watch "+w.noun, " is watched.", confluence.Watch.Add))
		removes = append(removes, newWatchWrite(e, w, "No longer watch "+w.noun, " is not watched.", confluence.Watch.Remove))
	}
	return []*cobra.Command{
		family("get", "Whether a user watches something", gets...),
		family("add", "Make a user watch something", adds...),
		family("remove", "End a user's watch of something", removes...),
		family("list", "Who watches something", newContentWatches(e), newSpaceWatches(e)),
	}
}

func newWatchGet(e *env, w watchable) *cobra.Command {
	var account string
	cmd := one(e, &cobra.Command{Use: w.use, Short: "Whether a user watches " + w.noun, Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (confluence.UserWatch, error) {
			watching, err := w.watch(c.Watches, args[0]).Of(account).Get(ctx)
			return confluence.UserWatch{Watching: watching}, err
		})
	bindWatcher(cmd, &account)
	return cmd
}

func newWatchWrite(e *env, w watchable, short, done string, write func(w confluence.Watch, ctx context.Context) error) *cobra.Command {
	var account string
	cmd := quiet(e, &cobra.Command{Use: w.use, Short: short, Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (string, error) {
			return args[0] + done, write(w.watch(c.Watches, args[0]).Of(account), ctx)
		})
	bindWatcher(cmd, &account)
	return cmd
}

// bindWatcher gives a call the flag that says whose watch is meant.
func bindWatcher(cmd *cobra.Command, account *string) {
	cmd.Flags().StringVar(account, "account", "", "the account ID of the user whose watch it is, which takes an administrator; your own unless given")
}

func newContentWatches(e *env) *cobra.Command {
	q := &query{}
	return many(e, q, &cobra.Command{Use: "content CONTENT-ID", Short: "The watches of content", Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.WatchArray, error) {
			return c.Watches.OfContentPage(ctx, args[0], q.page())
		},
		func(ctx context.Context, c *confluence.Client, args []string) iter.Seq2[confluence.ContentWatch, error] {
			return c.Watches.OfContent(ctx, args[0], q.page())
		})
}

func newSpaceWatches(e *env) *cobra.Command {
	q := &query{}
	return many(e, q, &cobra.Command{Use: "space KEY", Short: "The watches of a space", Args: cobra.ExactArgs(1)},
		func(ctx context.Context, c *confluence.Client, args []string) (*confluence.SpaceWatchArray, error) {
			return c.Watches.OfSpacePage(ctx, args[0], q.page())
		},
		func(ctx context.Context, c *confluence.Client, args []string) iter.Seq2[confluence.SpaceWatch, error] {
			return c.Watches.OfSpace(ctx, args[0], q.page())
		})
}
