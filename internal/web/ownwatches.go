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
	Kind    string // of which alone there is; empty for all
	Kinds   []content.WatchKind
	Watches []ownWatch
	Next    string
	Again   content.Watchable // what they have just stopped to watch, and may watch again
}

type ownWatch struct {
	content.Watched
	Back string // how it is named to watch it again; empty where they may not see it
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
		return v.changeWatch()
	}
	q := v.r.URL.Query()
	kind := kindOf(q.Get("kind"))
	watches, next, err := v.Content.WatchesOf(v.ctx(), v.site.ID, v.who.viewer(), v.who.account.ID, kind, q.Get("after"), ownPageSize)
	if err != nil {
		return err
	}
	page := ownWatches{ownPage: v.ownPage("watches"), Kind: string(kind), Kinds: watchKinds}
	page.Again.Kind = kindOf(q.Get("back-kind"))
	if page.Again.Kind != "" {
		page.Again.Name = q.Get("back")
	}
	for _, w := range watches {
		page.Watches = append(page.Watches, ownWatch{w, backOf(w)})
	}
	if next != "" {
		page.Next = "?" + url.Values{"kind": {string(kind)}, "after": {next}}.Encode()
	}
	return v.show(http.StatusOK, "ownwatches", page)
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

// changeWatch stops a watch, or begins one that was stopped by mistake.
func (v *visit) changeWatch() error {
	form := v.r.PostForm
	kind, back := kindOf(form.Get("kind")), form.Get("back")
	list := withQuery(ownWatchesPath, "kind", string(kindOf(form.Get("of-kind"))))
	join := "?"
	if strings.Contains(list, "?") {
		join = "&"
	}
	if kind == "" {
		return v.problem(http.StatusBadRequest, "refused", "")
	}
	if form.Get("do") == "again" {
		err := v.Content.Watch(v.ctx(), v.site.ID, v.by, v.who.viewer(), content.Watchable{Kind: kind, Name: back}, v.who.account.ID)
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
	if err := v.Content.StopWatching(v.ctx(), v.site.ID, v.by, v.who.account.ID, kind, id); err != nil {
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
