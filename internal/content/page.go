package content

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Page is a piece of content, mostly a page. ID, Space, Parent, Type and creation never change.
type Page struct {
	ID        int64
	Space     int64
	Parent    int64  // content ID; 0 at the top of its space
	Type      string // one of [Types]
	Status    string // current, draft, archived or trashed
	Title     string
	Body      string // storage form; only written here, read with [Store.Bodies]
	BodyBytes int    // how long the body is
	Version   Version
	CreatedAt time.Time
	CreatedBy string // account ID; empty for the operator
}

// Version is the newest version of a page.
type Version struct {
	Number  int // raised by every change
	At      time.Time
	By      string // account ID; empty for the operator
	Message string
	Minor   bool
}

// Types lists the kinds of content.
var Types = []string{"page", "blogpost", "comment", "attachment", "whiteboard", "database", "embed", "folder"}

const (
	// MaxBody is the longest body of a page, in bytes.
	MaxBody = 1 << 20
	// MaxDepth is how many pages can stand above a page.
	MaxDepth = 32
)

const pageColumns = `c.content_id, c.space_id, COALESCE(c.parent_id, 0), c.kind, c.status, c.title, c.body_bytes,
	c.version, c.version_at, c.version_by, c.version_message, c.minor_edit, c.created_at, c.created_by`

func scanPage(rows *sql.Rows) (p Page, err error) { return p, p.scan(rows) }

// scan reads a row that begins with pageColumns.
func (p *Page) scan(rows *sql.Rows, after ...any) error {
	var at, created int64
	err := rows.Scan(append([]any{
		&p.ID, &p.Space, &p.Parent, &p.Type, &p.Status, &p.Title, &p.BodyBytes,
		&p.Version.Number, &at, &p.Version.By, &p.Version.Message, &p.Version.Minor, &created, &p.CreatedBy,
	}, after...)...)
	p.Version.At, p.CreatedAt = time.UnixMicro(at).UTC(), time.UnixMicro(created).UTC()
	return err
}

// Check reports the first thing that is wrong with p, all by itself.
func (p *Page) Check() error {
	if !slices.Contains(Types, p.Type) {
		return failure.Invalid.Errorf("The content type %.60q is none of %s.", p.Type, strings.Join(Types, ", "))
	}
	switch p.Status {
	case "current", "draft", "archived", "trashed":
	default:
		return failure.Invalid.Errorf("The content status %.60q is none of current, draft, archived, trashed.", p.Status)
	}
	if strings.TrimSpace(p.Title) == "" {
		return failure.Invalid.Errorf("The title is empty.")
	}
	if err := checkLine("title", p.Title); err != nil {
		return err
	}
	if err := checkLine("version message", p.Version.Message); err != nil {
		return err
	}
	return checkText("body", p.Body, MaxBody)
}

// AddPage stores a new piece of content in the space with this key.
func (st *Store) AddPage(ctx context.Context, site int64, by change.Actor, key string, p Page) (Page, error) {
	var added Page
	err := st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		s, err := st.SpaceIn(ctx, tx, site, key)
		if err == nil {
			added, err = st.AddPageIn(ctx, tx, s, p)
		}
		return err
	})
	return added, err
}

