package api

import "github.com/rosterhq/roster/confluence"

// What the operations that are declared but not served yet take and answer.
type (
	watchOut      = *confluence.UserWatch
	propertiesOut = *confluence.UserPropertyKeyArray
	propertyOut   = *confluence.UserProperty
	groupOut      = *confluence.Group
	adminKeyOut   = *confluence.AdminKeyResponse
)

// named are the ways to name another user in a watch call.
type named struct {
	Key       string `query:"key" deprecated:"true" doc:"A name of the past; use accountId."`
	Username  string `query:"username" deprecated:"true" doc:"A name of the past; use accountId."`
	AccountID string `query:"accountId" doc:"The user whose watch it is; the caller where absent."`
}

type contentWatchIn struct {
	ContentID string `path:"contentId" doc:"The ID of the content."`
	named
}

type labelWatchIn struct {
	LabelName string `path:"labelName" doc:"The name of the label."`
	named
}

type spaceWatchIn struct {
	SpaceKey string `path:"spaceKey" doc:"The key of the space."`
	named
}

type propertiesIn struct {
	UserID string `path:"userId" doc:"The account ID of the user."`
	Start  int    `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit  int    `query:"limit" default:"5" min:"0" max:"25" doc:"The most to answer; more is taken as 25."`
}

type propertyIn struct {
	UserID string `path:"userId" doc:"The account ID of the user."`
	Key    string `path:"key" pattern:"^[-_a-zA-Z0-9]+$" doc:"The key of the property."`
}

type propertyCreateIn struct {
	propertyIn
	Body confluence.UserPropertyCreate
}

type propertyUpdateIn struct {
	propertyIn
	Body confluence.UserPropertyCreate
}

type groupCreateIn struct {
	Body confluence.GroupName
}

type memberAddIn struct {
	GroupID string `query:"groupId" required:"true" doc:"The ID of the group."`
	Body    confluence.AccountID
}

type memberRemoveIn struct {
	GroupID   string `query:"groupId" required:"true" doc:"The ID of the group."`
	Key       string `query:"key" deprecated:"true" doc:"A name of the past; use accountId."`
	Username  string `query:"username" deprecated:"true" doc:"A name of the past; use accountId."`
	AccountID string `query:"accountId" required:"true" doc:"The user to take out."`
}

type adminKeyIn struct {
	Body *confluence.AdminKeyRequest
}
