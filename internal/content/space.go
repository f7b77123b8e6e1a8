package content

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// SpaceType is whose space it is.
type SpaceType string

const (
	Personal SpaceType = "personal" // one person's; everybody has at most one
	Global   SpaceType = "global"
)

// SpaceStatus is whether a space is in use.
type SpaceStatus string

const (
	Current  SpaceStatus = "current"
	Archived SpaceStatus = "archived"
)

// Space is a place for content. ID, Key and Type never change.
type Space struct {
	ID          int64
	Version     int64  // raised by every change
	Key         string // unique on its site; begins with ~ exactly where the space is personal
	Alias       string // its name in addresses, unique on its site
	Name        string
	Type        SpaceType
	Status      SpaceStatus
	Owner       string // account ID; never empty for a personal space
	Icon        string // path of a picture somebody chose, below /wiki; empty without one
	Description string // plain text
	Homepage    int64  // content ID; 0 without one
	Settings    Settings
	LookAndFeel string // JSON object of what differs from [DefaultLook]; empty where nothing does
	AppsBlocked bool   // the app access rule: apps are kept from the content
	CreatedAt   time.Time
	CreatedBy   string // account ID; empty for the operator
}

const spaceColumns = `s.space_id, s.version, s.space_key, s.alias, s.name, s.kind, s.status, s.owner, s.icon, s.description,
	s.homepage_id, s.settings, s.look_and_feel, s.apps_blocked, s.created_at, s.created_by`

func scanSpace(rows *sql.Rows) (s Space, err error) {
	var owner sql.NullString
	var settings string
	var created int64
	if err := rows.Scan(&s.ID, &s.Version, &s.Key, &s.Alias, &s.Name, &s.Type, &s.Status, &owner, &s.Icon, &s.Description,
		&s.Homepage, &settings, &s.LookAndFeel, &s.AppsBlocked, &created, &s.CreatedBy); err != nil {
		return s, err
	}
	s.Owner, s.CreatedAt = owner.String, time.UnixMicro(created).UTC()
	if err := json.Unmarshal([]byte(settings), &s.Settings); err != nil {
		return s, fmt.Errorf("read the settings of space %s: %w", s.Key, err)
	}
	return s, nil
}

// ownerKey is null for a space without an owner, which no account's ID is.
func (s *Space) ownerKey() *string {
	if s.Owner == "" {
		return nil
	}
	return &s.Owner
}

var (
	validPersonalKey = regexp.MustCompile(`^~[A-Za-z0-9:._@+-]{1,254}$`)
	validGlobalKey   = regexp.MustCompile(`^[A-Za-z0-9]{1,255}$`)
	validAlias       = regexp.MustCompile(`^~?[A-Za-z0-9:._@+-]{1,254}$`)
	validIcon        = regexp.MustCompile(`^/[A-Za-z0-9/._~%:-]{1,1000}$`)
)

// MaxDescription is the longest description of a space, in bytes.
const MaxDescription = 4096

func (s *Space) fillDefaults() {
	if s.Type == "" {
		s.Type = Global
		if strings.HasPrefix(s.Key, "~") || s.Key == "" {
			s.Type = Personal
		}
	}
	if s.Key == "" && s.Owner != "" {
		s.Key = "~" + s.Owner
	}
	if s.Name == "" && s.Type == Personal {
		s.Name = s.Key
	}
	if s.Alias == "" {
		s.Alias = s.Key
	}
	if s.Status == "" {
		s.Status = Current
	}
	if s.CreatedBy == "" {
		s.CreatedBy = s.Owner
	}
	s.Settings.fillDefaults()
}

// check reports the first thing that is wrong with s.
func (s *Space) check() error {
	switch {
	case s.Type != Personal && s.Type != Global:
		return failure.Invalid.Errorf("The space type %.60q is none of personal, global.", s.Type)
	case s.Type == Personal && !validPersonalKey.MatchString(s.Key):
		return failure.Invalid.Errorf("The personal space key %.300q is not ~ and 1 to 254 letters, digits and :._@+-.", s.Key)
	case s.Type == Global && !validGlobalKey.MatchString(s.Key):
		return failure.Invalid.Errorf("The space key %.300q is not 1 to 255 letters and digits.", s.Key)
	case s.Type == Personal && s.Owner == "":
		return failure.Invalid.Errorf("A personal space needs an owner.")
	case !validAlias.MatchString(s.Alias):
		return failure.Invalid.Errorf("The space alias %.300q is not 1 to 254 letters, digits and :._@+-.", s.Alias)
	case s.Status != Current && s.Status != Archived:
		return failure.Invalid.Errorf("The space status %.60q is none of current, archived.", s.Status)
	case strings.TrimSpace(s.Name) == "":
		return failure.Invalid.Errorf("The space name is empty.")
	case s.Icon != "" && !validIcon.MatchString(s.Icon):
		return failure.Invalid.Errorf("The icon %.200q is not a path such as /images/space.svg.", s.Icon)
	}
	if err := checkLine("space name", s.Name); err != nil {
		return err
	}
	if err := checkText("space description", s.Description, MaxDescription); err != nil {
		return err
	}
	if err := s.Settings.check(); err != nil {
		return err
	}
	return checkLook(s.LookAndFeel)
}

// differences lists the fields in which two spaces differ, by the names of [Space]'s fields.
func differences(before, after Space) change.Fields {
	fields := change.Fields{}
	note(fields, "Key", before.Key, after.Key)
	note(fields, "Alias", before.Alias, after.Alias)
	note(fields, "Name", before.Name, after.Name)
	note(fields, "Type", before.Type, after.Type)
	note(fields, "Status", before.Status, after.Status)
	note(fields, "Owner", before.Owner, after.Owner)
	note(fields, "Icon", before.Icon, after.Icon)
	note(fields, "Description", before.Description, after.Description)
	note(fields, "Homepage", before.Homepage, after.Homepage)
	note(fields, "Settings", before.Settings, after.Settings)
	note(fields, "LookAndFeel", before.LookAndFeel, after.LookAndFeel)
	note(fields, "AppsBlocked", before.AppsBlocked, after.AppsBlocked)
	return fields
}

func note[T comparable](fields change.Fields, name string, before, after T) {
	if before != after {
		fields[name] = [2]any{before, after}
	}
}