// AddPageIn is [Store.AddPage] inside a transaction, for a space just read in it. An empty ID, type or
// status takes its default. Without a creator the space's owner made it; a creation time in the past is kept.
// A comment without a title takes that of what it is about. A page in use whose title another one of its space
// has, whatever its case, is a Conflict. Whoever made it watches it. Nothing is written before all is checked.
func (st *Store) AddPageIn(ctx context.Context, tx *change.Tx, s Space, p Page) (Page, error) {
	p.fillDefaults(tx, s)
	err := st.checkNew(ctx, tx, &p)
	if err != nil {
		return p, err
	}
	if p.ID, err = number(ctx, tx, p.ID); err != nil {
		return p, err
	}
	n, err := tx.ExecContext(ctx, `
		INSERT INTO content (site_id, content_id, space_id, parent_id, kind, status, title, body, body_bytes,
			version, version_at, version_by, version_message, minor_edit, created_at, created_by, title_key)
		VALUES ($1, $2, $3, NULLIF($4, 0), $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING`,
		tx.Site, p.ID, p.Space, p.Parent, p.Type, p.Status, p.Title, p.Body, p.BodyBytes,
		p.Version.Number, p.Version.At.UnixMicro(), p.Version.By, p.Version.Message, p.Version.Minor, p.CreatedAt.UnixMicro(), p.CreatedBy,
		p.titleKey())
	if err != nil {
		return p, err
	}
	if n == 0 {
		return p, failure.Conflict.Errorf("Content with the ID %d exists already.", p.ID)
	}
	tx.Record(change.Record{Operation: "content.create", Target: pageTarget(p.ID), Version: int64(p.Version.Number), Fields: change.Fields{
		"Space": {nil, p.Space}, "Type": {nil, p.Type}, "Title": {nil, p.Title},
	}})
	return p, watchOwn(ctx, tx, p)
}

// checkNew refuses new content that cannot be, and titles a comment.
func (st *Store) checkNew(ctx context.Context, tx *change.Tx, p *Page) error {
	if err := checkParent(ctx, tx, *p); err != nil {
		return err
	}
	if err := st.fillTitle(ctx, tx, p); err != nil {
		return err
	}
	if err := p.Check(); err != nil {
		return err
	}
	for _, id := range []string{p.CreatedBy, p.Version.By} {
		if err := exists(ctx, tx, id); err != nil {
			return err
		}
	}
	return checkTitle(ctx, tx, *p)
}

// watchOwn lets whoever made content watch it, unless the account is closed.
func watchOwn(ctx context.Context, tx *change.Tx, p Page) error {
	if p.CreatedBy == "" {
		return nil
	}
	status, err := statusOf(ctx, tx, tx.Site, p.CreatedBy)
	if err != nil || status == closed {
		return err
	}
	return watch{WatchContent, p.ID}.add(ctx, tx, p.CreatedBy)
}

func (p *Page) fillDefaults(tx *change.Tx, s Space) {
	p.Space, p.BodyBytes = s.ID, len(p.Body)
	if p.Type == "" {
		p.Type = "page"
	}
	if p.Status == "" {
		p.Status = current
	}
	if p.CreatedBy == "" {
		p.CreatedBy = s.Owner
	}
	if p.CreatedAt.IsZero() || p.CreatedAt.After(tx.Now) {
		p.CreatedAt = tx.Now
	}
	p.Version.Number = max(p.Version.Number, 1)
	if p.Version.By == "" {
		p.Version.By = p.CreatedBy
	}
	if p.Version.At.Before(p.CreatedAt) || p.Version.At.After(tx.Now) {
		p.Version.At = p.CreatedAt
	}
}

func pageTarget(id int64) string { return "content:" + strconv.FormatInt(id, 10) }

// checkParent refuses a parent that is not in the same space, or too far down.
func checkParent(ctx context.Context, tx *change.Tx, p Page) error {
	if p.Parent == 0 {
		return nil
	}
	above, err := db.All(ctx, tx, db.Scalar[int64], `
		WITH RECURSIVE line (content_id, parent_id) AS (
			SELECT c.content_id, c.parent_id FROM content c WHERE c.site_id = $1 AND c.content_id = $2 AND c.space_id = $3
			UNION
			SELECT c.content_id, c.parent_id FROM content c JOIN line l ON c.content_id = l.parent_id WHERE c.site_id = $1)
		SELECT content_id FROM line`, tx.Site, p.Parent, p.Space)
	if err == nil && len(above) == 0 {
		return failure.Invalid.Errorf("The space has no content %d to put this below.", p.Parent)
	}
	if err == nil && len(above) > MaxDepth {
		return failure.Invalid.Errorf("At most %d pages can stand above a page.", MaxDepth)
	}
	return err
}

