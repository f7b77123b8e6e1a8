package site_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// others are values unlike the default.
var others = map[string]string{
	"fidelity": "observed", "viewProfiles": "groups", "bulkCap": "7", "pageCap": "1000",
	"propertyAccess": "contract", "propertyKeyBytes": "1", "propertyValueBytes": "2", "propertiesPerUserAndApp": "1",
	"whoMayInvite": "administrators", "invitationDays": "30", "invitationCooldownMinutes": "0", "accessCallsPerMinute": "600",
	"auditRetentionDays": "90", "mailRetentionDays": "7", "runRetentionDays": "7",
	"rateLimit": "rude", "rateLimitPerSecond": "1", "rateLimitWritesPerSecond": "2", "quotaPointsPerHour": "3",
	"tokenExpiryNoticeDays": "14",
}

func other(row site.Setting) string {
	if v := others[row.Name]; v != "" {
		return v
	}
	if row.Default == "true" {
		return "false"
	}
	return "true"
}

func TestEverySettingIsTakenStoredAndShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		st := store(d)
		s := add(t, st, site.Site{})
		for _, row := range site.SettingsTable {
			if row.Help == "" || row.Values == "" || row.Get(&s.Settings) != row.Default {
				t.Errorf("%s: %+v", row.Name, row)
			}
			value := other(row)
			_, err := st.Change(t.Context(), operator, s.Name, func(s *site.Site) error { return s.Settings.Set(row.Name, value) })
			if err != nil {
				t.Fatal(err)
			}
			found, err := st.Named(t.Context(), s.Name)
			if err != nil || row.Get(&found.Settings) != value {
				t.Errorf("%s is %s, want %s (%v)", row.Name, row.Get(&found.Settings), value, err)
			}
		}
		found, err := st.Named(t.Context(), s.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range site.SettingsTable {
			if row.Get(&found.Settings) != other(row) {
				t.Errorf("setting another one changed %s", row.Name)
			}
		}
	})
}

func TestEverySettingHasAPlaceInWhatIsStored(t *testing.T) {
	t.Parallel()
	stored, err := json.Marshal(site.DefaultSettings())
	if err != nil {
		t.Fatal(err)
	}
	var names map[string]any
	if err := json.Unmarshal(stored, &names); err != nil {
		t.Fatal(err)
	}
	for _, row := range site.SettingsTable {
		if _, ok := names[row.Name]; !ok {
			t.Errorf("%s is not stored by its name", row.Name)
		}
		delete(names, row.Name)
	}
	if len(names) > 0 {
		t.Errorf("these are stored and in no table: %v", names)
	}
}

func TestWhatASettingDoesNotTakeIsRefused(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{
		"fidelity":        {"", "Observed", "documented|observed", "observed "},
		"anonymousAccess": {"", "yes", "1", "TRUE"},
		"viewProfiles":    {"nobody"},
		"bulkCap":         {"0", "201", "-1", "1e2", "", "99999999999999999999"},
		"pageCap":         {"0", "1001"},
		"propertyAccess":  {"", "everybody", "Owner"},
		"noSuchSetting":   {"true"},
		"Fidelity":        {"observed"},

		"propertyKeyBytes":        {"0", "1025"},
		"propertyValueBytes":      {"1", "1000001"},
		"propertiesPerUserAndApp": {"0", "10001"},

		"rateLimit":                {"", "on", "Burst", "burst|rude"},
		"rateLimitPerSecond":       {"0", "100001"},
		"rateLimitWritesPerSecond": {"0", "100001"},
		"quotaPointsPerHour":       {"0", "1000000001"},

		"": {""},
	} {
		for _, v := range values {
			s := site.DefaultSettings()
			err := s.Set(name, v)
			if kind(err) != failure.Invalid || s != site.DefaultSettings() {
				t.Errorf("%s = %q: %v", name, v, err)
			}
			if err != nil && name != "" && !strings.Contains(err.Error(), name) {
				t.Errorf("%q does not name %s", err, name)
			}
		}
	}
}

func TestASettingThatAnOlderRosterDidNotStoreHasItsDefault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		st := store(d)
		s := add(t, st, site.Site{})
		if err := d.Aside(t.Context(), `UPDATE sites SET settings = $1 WHERE site_id = $2`, `{"bulkCap":5,"gone":true}`, s.ID); err != nil {
			t.Fatal(err)
		}
		want := site.DefaultSettings()
		want.BulkCap = 5
		if found, err := st.Named(t.Context(), s.Name); err != nil || found.Settings != want {
			t.Errorf("the settings are %+v (%v)", found.Settings, err)
		}
	})
}

func TestOnlyAStandInBeginsWithTheContractsPropertyAccess(t *testing.T) {
	t.Parallel()
	want := site.DefaultSettings()
	if want.PropertyAccess != site.ByOwner {
		t.Errorf("a new site begins with %s", want.PropertyAccess)
	}
	want.PropertyAccess = site.ByContract
	if site.StandInSettings() != want {
		t.Errorf("a stand-in begins with %+v", site.StandInSettings())
	}
}
