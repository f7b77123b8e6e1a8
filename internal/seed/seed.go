// Package seed fills sites from a YAML file, the same way every time: IDs, tokens and times that the file
// does not give follow from what it does give.
package seed

import (
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// Seed is what a seed file says: one document for each site, the default site first.
type Seed struct {
	Documents []Document
}

// Document is one site and everything in it. The tags are the file's format: [Parse] obeys them and
// [Schema] publishes them.
type Document struct {
	Time     time.Time `yaml:"time" doc:"The site's clock while it is filled: everything is created at this moment." default:"2026-01-01T00:00:00Z"`
	Site     Site      `yaml:"site" required:"true" doc:"The site itself."`
	Groups   []Group   `yaml:"groups" doc:"The site's groups."`
	Accounts []Account `yaml:"accounts" doc:"The site's people and apps."`
	Apps     []App     `yaml:"apps" doc:"The apps that are registered on the site."`
	Spaces   []Space   `yaml:"spaces" doc:"The site's spaces."`
}

// Site is the site that a document fills.
type Site struct {
	Line      int           `yaml:"-"` // in the file; 0 outside one
	Name      string        `yaml:"name" required:"true" doc:"What stands in /_site/{name}/ and on the command line: lower-case letters, digits and hyphens."`
	CloudID   string        `yaml:"cloudId" doc:"A lower-case UUID. It follows from the name."`
	PublicURL string        `yaml:"publicUrl" doc:"The site's address without /wiki. It follows from the server's address."`
	Hosts     []string      `yaml:"hosts" doc:"Host names by which requests reach the site."`
	Settings  site.Settings `yaml:"settings" doc:"The site's settings; those left out have their defaults."`
}

// Group is a named set of accounts.
type Group struct {
	Line        int                    `yaml:"-"`
	Name        string                 `yaml:"name" required:"true" doc:"The group's name, by which accounts refer to it."`
	ID          string                 `yaml:"id" doc:"A lower-case UUID. It follows from the names of the site and the group."`
	UsageType   string                 `yaml:"usageType" oneof:"USERBASE_GROUP TEAM_COLLABORATION" default:"USERBASE_GROUP" doc:"What the group is for."`
	ManagedBy   string                 `yaml:"managedBy" oneof:"ADMINS EXTERNAL TEAM_MEMBERS OPEN" default:"ADMINS" doc:"Who may change its members."`
	Permissions []directory.Permission `yaml:"permissions" oneof:"use view-profiles administer site-admin" doc:"The global permissions that its members have."`
}

// Account is a person or an app. At least one of email, displayName and publicName names it.
type Account struct {
	Line          int                  `yaml:"-"`
	ID            string               `yaml:"accountId" doc:"The account's ID. It follows from the names of the site and the e-mail address, or the account's name where it has no address."`
	Type          directory.Type       `yaml:"accountType" oneof:"atlassian app customer" default:"atlassian" doc:"What kind of account it is."`
	Status        directory.Status     `yaml:"accountStatus" oneof:"active inactive closed" default:"active" doc:"Whether it can be used. A closed account keeps nothing personal."`
	Email         string               `yaml:"email" doc:"The e-mail address."`
	DisplayName   string               `yaml:"displayName" doc:"The full name. It is the public name unless it is given, or else what stands before the @ of the address."`
	PublicName    string               `yaml:"publicName" doc:"The name that everybody sees. It is the display name unless it is given."`
	TimeZone      string               `yaml:"timeZone" doc:"An IANA name such as Europe/London."`
	Locale        string               `yaml:"locale" default:"en_US" doc:"Such as en_US."`
	Position      string               `yaml:"position" doc:"The job title."`
	Department    string               `yaml:"department" doc:"The department."`
	Location      string               `yaml:"location" doc:"Where the person works."`
	Phone         string               `yaml:"phone" doc:"A telephone number, in quotes."`
	IM            string               `yaml:"im" doc:"An instant-messaging handle."`
	Website       string               `yaml:"website" doc:"A web address."`
	Manager       string               `yaml:"manager" doc:"The manager's account ID, or the e-mail address of an account of the same document."`
	Guest         bool                 `yaml:"isGuest" doc:"Whether the person is a guest."`
	External      bool                 `yaml:"isExternalCollaborator" doc:"Whether the person is an external collaborator."`
	EmailApproved bool                 `yaml:"emailApproved" doc:"Whether the app may read addresses by the e-mail operations."`
	Visibility    directory.Visibility `yaml:"visibility" doc:"Who sees what: one audience for everything, or an audience for each field that is not to have its default."`
	Groups        []string             `yaml:"groups" doc:"The names of the account's groups."`
	Tokens        []Token              `yaml:"tokens" doc:"The account's API tokens."`
	Properties    []Property           `yaml:"properties" doc:"What apps keep with the user."`
	Password      string               `yaml:"password" doc:"What the person signs in with, 12 characters or more; nothing unless given."`
}

// Token is an API token of an account.
type Token struct {
	Line      int           `yaml:"-"`
	Label     string        `yaml:"label" required:"true" doc:"What the token is for. Labels of one account differ."`
	Secret    string        `yaml:"secret" doc:"The token's text. It follows from the site, the account and the label."`
	Scopes    []string      `yaml:"scopes" doc:"What the token is limited to; without scopes it may do all that the account may."`
	ExpiresIn time.Duration `yaml:"expiresIn" doc:"How long the token is good, counted from when the seed is applied; a century from the seed's own time unless given."`
}

// Property is a JSON object that is kept with a user.
type Property struct {
	Line  int    `yaml:"-"`
	Key   string `yaml:"key" required:"true" doc:"The property's key."`
	ID    string `yaml:"id" doc:"A lower-case UUID. It follows from the account's ID and the key."`
	Value string `yaml:"value" required:"true" doc:"The value as it is answered: a JSON object, in quotes."`
	App   string `yaml:"app" doc:"The account ID of the app that keeps it; a person does unless given."`
}

// DefaultTime is the clock of a document that gives none.
func DefaultTime() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
