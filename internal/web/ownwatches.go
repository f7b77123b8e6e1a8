package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

const ownWatchesPath = "/profile/watches"

// ownWatches is what a person is told about.
type ownWatches struct {
	ownPage
	watchList
}

// watchList is what an account watches, as who is signed in may see it.
type watchList struct {
	Kind    string // of which alone there is; empty for all
	Kinds   []content.WatchKind
	Watches []listedWatch
	Next    string
	Linked  bool              // spaces have pages that who is signed in may open
	Again   content.Watchable // what was just stopped, and may be watched again
}

type listedWatch struct {
	content.Watched
	Back string // how it is named to watch it again; empty where who is signed in may not see it
}

var watchKinds = []content.WatchKind{content.WatchContent, content.WatchLabel, content.WatchSpace}

// kindOf returns the kind of this name, or "".
func kindOf(text string) content.WatchKind {
	for _, kind := range watchKinds {
		if text == string(kind) {
			return kind
		}
	}
	return ""
}

// viewer is who is signed in, as one who looks at content.
func (s signedIn) viewer() content.Viewer {
	return content.Viewer{AccountID: s.Standing.AccountID, Licensed: s.Standing.CanUse, Administrator: s.Standing.Administrator}
}

func (v *visit) ownWatches() error {
	if v.posted() {
		return v.changeWatch(ownWatchesPath, v.who.account.ID)
	}
	list, err := v.watchesOf(v.who.account.ID)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "ownwatches", ownWatches{v.ownPage("watches"), list})
}

// watchesOf lists what an account watches, as the address asks.
func (v *visit) watchesOf(account string) (watchList, error) {
	q := v.r.URL.Query()
	kind := kindOf(q.Get("kind"))
	list := watchList{Kind: string(kind), Kinds: watchKinds}
	list.Again.Kind = kindOf(q.Get("back-kind"))
	if list.Again.Kind != "" {
		list.Again.Name = q.Get("back")
	}
	watches, next, err := v.Content.WatchesOf(v.ctx(), v.site.ID, v.who.viewer(), account, kind, q.Get("after"), ownPageSize)
	for _, w := range watches {
		list.Watches = append(list.Watches, listedWatch{w, backOf(w)})
	}
	if next != "" {
		list.Next = withQuery("", "kind", string(kind), "after", next)
	}
	return list, err
}

// backOf is how content.Watchable names what is watched.
func backOf(w content.Watched) string {
	switch {
	case w.Name == "":
		return ""
	case w.Kind == content.WatchContent:
		return strconv.FormatInt(w.ID, 10)
	case w.Kind == content.WatchSpace:
		return w.SpaceKey
	}
	return w.Name
}

// changeWatch stops a watch of an account, or begins one that was stopped by mistake, and goes back to the page that lists
// them.
func (v *visit) changeWatch(page, account string) error {
	form := v.r.PostForm
	kind, back := kindOf(form.Get("kind")), form.Get("back")
	list := withQuery(page, "kind", string(kindOf(form.Get("of-kind"))))
	join := "?"
	if strings.Contains(list, "?") {
		join = "&"
	}
	if kind == "" {
		return v.problem(http.StatusBadRequest, "refused", "")
	}
	if form.Get("do") == "again" {
		err := v.Content.Watch(v.ctx(), v.site.ID, v.by, v.who.viewer(), content.Watchable{Kind: kind, Name: back}, account)
		if why, message := failure.Of(err); err != nil && why == failure.Forbidden {
			return v.problem(http.StatusForbidden, "refused", message)
		}
		if err != nil {
			return err
		}
		return v.goTo(list + join + "done=again")
	}
	id, err := strconv.ParseInt(form.Get("id"), 10, 64)
	if err != nil {
		return v.problem(http.StatusBadRequest, "refused", "")
	}
	if err := v.Content.StopWatching(v.ctx(), v.site.ID, v.by, account, kind, id); err != nil {
		return err
	}
	told := url.Values{"done": {"stopped"}}
	if back != "" {
		told.Set("back-kind", string(kind))
		told.Set("back", back)
		told.Set("of", form.Get("name"))
	}
	return v.goTo(list + join + told.Encode())
}
