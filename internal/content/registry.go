package content

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Add stores a new space. An empty ID, alias, type, status, creator or setting takes its default. The key of a
// personal space is ~ and its owner by default, and its name is its key: nothing that the owner may want to
// hide. A creation time in the past is kept.
func (st *Store) Add(ctx context.Context, site int64, by change.Actor, s Space) (Space, error) {
	return st.AddPermitting(ctx, site, by, s, nil)
}

// AddPermitting is [Store.Add] for a space with these permissions, all or nothing. None at all are the default ones.
func (st *Store) AddPermitting(ctx context.Context, site int64, by change.Actor, s Space, permissions []Permission) (Space, error) {
	var added Space
	err := st.Changes.Write(ctx, site, by, func(tx *change.Tx) (err error) {
		added, err = st.AddIn(ctx, tx, s)
		if err == nil && len(permissions) > 0 {
			err = st.SetPermissionsIn(ctx, tx, added, permissions)
		}
		return err
	})
	return added, err
}

// AddIn is [Store.Add] inside a transaction.
func (st *Store) AddIn(ctx context.Context, tx *change.Tx, s Space) (Space, error) {
	s.fillDefaults()
	if err := s.check(); err != nil {
		return s, err
	}
	if s.Homepage != 0 {
		return s, failure.Invalid.Errorf("A new space has no content yet that could be its homepage.")
	}
	if err := exists(ctx, tx, s.Owner); err != nil {
		return s, err
	}
	var err error
	if s.ID, err = number(ctx, tx, s.ID); err != nil {
		return s, err
	}
	s.Version = 1
	if s.CreatedAt.IsZero() || s.CreatedAt.After(tx.Now) {
		s.CreatedAt = tx.Now
	}
	settings, err := json.Marshal(s.Settings)
	if err != nil {
		return s, err
	}
	n, err := tx.ExecContext(ctx, `
		INSERT INTO spaces (site_id, space_id, version, space_key, alias, name, kind, status, owner, icon, description,
			homepage_id, settings, look_and_feel, apps_blocked, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING`,
		tx.Site, s.ID, s.Version, s.Key, s.Alias, s.Name, string(s.Type), string(s.Status), s.ownerKey(), s.Icon, s.Description,
		s.Homepage, string(settings), s.LookAndFeel, s.AppsBlocked, s.CreatedAt.UnixMicro(), s.CreatedBy)
	if err != nil {
		return s, err
	}
	if n == 0 {
		return s, failure.Conflict.Errorf("A space with this key, alias or ID exists already, or the person has a personal space.")
	}
	tx.Record(change.Record{Operation: "space.create", Target: spaceTarget(s.ID), Version: 1, Access: true, Fields: differences(Space{}, s)})
	return s, nil
}

// exists refuses an account ID that no account has. None at all is fine.
func exists(ctx context.Context, tx *change.Tx, accountID string) error {
	if accountID == "" {
		return nil
	}
	if err := checkLine("account ID", accountID); err != nil {
		return err
	}
	_, found, err := db.One(ctx, tx, db.Scalar[string], `SELECT account_id FROM accounts WHERE site_id = $1 AND account_id = $2`, tx.Site, accountID)
	if err == nil && !found {
		err = failure.Invalid.Errorf("There is no account %.200q.", accountID)
	}
	return err
}

func spaceTarget(id int64) string { return "space:" + strconv.FormatInt(id, 10) }

// Space returns the space with this key, for the operator's tools. Callers of the API get [Store.PersonalSpaces].
func (st *Store) Space(ctx context.Context, site int64, key string) (Space, error) {
	return st.SpaceIn(ctx, st.db(), site, key)
}

// SpaceIn is [Store.Space] inside a transaction.
func (st *Store) SpaceIn(ctx context.Context, q db.Querier, site int64, key string) (Space, error) {
	missing := failure.NotFound.Errorf("There is no space %.300q.", key)
	if !validPersonalKey.MatchString(key) && !validGlobalKey.MatchString(key) {
		return Space{}, missing
	}
	s, found, err := db.One(ctx, q, scanSpace, `SELECT `+spaceColumns+` FROM spaces s WHERE s.site_id = $1 AND s.space_key = $2`, site, key)
	if err == nil && !found {
		err = missing
	}
	return s, err
}

// SpaceKeyIn returns the key of the space with this ID.
func (st *Store) SpaceKeyIn(ctx context.Context, q db.Querier, site, id int64) (string, error) {
	key, found, err := db.One(ctx, q, db.Scalar[string], `SELECT space_key FROM spaces WHERE site_id = $1 AND space_id = $2`, site, id)
	if err == nil && !found {
		err = failure.NotFound.Errorf("There is no space with the ID %d.", id)
	}
	return key, err
}

// List returns a page of all spaces, by key, and how many there are. A type other than "" leaves only its spaces.
func (st *Store) List(ctx context.Context, site int64, kind SpaceType, start, limit int) ([]Space, int64, error) {
	const where = ` FROM spaces s WHERE s.site_id = $1 AND ($2 = '' OR s.kind = $2)`
	total, _, err := db.One(ctx, st.db(), db.Scalar[int64], `SELECT count(*)`+where, site, string(kind))
	if err != nil || int64(start) >= total {
		return nil, total, err
	}
	spaces, err := db.All(ctx, st.db(), scanSpace, `SELECT `+spaceColumns+where+` ORDER BY s.space_key LIMIT $3 OFFSET $4`,
		site, string(kind), limit, start)
	return spaces, total, err
}