// Page returns a piece of content without its body, for the operator's tools.
func (st *Store) Page(ctx context.Context, site, id int64) (Page, error) {
	return st.PageIn(ctx, st.db(), site, id)
}

// PageIn is [Store.Page] inside a transaction.
func (st *Store) PageIn(ctx context.Context, q db.Querier, site, id int64) (Page, error) {
	p, found, err := db.One(ctx, q, scanPage, `SELECT `+pageColumns+` FROM content c WHERE c.site_id = $1 AND c.content_id = $2`, site, id)
	if err == nil && !found {
		err = noPage(id)
	}
	return p, err
}

func noPage(id int64) error { return failure.NotFound.Errorf("There is no content %d.", id) }

// ChangePage applies edit to a piece of content with its body, and stores the result as its next version,
// or nothing if edit fails. The edit says who makes the version, its message and whether it is minor;
// time and number are the store's. A title that another page in use of the space has is a Conflict.
func (st *Store) ChangePage(ctx context.Context, site int64, by change.Actor, id int64, edit func(*Page) error) (Page, error) {
	var now Page
	err := st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		old, err := st.PageIn(ctx, tx, site, id)
		if err != nil {
			return err
		}
		now, err = st.ChangePageIn(ctx, tx, old, edit)
		return err
	})
	return now, err
}

// ChangePageIn is [Store.ChangePage] inside a transaction, for content just read in it.
func (st *Store) ChangePageIn(ctx context.Context, tx *change.Tx, old Page, edit func(*Page) error) (Page, error) {
	bodies, err := bodies(ctx, tx, tx.Site, []int64{old.ID})
	if err != nil {
		return old, err
	}
	old.Body = bodies[old.ID]
	p := old
	p.Version.Message, p.Version.Minor = "", false
	if err := edit(&p); err != nil {
		return old, err
	}
	if p.ID != old.ID || p.Space != old.Space || p.Parent != old.Parent || p.Type != old.Type {
		return old, failure.Invalid.Errorf("The ID, space, parent and type of content never change.")
	}
	if p.Title == old.Title && p.Status == old.Status && p.Body == old.Body {
		return old, nil
	}
	if err := p.Check(); err != nil {
		return old, err
	}
	if err := exists(ctx, tx, p.Version.By); err != nil {
		return old, err
	}
	// Who keeps title and status keeps the key, too: a page from before titles were unique may have none.
	renamed := p.Title != old.Title || p.Status != old.Status
	if renamed {
		if err := checkTitle(ctx, tx, p); err != nil {
			return old, err
		}
	}
	p.BodyBytes, p.CreatedAt, p.CreatedBy = len(p.Body), old.CreatedAt, old.CreatedBy
	p.Version.Number, p.Version.At = old.Version.Number+1, tx.Now
	if _, err := tx.ExecContext(ctx, `
		UPDATE content SET status = $3, title = $4, body = $5, body_bytes = $6, version = $7, version_at = $8, version_by = $9,
			version_message = $10, minor_edit = $11, title_key = CASE WHEN $12 THEN $13 ELSE title_key END WHERE site_id = $1 AND content_id = $2`,
		tx.Site, p.ID, p.Status, p.Title, p.Body, p.BodyBytes, p.Version.Number, p.Version.At.UnixMicro(), p.Version.By,
		p.Version.Message, p.Version.Minor, renamed, p.titleKey()); err != nil {
		return old, err
	}
	fields := change.Fields{}
	note(fields, "Title", old.Title, p.Title)
	note(fields, "Status", old.Status, p.Status)
	note(fields, "BodyBytes", old.BodyBytes, p.BodyBytes)
	tx.Record(change.Record{Operation: "content.update", Target: pageTarget(p.ID), Version: int64(p.Version.Number), Fields: fields})
	return p, nil
}
