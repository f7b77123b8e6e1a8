package site

import (
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
)

// Fidelity is whose answer a site gives where the sources disagree.
type Fidelity string

const (
	Documented Fidelity = "documented" // what Atlassian's documents say
	Observed   Fidelity = "observed"   // what real sites were seen to answer
)

// Settings are what an administrator may choose for one site.
type Settings struct {
	Fidelity          Fidelity `json:"fidelity"`
	AnonymousAccess   bool     `json:"anonymousAccess"`
	AnonymousProfiles bool     `json:"anonymousProfiles"`
	ViewProfiles      string   `json:"viewProfiles"`
	EmailAPI          bool     `json:"emailApi"`
	AccessAPI         bool     `json:"accessApi"`
	BulkCap           int      `json:"bulkCap"`
	PageCap           int      `json:"pageCap"`

	PropertyAccess          string `json:"propertyAccess"`
	PropertyKeyBytes        int    `json:"propertyKeyBytes"`
	PropertyValueBytes      int    `json:"propertyValueBytes"`
	PropertiesPerUserAndApp int    `json:"propertiesPerUserAndApp"`

	WhoMayInvite              string `json:"whoMayInvite"`
	InvitationDays            int    `json:"invitationDays"`
	InvitationCoolDownMinutes int    `json:"invitationCooldownMinutes"`
	AccessCallsPerMinute      int    `json:"accessCallsPerMinute"`

	RateLimit                string `json:"rateLimit"`
	RateLimitPerSecond       int    `json:"rateLimitPerSecond"`
	RateLimitWritesPerSecond int    `json:"rateLimitWritesPerSecond"`
	QuotaPointsPerHour       int    `json:"quotaPointsPerHour"`

	TokenExpiryNoticeDays int `json:"tokenExpiryNoticeDays"`

	AuditRetentionDays int `json:"auditRetentionDays"`
	MailRetentionDays  int `json:"mailRetentionDays"`
	RunRetentionDays   int `json:"runRetentionDays"`
}

// Who may touch a user's properties.
const (
	ByContract = "contract" // all who can use the site
	ByOwner    = "owner"    // the user, administrators and the app that made the property
)

// Who may invite people by e-mail.
const (
	ByEveryone       = "everyone"       // all who can use the site
	ByAdministrators = "administrators" // site administrators
)

// Setting is one row of the table of settings: what `roster site set` takes and `roster settings` prints.
type Setting struct {
	Name, Default, Values, Help string
	Get                         func(*Settings) string
	set                         func(*Settings, string) bool
}

