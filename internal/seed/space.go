package seed

import "github.com/rosterhq/roster/internal/content"

// Space is a place for content.
type Space struct {
	Line        int                 `yaml:"-"`
	ID          int64               `yaml:"id" doc:"The space's number. Spaces, pages and labels are counted from 65537."`
	Key         string              `yaml:"key" doc:"The space's key. That of a personal space is ~ and its owner's account ID."`
	Type        content.SpaceType   `yaml:"type" oneof:"global personal" doc:"Whose space it is. It follows from the key: one that begins with ~, or none, is a personal space's."`
	Name        string              `yaml:"name" doc:"The space's name. A personal space is named by its owner's name, as everybody may see it."`
	Alias       string              `yaml:"alias" doc:"Its name in addresses. It is the key unless it is given."`
	Status      content.SpaceStatus `yaml:"status" oneof:"current archived" default:"current" doc:"Whether the space is in use."`
	Owner       string              `yaml:"owner" doc:"The owner's e-mail address or account ID, of an account of the same document."`
	Description string              `yaml:"description" doc:"What the space is for, as plain text."`
	Labels      []string            `yaml:"labels" doc:"Words that mark the space, such as archive or team:lab."`
	Permissions []SpacePermission   `yaml:"permissions" doc:"Who may do what in the space. Without any, everyone who can use the site reads it."`
	AppsBlocked bool                `yaml:"appsBlocked" doc:"Whether apps are kept from the content of the space, as far as app access rules apply."`
	Watchers    []string            `yaml:"watchers" doc:"Who watches the space: e-mail addresses or account IDs of accounts of the same document."`
	Homepage    string              `yaml:"homepage" doc:"The title of one of its pages."`
	Pages       []Page              `yaml:"pages" doc:"The space's content, parents first."`
}

// SpacePermission lets a group, a user or callers of a kind do one thing in a space.
type SpacePermission struct {
	Line       int    `yaml:"-"`
	Operation  string `yaml:"operation" oneof:"read use create delete export administer" required:"true" doc:"What may be done."`
	Target     string `yaml:"target" oneof:"space page blogpost comment attachment" default:"space" doc:"To what it may be done."`
	Group      string `yaml:"group" doc:"The name of the group that may do it."`
	User       string `yaml:"user" doc:"The e-mail address or account ID of the user who may do it, of an account of the same document."`
	Anonymous  bool   `yaml:"anonymous" doc:"Whether everybody may do it, with or without a credential."`
	Unlicensed bool   `yaml:"unlicensed" doc:"Whether people without a licence may do it; only for reading the space."`
}

// Page is a piece of content.
type Page struct {
	Line         int           `yaml:"-"`
	ID           int64         `yaml:"id" doc:"The content's number. Spaces, pages and labels are counted from 65537."`
	Type         string        `yaml:"type" oneof:"page blogpost comment attachment whiteboard database embed folder" default:"page" doc:"What kind of content it is."`
	Status       string        `yaml:"status" oneof:"current draft archived trashed" default:"current" doc:"Whether it is in use."`
	Title        string        `yaml:"title" required:"true" doc:"The title. Titles of one space differ."`
	Body         string        `yaml:"body" doc:"The body in storage form."`
	Parent       string        `yaml:"parent" doc:"The title of a page above, of the same space."`
	Labels       []string      `yaml:"labels" doc:"Words that mark the content."`
	Watchers     []string      `yaml:"watchers" doc:"Who watches the content, besides its creator: e-mail addresses or account IDs of accounts of the same document."`
	Restrictions []Restriction `yaml:"restrictions" doc:"Who alone may read or update it. Without any, all who may in its space."`
}

// Restriction lets a group or a user do to content what others may not.
type Restriction struct {
	Line      int    `yaml:"-"`
	Operation string `yaml:"operation" oneof:"read update" required:"true" doc:"What others may not do."`
	Group     string `yaml:"group" doc:"The name of the group that may do it."`
	User      string `yaml:"user" doc:"The e-mail address or account ID of the user who may do it, of an account of the same document."`
}
