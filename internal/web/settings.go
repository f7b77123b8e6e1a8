package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

const settingsPath = "/settings"

// Storage is where a server keeps things, and which program it runs.
type Storage struct {
	Engine, Name  string // of the database: sqlite or postgres, and where it is, without a password
	Bytes         int64
	Schema, Known int // steps of the schema that the database has, and that the program knows
	Program       string
	Node          string
	Cache, Most   uint64 // bytes that the cache takes and may take; 0 for no cache
}

// settingsPage is where the settings of the site are changed.
type settingsPage struct {
	Frame
	Settings []setting
	Wrong    bool // some value is
	Storage  Storage
	Stored   bool // the storage is known
}

// setting is a setting of the site as a field of a form.
type setting struct {
	Name, Help, Default string
	Value               string // what stands, or what was typed
	Was                 string // what stood when the form was made, so that what others change meanwhile stays
	Choices             []string
	Lowest, Highest     string // of a number
	Problem             string
}

func settingOf(row site.Setting, value string) setting {
	// Which document of the project tells more is for those who have it beside them.
	help, _, _ := strings.Cut(row.Help, " (docs/")
	if _, rest, more := strings.Cut(row.Help, ".md)"); more {
		help += rest
	}
	s := setting{Name: row.Name, Help: help, Default: row.Default, Value: value, Was: value}
	if lowest, highest, number := strings.Cut(row.Values, " to "); number {
		s.Lowest, s.Highest = lowest, highest
	} else {
		s.Choices = strings.Split(row.Values, "|")
	}
	return s
}

// settings shows what is set, and sets what is posted: all of it, or nothing.
func (v *visit) settings() error {
	page := settingsPage{Frame: v.frame()}
	for _, row := range site.SettingsTable {
		page.Settings = append(page.Settings, settingOf(row, row.Get(&v.site.Settings)))
	}
	status := http.StatusOK
	if v.posted() {
		if page.read(v); !page.Wrong {
			return v.set(page.Settings)
		}
		status = http.StatusUnprocessableEntity
	}
	if v.Storage != nil {
		var err error
		if page.Storage, err = v.Storage(v.ctx()); err != nil {
			return err
		}
		page.Stored = true
	}
	return v.show(status, "settings", page)
}

// read takes what was typed, and tries it.
func (p *settingsPage) read(v *visit) {
	tried := v.site.Settings
	for i := range p.Settings {
		s := &p.Settings[i]
		if !v.r.PostForm.Has(s.Name) {
			continue
		}
		s.Value = strings.TrimSpace(v.r.PostForm.Get(s.Name))
		if v.r.PostForm.Has("was-" + s.Name) {
			s.Was = v.r.PostForm.Get("was-" + s.Name)
		}
		if err := tried.Set(s.Name, s.Value); err != nil {
			_, s.Problem = failure.Of(err)
			p.Wrong = true
		}
	}
}

func (v *visit) set(settings []setting) error {
	_, err := v.Sites.Sites.Change(v.ctx(), v.by, v.site.CloudID, func(to *site.Site) error {
		for _, s := range settings {
			if s.Value == s.Was {
				continue
			}
			if err := to.Settings.Set(s.Name, s.Value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.goTo(withQuery(settingsPath, "done", "set"))
}

// StorageFunc tells the storage as it is now.
type StorageFunc func(ctx context.Context) (Storage, error)

// amount is an amount of memory as people read it.
type amount struct {
	Number float64
	Unit   string
}

func bytesOf(n uint64) amount {
	b := amount{float64(n), "B"}
	for _, unit := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if b.Number < 1024 {
			break
		}
		b = amount{b.Number / 1024, unit}
	}
	return b
}

// Size is how much the database takes.
func (s Storage) Size() amount { return bytesOf(uint64(max(s.Bytes, 0))) }

// Used is how much the cache takes.
func (s Storage) Used() amount { return bytesOf(s.Cache) }

// Room is how much it may take.
func (s Storage) Room() amount { return bytesOf(s.Most) }
