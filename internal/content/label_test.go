package content_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
)

// labelled are the labels of a page, as they are shown.
func (l library) labelled(t *testing.T, page content.Page) (shown []string) {
	t.Helper()
	labels, err := l.Labels(t.Context(), l.site, content.OnContent, []int64{page.ID}, content.MaxLabels)
	if err != nil {
		t.Fatal(err)
	}
	for _, label := range labels[page.ID] {
		shown = append(shown, label.String())
	}
	return shown
}

func TestALabelIsShownAsItWasFirstGivenAndFoundHoweverItIsWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for shown, spellings := range map[string][]string{
			"straße":   {"Straße", "STRASSE", "strasse", "straße"},
			"οδος":     {"ΟΔΟΣ", "οδοσ", "οδος"},
			"éva":      {"E\u0301VA", "Éva", "éva"},
			"ﬁne":      {"ﬁne", "FINE", "fine"},
			"i\u0307d": {"İd", "i\u0307D"},
			"team:ß":   {"team:ß", "team:SS", "team:ẞ"},
		} {
			l := newLibrary(t, d)
			l.space(t, content.Space{Key: "OPEN", Name: "Open"})
			first, second := l.page(t, "OPEN", content.Page{Title: "First"}), l.page(t, "OPEN", content.Page{Title: "Second"})
			for i, spelling := range spellings {
				for _, p := range []content.Page{first, second} {
					if err := l.AddLabels(t.Context(), l.site, operator, p.ID, spellings[i:]); err != nil {
						t.Fatal(err)
					}
					if got := l.labelled(t, p); !slices.Equal(got, []string{shown}) {
						t.Errorf("after %q the labels are %q, want %q", spelling, got, shown)
					}
				}
				w := content.Watchable{Kind: content.WatchLabel, Name: spelling}
				l.watch(t, w, "grace")
				if watches, err := l.Watching(t.Context(), l.site, person("ada"), content.Watchable{Kind: content.WatchLabel, Name: shown}, "grace"); !watches || err != nil {
					t.Errorf("%q is not %q: %v", spelling, shown, err)
				}
				if err := l.RemoveLabel(t.Context(), l.site, operator, second.ID, spelling); err != nil {
					t.Errorf("%q is not removed as %q: %v", shown, spelling, err)
				}
			}
		}
	})
}

func TestALabelWithACharacterThatCannotBeSeenIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Key: "OPEN", Name: "Open"})
		p := l.page(t, "OPEN", content.Page{Title: "Start"})
		for name, code := range map[string]string{"\u202Eevil": "U+202E", "a\u2066b": "U+2066", "team:a\u200Fb": "U+200F", "a\u00ADb": "U+00AD", "a\u3164b": ""} {
			err := l.AddLabels(t.Context(), l.site, operator, p.ID, []string{name})
			wantKind(t, name, err, failure.Invalid)
			if err != nil && !strings.Contains(err.Error(), code) {
				t.Errorf("%q: %v", name, err)
			}
			wantKind(t, name, l.SetLabels(t.Context(), l.site, operator, "OPEN", []string{name}), failure.Invalid)
		}
	})
}

// What was taken before it was refused stands in the way of nothing.
func TestALabelFromBeforeCanBeTakenAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Key: "OPEN", Name: "Open"})
		p := l.page(t, "OPEN", content.Page{Title: "Start"})
		if err := l.AddLabels(t.Context(), l.site, operator, p.ID, []string{"old"}); err != nil {
			t.Fatal(err)
		}
		if err := l.rename(t.Context(), "old", "o\u202Eld"); err != nil {
			t.Fatal(err)
		}
		if err := l.AddLabels(t.Context(), l.site, operator, p.ID, []string{"new"}); err != nil {
			t.Error(err)
		}
		if err := l.RemoveLabel(t.Context(), l.site, operator, p.ID, "O\u202ELD"); err != nil {
			t.Error(err)
		}
		if got := l.labelled(t, p); !slices.Equal(got, []string{"new"}) {
			t.Errorf("the labels are %q", got)
		}
	})
}

// rename gives a label a name that no program takes any more.
func (l library) rename(ctx context.Context, from, to string) error {
	return l.Changes.Write(ctx, l.site, operator, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "test", Target: "label:" + from})
		_, err := tx.ExecContext(ctx, `UPDATE labels SET name = $3, name_key = $3 WHERE site_id = $1 AND name = $2`, l.site, from, to)
		return err
	})
}
