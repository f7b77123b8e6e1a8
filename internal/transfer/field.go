package transfer

import (
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// field is one thing that a line can say of an account.
type field struct {
	name string
	flag bool // true or false; anything else is text
	get  func(*directory.Account) string
	set  func(*directory.Account, string) error // nil for the ID, which never changes
}

// fields lists what a line can say of an account, besides visibility and groups, in the order of reports.
var fields = []field{
	{name: "accountId", get: func(a *directory.Account) string { return a.ID }},
	text("accountType", func(a *directory.Account) *directory.Type { return &a.Type }, notEmpty),
	text("accountStatus", func(a *directory.Account) *directory.Status { return &a.Status }, notEmpty),
	text("email", func(a *directory.Account) *string { return &a.Email }, nil),
	text("displayName", func(a *directory.Account) *string { return &a.DisplayName }, nil),
	text("publicName", func(a *directory.Account) *string { return &a.PublicName }, nil),
	text("timeZone", func(a *directory.Account) *string { return &a.TimeZone }, nil),
	text("locale", func(a *directory.Account) *string { return &a.Locale }, nil),
	text("position", func(a *directory.Account) *string { return &a.Position }, nil),
	text("department", func(a *directory.Account) *string { return &a.Department }, nil),
	text("location", func(a *directory.Account) *string { return &a.Location }, nil),
	text("phone", func(a *directory.Account) *string { return &a.Phone }, nil),
	text("im", func(a *directory.Account) *string { return &a.IM }, nil),
	text("website", func(a *directory.Account) *string { return &a.Website }, nil),
	text("manager", func(a *directory.Account) *string { return &a.Manager }, nil),
	flag("isGuest", func(a *directory.Account) *bool { return &a.Guest }),
	flag("isExternalCollaborator", func(a *directory.Account) *bool { return &a.External }),
	flag("emailApproved", func(a *directory.Account) *bool { return &a.EmailApproved }),
}

func text[T ~string](name string, at func(*directory.Account) *T, check func(name, value string) error) field {
	return field{
		name: name,
		get:  func(a *directory.Account) string { return string(*at(a)) },
		set: func(a *directory.Account, value string) error {
			if check != nil {
				if err := check(name, value); err != nil {
					return err
				}
			}
			*at(a) = T(value)
			return nil
		},
	}
}

func flag(name string, at func(*directory.Account) *bool) field {
	return field{
		name: name,
		flag: true,
		get:  func(a *directory.Account) string { return strconv.FormatBool(*at(a)) },
		set: func(a *directory.Account, value string) error {
			if value != "true" && value != "false" && value != "" {
				return failure.Invalid.Errorf("%s is true or false, not %.60q.", name, value)
			}
			*at(a) = value == "true"
			return nil
		},
	}
}

func notEmpty(name, value string) error {
	if value == "" {
		return failure.Invalid.Errorf("%s must not be empty.", name)
	}
	return nil
}

// fieldNamed returns the field of this name, or nil.
func fieldNamed(name string) *field {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	return nil
}

// fieldNames lists what CSV columns can be mapped to.
func fieldNames() string {
	names := make([]string, len(fields), len(fields)+1)
	for i, f := range fields {
		names[i] = f.name
	}
	return strings.Join(append(names, "groups"), ", ")
}
