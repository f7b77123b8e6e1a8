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
	Icon        string              `yaml:"icon" doc:"Path of the space's picture below /wiki. Without one, a personal space shows its owner's."`
	Settings    SpaceSettings       `yaml:"settings" doc:"How the space is set up."`
	Theme       SpaceTheme          `yaml:"theme" doc:"What an app makes the space look like. Without one, the look of the site."`
	LookAndFeel LookAndFeel         `yaml:"lookAndFeel" doc:"Colours and measures of the space that differ from those of the site."`
	Labels      []string            `yaml:"labels" doc:"Words that mark the space, such as archive or team:lab."`
	Permissions []SpacePermission   `yaml:"permissions" doc:"Who may do what in the space. Without any, everyone who can use the site reads it."`
	AppsBlocked bool                `yaml:"appsBlocked" doc:"Whether apps are kept from the content of the space, as far as app access rules apply."`
	Watchers    []string            `yaml:"watchers" doc:"Who watches the space: e-mail addresses or account IDs of accounts of the same document."`
	Homepage    string              `yaml:"homepage" doc:"The title of one of its pages."`
	HomepageID  int64               `yaml:"homepageId" doc:"The same by its number, where two pages have one title."`
	Pages       []Page              `yaml:"pages" doc:"The space's content, parents first."`
}

// SpaceSettings are how a space is set up.
type SpaceSettings struct {
	RouteOverride bool        `yaml:"routeOverrideEnabled" doc:"Whether a theme's own page stands before the homepage."`
	ContentMode   string      `yaml:"contentMode" oneof:"standard compact" doc:"How dense content looks."`
	Editor        SpaceEditor `yaml:"editor" doc:"The editor for each kind of content."`
}

// SpaceEditor names the editor for each kind of content in a space.
type SpaceEditor struct {
	Page     string `yaml:"page" default:"v2" doc:"The editor of pages."`
	Blogpost string `yaml:"blogpost" default:"v2" doc:"The editor of blog posts."`
	Default  string `yaml:"default" default:"v2" doc:"The editor of everything else."`
}

// SpaceTheme is what an app makes a space look like.
type SpaceTheme struct {
	Key         string `yaml:"themeKey" required:"true" doc:"The theme's key."`
	Name        string `yaml:"name" doc:"The theme's name."`
	Description string `yaml:"description" doc:"What the theme looks like."`
	Icon        string `yaml:"icon" doc:"Path of the theme's picture below /wiki."`
}

// SpacePermission lets a group, a user or callers of a kind do one thing in a space.
type SpacePermission struct {
	Line        int    `yaml:"-"`
	Operation   string `yaml:"operation" oneof:"read use create delete export administer" required:"true" doc:"What may be done."`
	Target      string `yaml:"target" oneof:"space page blogpost comment attachment" default:"space" doc:"To what it may be done."`
	Group       string `yaml:"group" doc:"The name of the group that may do it."`
	User        string `yaml:"user" doc:"The e-mail address or account ID of the user who may do it, of an account of the same document."`
	FormerGroup string `yaml:"formerGroup" doc:"The ID of a group that is gone, and alone might do it: nobody may then."`
	Anonymous   bool   `yaml:"anonymous" doc:"Whether everybody may do it, with or without a credential."`
	Unlicensed  bool   `yaml:"unlicensed" doc:"Whether people without a licence may do it; only for reading the space."`
}

// Page is a piece of content.
type Page struct {
	Line         int           `yaml:"-"`
	ID           int64         `yaml:"id" doc:"The content's number. Spaces, pages and labels are counted from 65537."`
	Type         string        `yaml:"type" oneof:"page blogpost comment attachment whiteboard database embed folder" default:"page" doc:"What kind of content it is."`
	Status       string        `yaml:"status" oneof:"current draft archived trashed" default:"current" doc:"Whether it is in use."`
	Title        string        `yaml:"title" required:"true" doc:"The title. Titles of one space differ, unless the content has a number; those of current pages do in any case, and not only by case."`
	Creator      string        `yaml:"creator" doc:"Who made it, and watches it: the e-mail address or account ID of an account of the same document. It is the space's owner unless given."`
	Body         string        `yaml:"body" doc:"The body in storage form."`
	Parent       string        `yaml:"parent" doc:"The title of a page above, of the same space."`
	ParentID     int64         `yaml:"parentId" doc:"The same by its number, where two pages have one title."`
	Labels       []string      `yaml:"labels" doc:"Words that mark the content."`
	Watchers     []string      `yaml:"watchers" doc:"Who watches the content, besides its creator: e-mail addresses or account IDs of accounts of the same document."`
	Restrictions []Restriction `yaml:"restrictions" doc:"Who alone may read or update it. Without any, all who may in its space."`
}

// Restriction lets a group or a user do to content what others may not.
type Restriction struct {
	Line        int    `yaml:"-"`
	Operation   string `yaml:"operation" oneof:"read update" required:"true" doc:"What others may not do."`
	Group       string `yaml:"group" doc:"The name of the group that may do it."`
	User        string `yaml:"user" doc:"The e-mail address or account ID of the user who may do it, of an account of the same document."`
	FormerGroup string `yaml:"formerGroup" doc:"The ID of a group that is gone, and alone might do it: nobody may then."`
}
