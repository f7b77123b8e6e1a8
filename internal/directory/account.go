// Package directory keeps a site's people, apps and groups, and decides what each viewer may see of them.
// It knows no HTTP and no wire format.
package directory

import (
	"regexp"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
)

// Type is what kind of account it is.
type Type string

const (
	Person   Type = "atlassian"
	App      Type = "app"      // a bot, an integration, a service account
	Customer Type = "customer" // somebody who only raises requests on a portal
)

// Status is whether an account can be used.
type Status string

const (
	Active   Status = "active"
	Inactive Status = "inactive" // deactivated: kept, cannot sign in
	Closed   Status = "closed"   // deleted: what was personal is erased
)

// Account is everything that is known about a person or app. It never leaves the server as it is:
// callers get a [Profile].
type Account struct {
	ID            string
	Version       int64 // raised by every change
	Type          Type
	Status        Status
	Guest         bool
	External      bool // external collaborator
	Email         string
	PublicName    string
	DisplayName   string
	TimeZone      string // IANA name
	Locale        string // such as en_US
	Position      string
	Department    string
	Location      string
	Phone         string
	IM            string
	Website       string
	Manager       string // account ID
	Picture       string // digest of the uploaded picture; empty without one
	Visibility    Visibility
	EmailApproved bool // apps: may read addresses by the e-mail operations
	Licensed      bool // a group of the account holds the 'Can use' permission; read only
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// MaxAccountID is the longest account ID, in bytes.
const MaxAccountID = 128

// ValidAccountID reports whether an account could have this ID: letters and digits, and behind the first also ":._-".
// One that could not need not be looked for.
func ValidAccountID(id string) bool {
	if len(id) > MaxAccountID {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case i > 0 && (c == ':' || c == '.' || c == '_' || c == '-'):
		default:
			return false
		}
	}
	return id != ""
}

var validLocale = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|[0-9]{3}))?$`)

// check reports the first thing that is wrong with a.
func (a *Account) check() error { return a.checkIn(&sync.Map{}) }

// checkIn is check for one of many accounts. zones are time zones that are known to be: looking for one takes a while.
func (a *Account) checkIn(zones *sync.Map) error {
	if !ValidAccountID(a.ID) {
		return failure.Invalid.Errorf("The account ID %.200q is not 1 to %d letters, digits, colons, dots, hyphens and underscores.", a.ID, MaxAccountID)
	}
	switch a.Type {
	case Person, App, Customer:
	default:
		return failure.Invalid.Errorf("The account type %.60q is none of atlassian, app, customer.", a.Type)
	}
	switch a.Status {
	case Active, Inactive, Closed:
	default:
		return failure.Invalid.Errorf("The status %.60q is none of active, inactive, closed.", a.Status)
	}
	if a.EmailApproved && a.Type != App {
		return failure.Invalid.Errorf("Only an app can be approved for the e-mail operations.")
	}
	if a.Email != "" {
		if _, err := EmailKey(a.Email); err != nil {
			return err
		}
	}
	if a.PublicName == "" {
		return failure.Invalid.Errorf("The public name is empty.")
	}
	for _, text := range []struct{ name, value string }{
		{"public name", a.PublicName},
		{"display name", a.DisplayName},
		{"position", a.Position},
		{"department", a.Department},
		{"location", a.Location},
		{"phone", a.Phone},
		{"im", a.IM},
		{"website", a.Website},
	} {
		if err := checkText(text.name, text.value); err != nil {
			return err
		}
	}
	if a.Manager != "" && !ValidAccountID(a.Manager) {
		return failure.Invalid.Errorf("The manager %.200q is no account ID.", a.Manager)
	}
	if a.Locale != "" && !validLocale.MatchString(a.Locale) {
		return failure.Invalid.Errorf("The locale %.60q does not look like en_US.", a.Locale)
	}
	if _, known := zones.Load(a.TimeZone); a.TimeZone != "" && !known {
		if _, err := time.LoadLocation(a.TimeZone); err != nil || a.TimeZone == "Local" {
			return failure.Invalid.Errorf("The time zone %.60q is not known; use an IANA name such as Europe/London.", a.TimeZone)
		}
		zones.Store(a.TimeZone, true)
	}
	return a.Visibility.check()
}

// checkText refuses what could not be shown on one line of text.
func checkText(name, value string) error {
	if !utf8.ValidString(value) {
		return failure.Invalid.Errorf("The %s is not valid UTF-8.", name)
	}
	if utf8.RuneCountInString(value) > 255 {
		return failure.Invalid.Errorf("The %s is longer than 255 characters.", name)
	}
	for _, r := range value {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return failure.Invalid.Errorf("The %s has a control character.", name)
		}
	}
	return nil
}

// erase removes what is personal, for an account that is closed.
func (a *Account) erase() {
	*a = Account{
		ID: a.ID, Version: a.Version, Type: a.Type, Status: Closed, Guest: a.Guest, External: a.External,
		PublicName: formerUser, DisplayName: formerUser, Visibility: DefaultVisibility(),
		Licensed: a.Licensed, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
}

// validText reports whether text can be stored: PostgreSQL takes neither NUL nor broken UTF-8.
func validText(text string) bool {
	for _, r := range text {
		if r == 0 {
			return false
		}
	}
	return utf8.ValidString(text)
}