// Change applies edit to the space with this key and stores the result, or nothing if edit fails.
func (st *Store) Change(ctx context.Context, site int64, by change.Actor, key string, edit func(*Space) error) (Space, error) {
	var now Space
	err := st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		old, err := st.SpaceIn(ctx, tx, site, key)
		if err != nil {
			return err
		}
		now, err = st.ChangeIn(ctx, tx, old, edit)
		return err
	})
	return now, err
}

// ChangeIn is [Store.Change] inside a transaction, for a space just read in it. An edit that changes
// nothing writes nothing.
func (st *Store) ChangeIn(ctx context.Context, tx *change.Tx, old Space, edit func(*Space) error) (Space, error) {
	s := old
	if err := edit(&s); err != nil {
		return old, err
	}
	if s.ID != old.ID || s.Key != old.Key || s.Type != old.Type {
		return old, failure.Invalid.Errorf("A space's ID, key and type never change.")
	}
	s.fillDefaults()
	fields := differences(old, s)
	if len(fields) == 0 {
		return old, nil
	}
	if err := s.check(); err != nil {
		return old, err
	}
	if err := st.checkReferences(ctx, tx, old, s); err != nil {
		return old, err
	}
	settings, err := json.Marshal(s.Settings)
	if err != nil {
		return old, err
	}
	s.Version, s.CreatedAt, s.CreatedBy = old.Version+1, old.CreatedAt, old.CreatedBy
	if _, err := tx.ExecContext(ctx, `
		UPDATE spaces SET version = $3, alias = $4, name = $5, status = $6, owner = $7, icon = $8, description = $9,
			homepage_id = $10, settings = $11, look_and_feel = $12, apps_blocked = $13
		WHERE site_id = $1 AND space_id = $2`,
		tx.Site, s.ID, s.Version, s.Alias, s.Name, string(s.Status), s.ownerKey(), s.Icon, s.Description,
		s.Homepage, string(settings), s.LookAndFeel, s.AppsBlocked); err != nil {
		return old, err
	}
	tx.Record(change.Record{Operation: "space.update", Target: spaceTarget(s.ID), Version: s.Version, Access: true, Fields: fields})
	return s, nil
}

// checkReferences refuses a change whose alias or owner has another space, or whose owner or homepage does not exist.
func (st *Store) checkReferences(ctx context.Context, tx *change.Tx, old, s Space) error {
	if s.Owner != old.Owner {
		if err := exists(ctx, tx, s.Owner); err != nil {
			return err
		}
	}
	_, taken, err := db.One(ctx, tx, db.Scalar[int64], `SELECT space_id FROM spaces
		WHERE site_id = $1 AND space_id <> $2 AND (alias = $3 OR kind = 'personal' AND owner = $4 AND $5 = 'personal')`,
		tx.Site, s.ID, s.Alias, s.Owner, string(s.Type))
	if err != nil {
		return err
	}
	if taken {
		return failure.Conflict.Errorf("Another space has this alias, or the person has a personal space.")
	}
	if s.Homepage == 0 || s.Homepage == old.Homepage {
		return nil
	}
	_, found, err := db.One(ctx, tx, db.Scalar[int64], `SELECT content_id FROM content
		WHERE site_id = $1 AND content_id = $2 AND space_id = $3 AND kind = 'page'`, tx.Site, s.Homepage, s.ID)
	if err == nil && !found {
		err = failure.Invalid.Errorf("The space has no page %d that could be its homepage.", s.Homepage)
	}
	return err
}

// Delete removes a space with everything in it.
func (st *Store) Delete(ctx context.Context, site int64, by change.Actor, key string) error {
	return st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		s, err := st.SpaceIn(ctx, tx, site, key)
		if err == nil {
			err = st.DeleteIn(ctx, tx, s)
		}
		return err
	})
}

// DeleteIn is [Store.Delete] inside a transaction, for a space just read in it.
func (st *Store) DeleteIn(ctx context.Context, tx *change.Tx, s Space) error {
	for _, statement := range []string{
		`DELETE FROM labelled WHERE site_id = $1 AND target_kind = 'content' AND target_id IN (
			SELECT content_id FROM content WHERE site_id = $1 AND space_id = $2)`,
		`DELETE FROM labelled WHERE site_id = $1 AND target_kind = 'space' AND target_id = $2`,
		`DELETE FROM watches WHERE site_id = $1 AND kind = 'content' AND target_id IN (
			SELECT content_id FROM content WHERE site_id = $1 AND space_id = $2)`,
		`DELETE FROM watches WHERE site_id = $1 AND kind = 'space' AND target_id = $2`,
		`DELETE FROM spaces WHERE site_id = $1 AND space_id = $2`,
	} {
		if _, err := tx.ExecContext(ctx, statement, tx.Site, s.ID); err != nil {
			return err
		}
	}
	tx.Record(change.Record{Operation: "space.delete", Target: spaceTarget(s.ID), Version: s.Version + 1, Access: true, Fields: differences(s, Space{})})
	return nil
}