// SettingsTable lists every setting of a site, in the order they are shown.
var SettingsTable = []Setting{
	choice("fidelity", "documented", "documented|observed", "whose answer is given where the sources disagree (docs/contract.md)",
		func(s *Settings) *Fidelity { return &s.Fidelity }),
	toggle("anonymousAccess", false, "people without a credential may use the site", func(s *Settings) *bool { return &s.AnonymousAccess }),
	toggle("anonymousProfiles", false, "they may also view user profiles", func(s *Settings) *bool { return &s.AnonymousProfiles }),
	choice("viewProfiles", "all", "all|groups", "who views user profiles: all who can use the site, or the groups that hold view-profiles",
		func(s *Settings) *string { return &s.ViewProfiles }),
	toggle("emailApi", true, "the e-mail operations for approved apps are served", func(s *Settings) *bool { return &s.EmailAPI }),
	toggle("accessApi", true, "check-access-by-email and invite-by-email are served", func(s *Settings) *bool { return &s.AccessAPI }),
	number("bulkCap", 100, 1, 200, "most users that GET /user/bulk answers", func(s *Settings) *int { return &s.BulkCap }),
	number("pageCap", 200, 1, 1000, "most entries on a page of groups, memberships, members and search results", func(s *Settings) *int { return &s.PageCap }),
	choice("propertyAccess", ByOwner, ByContract+"|"+ByOwner,
		"who touches a user's properties: all who can use the site, or the user, administrators and the app that made the property; a stand-in's sites begin with contract",
		func(s *Settings) *string { return &s.PropertyAccess }),
	number("propertyKeyBytes", 255, 1, 1024, "longest key of a user property, in bytes", func(s *Settings) *int { return &s.PropertyKeyBytes }),
	number("propertyValueBytes", 32768, 2, 1_000_000, "longest value of a user property, in bytes of JSON as sent", func(s *Settings) *int { return &s.PropertyValueBytes }),
	number("propertiesPerUserAndApp", 100, 1, 10_000, "most properties that one app keeps with one user; people together count as one app",
		func(s *Settings) *int { return &s.PropertiesPerUserAndApp }),
	choice("whoMayInvite", ByEveryone, ByEveryone+"|"+ByAdministrators, "who invites people by e-mail: all who can use the site, or site administrators (docs/invitations.md)",
		func(s *Settings) *string { return &s.WhoMayInvite }),
	number("invitationDays", 7, 1, 365, "days that an invitation is good for", func(s *Settings) *int { return &s.InvitationDays }),
	number("invitationCooldownMinutes", 60, 0, 10_080, "minutes in which an address that is invited again gets no second mail",
		func(s *Settings) *int { return &s.InvitationCoolDownMinutes }),
	number("accessCallsPerMinute", 60, 1, 100_000, "calls a minute that one account may make of check-access-by-email and invite-by-email together, each server counting for itself",
		func(s *Settings) *int { return &s.AccessCallsPerMinute }),
	choice("rateLimit", "off", "off|burst|quota-points|dc-bucket|rude",
		"how often a token may call (docs/rate-limits.md); dc-bucket and rude are for testing clients on a stand-in, anywhere else they are burst",
		func(s *Settings) *string { return &s.RateLimit }),
	number("rateLimitPerSecond", 100, 1, 100_000, "calls a second of each token by GET, and as many by POST, where rateLimit is on, each server counting for itself",
		func(s *Settings) *int { return &s.RateLimitPerSecond }),
	number("rateLimitWritesPerSecond", 50, 1, 100_000, "the same by PUT, and as many by DELETE", func(s *Settings) *int { return &s.RateLimitWritesPerSecond }),
	number("quotaPointsPerHour", 65_000, 1, 1_000_000_000, "points that an app may spend between two full hours where rateLimit is quota-points, each server counting for itself",
		func(s *Settings) *int { return &s.QuotaPointsPerHour }),
	number("tokenExpiryNoticeDays", 7, 0, 364, "days before an API token expires that its owner is mailed about it; 0 mails nobody (docs/operating.md)",
		func(s *Settings) *int { return &s.TokenExpiryNoticeDays }),
	number("auditRetentionDays", 0, 0, 36_500, "days after which what was recorded is deleted; 0 keeps it for ever (docs/audit.md)",
		func(s *Settings) *int { return &s.AuditRetentionDays }),
	number("mailRetentionDays", 90, 0, 36_500, "days after which mail that was sent or refused is deleted from the outbox; 0 keeps it for ever (docs/invitations.md)",
		func(s *Settings) *int { return &s.MailRetentionDays }),
	number("runRetentionDays", 90, 0, 36_500, "days after which runs of workflows that ended, and deliveries to webhooks, are deleted; 0 keeps them for ever (docs/workflows.md)",
		func(s *Settings) *int { return &s.RunRetentionDays }),
}

// defaults are worked out once: every request reads the settings of its site on top of them.
var defaults = func() (s Settings) {
	for _, row := range SettingsTable {
		row.set(&s, row.Default)
	}
	return s
}()

// DefaultSettings returns the settings of a new site.
func DefaultSettings() Settings { return defaults }

// StandInSettings returns the settings of a new site of a stand-in, where everybody may do what the contract says.
func StandInSettings() Settings {
	s := DefaultSettings()
	s.PropertyAccess = ByContract
	return s
}

// Set changes one setting by its name.
func (s *Settings) Set(name, value string) error {
	for _, row := range SettingsTable {
		if row.Name == name {
			if !row.set(s, value) {
				return failure.Invalid.Errorf("%s takes %s, not %q.", name, row.Values, value)
			}
			return nil
		}
	}
	return failure.Invalid.Errorf("There is no site setting %q; roster settings lists them.", name)
}

func choice[T ~string](name, byDefault, values, help string, at func(*Settings) *T) Setting {
	return Setting{name, byDefault, values, help, func(s *Settings) string { return string(*at(s)) }, func(s *Settings, v string) bool {
		for known := range strings.SplitSeq(values, "|") {
			if v == known {
				*at(s) = T(v)
				return true
			}
		}
		return false
	}}
}

func toggle(name string, byDefault bool, help string, at func(*Settings) *bool) Setting {
	return Setting{name, strconv.FormatBool(byDefault), "true|false", help, func(s *Settings) string { return strconv.FormatBool(*at(s)) }, func(s *Settings, v string) bool {
		if v != "true" && v != "false" {
			return false
		}
		*at(s) = v == "true"
		return true
	}}
}

func number(name string, byDefault, lowest, highest int, help string, at func(*Settings) *int) Setting {
	values := strconv.Itoa(lowest) + " to " + strconv.Itoa(highest)
	return Setting{name, strconv.Itoa(byDefault), values, help, func(s *Settings) string { return strconv.Itoa(*at(s)) }, func(s *Settings, v string) bool {
		n, err := strconv.Atoi(v)
		if err != nil || n < lowest || n > highest {
			return false
		}
		*at(s) = n
		return true
	}}
}
