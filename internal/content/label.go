package content

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/fold"
)

// Label is a word that marks spaces and content.
type Label struct {
	ID     int64  // given by the store
	Prefix string // global, my or team
	Name   string // as it was first given, in lower case by [fold.Lower]
	key    string // by which it is found: the name, folded by [fold.Key]; without spaces
	target int64
}

// same reports whether two labels are one, however they are written.
func (l Label) same(o Label) bool { return l.Prefix == o.Prefix && l.key == o.key }

// Target is a kind of thing that has labels.
type Target string

const (
	OnSpace   Target = "space"
	OnContent Target = "content"
)

// MaxLabels is how many labels a space or piece of content can have.
const MaxLabels = 50

// ParseLabel reads "prefix:name", or "name" for the prefix global. A name with a character that nobody can see
// is Invalid, so that no label passes for another.
func ParseLabel(text string) (Label, error) {
	l, err := readLabel(text)
	if err != nil {
		return l, err
	}
	if r, found := fold.Invisible(l.Name); found {
		return l, failure.Invalid.Errorf("The label has a character that cannot be seen, %U.", r)
	}
	return l, nil
}

// readLabel is [ParseLabel] for a label that may be there already.
func readLabel(text string) (Label, error) {
	l := Label{Prefix: "global", Name: text}
	if prefix, name, found := strings.Cut(text, ":"); found {
		l = Label{Prefix: prefix, Name: name}
	}
	l.Name = fold.Lower(l.Name)
	l.key = fold.Key(l.Name)
	if l.Prefix != "global" && l.Prefix != "my" && l.Prefix != "team" {
		return l, failure.Invalid.Errorf("The label prefix %.60q is none of global, my, team.", l.Prefix)
	}
	refused := func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`!#&()*,.:;<>?@[]^`, r) }
	if l.key == "" || strings.ContainsFunc(l.key, refused) {
		return l, failure.Invalid.Errorf("The label %.300q is not one word without punctuation.", text)
	}
	if err := checkLine("label", l.Name); err != nil {
		return l, err
	}
	return l, checkLine("label", l.key)
}

// ParseLabels reads the labels of one thing, without repeated ones, by [ParseLabel].
func ParseLabels(names []string) ([]Label, error) {
	var labels []Label
	for _, name := range names {
		l, err := ParseLabel(name)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(labels, l.same) {
			labels = append(labels, l)
		}
	}
	return labels, checkCount(labels)
}

func checkCount(labels []Label) error {
	if len(labels) > MaxLabels {
		return failure.Invalid.Errorf("Nothing has more than %d labels.", MaxLabels)
	}
	return nil
}

// SetLabels replaces all labels of the space with this key. Names are read by [ParseLabel].
func (st *Store) SetLabels(ctx context.Context, site int64, by change.Actor, key string, names []string) error {
	return st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		s, err := st.SpaceIn(ctx, tx, site, key)
		if err == nil {
			err = st.SetLabelsIn(ctx, tx, OnSpace, s.ID, names)
		}
		return err
	})
}

// SetLabelsIn replaces all labels of a space or piece of content that exists, inside a transaction.
func (st *Store) SetLabelsIn(ctx context.Context, tx *change.Tx, on Target, id int64, names []string) error {
	labels, err := ParseLabels(names)
	if err != nil {
		return err
	}
	return st.setLabels(ctx, tx, on, id, labels)
}

// setLabels is [Store.SetLabelsIn] for labels that were read, each once.
func (st *Store) setLabels(ctx context.Context, tx *change.Tx, on Target, id int64, labels []Label) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM labelled WHERE site_id = $1 AND target_kind = $2 AND target_id = $3`, tx.Site, string(on), id); err != nil {
		return err
	}
	names := make([]string, len(labels))
	for i, l := range labels {
		names[i] = l.String()
		labelID, err := st.labelID(ctx, tx, l)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO labelled (site_id, target_kind, target_id, label_id) VALUES ($1, $2, $3, $4)`,
			tx.Site, string(on), id, labelID); err != nil {
			return err
		}
	}
	tx.Record(change.Record{Operation: string(on) + ".labels", Target: string(on) + ":" + strconv.FormatInt(id, 10), Fields: change.Fields{"Labels": {nil, names}}})
	return nil
}

// labelID returns a label's ID, and makes the label where there is none yet.
func (st *Store) labelID(ctx context.Context, tx *change.Tx, l Label) (int64, error) {
	id, found, err := db.One(ctx, tx, db.Scalar[int64], `SELECT label_id FROM labels WHERE site_id = $1 AND name_key = $2 AND prefix = $3`, tx.Site, l.key, l.Prefix)
	if err != nil || found {
		return id, err
	}
	if id, err = take(ctx, tx, 1); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO labels (site_id, label_id, prefix, name, name_key) VALUES ($1, $2, $3, $4, $5)`, tx.Site, id, l.Prefix, l.Name, l.key)
	return id, err
}

// Labels returns the labels of each of these spaces or pieces of content, by their folded names. At most most labels are
// read: a target whose labels would go beyond has no entry, every other has one, empty where it has none.
func (st *Store) Labels(ctx context.Context, site int64, on Target, ids []int64, most int) (map[int64][]Label, error) {
	return st.LabelsIn(ctx, st.db(), site, on, ids, most)
}

// LabelsIn is [Store.Labels] inside a transaction.
func (st *Store) LabelsIn(ctx context.Context, q db.Querier, site int64, on Target, ids []int64, most int) (map[int64][]Label, error) {
	list, args := db.In(ids, any(site), string(on), most+1)
	rows, err := db.All(ctx, q, scanLabel, `SELECT t.target_id, l.label_id, l.prefix, l.name, l.name_key
		FROM labelled t JOIN labels l ON l.site_id = t.site_id AND l.label_id = t.label_id
		WHERE t.site_id = $1 AND t.target_kind = $2 AND t.target_id IN (`+list+`) ORDER BY t.target_id, l.name_key, l.prefix LIMIT $3`, args...)
	if err != nil {
		return nil, err
	}
	return fits(ids, rows, len(rows) > most, func(l Label) int64 { return l.target }), nil
}

func scanLabel(rows *sql.Rows) (l Label, err error) {
	return l, rows.Scan(&l.target, &l.ID, &l.Prefix, &l.Name, &l.key)
}
