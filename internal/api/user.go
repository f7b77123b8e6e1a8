package api

import (
	"context"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/directory"
)

// user renders a profile as an entry of an answer, with nothing expanded. Users of one answer share what is left to expand.
func (c *call) user(p directory.Profile, unexpanded confluence.Expandable) confluence.User {
	u := confluence.User{
		Type: "known", AccountID: p.ID, Email: p.Email, PublicName: p.PublicName, DisplayName: p.DisplayName,
		IsExternalCollaborator: p.External || p.Guest, IsGuest: p.Guest, Locale: p.Locale, AccountStatus: string(p.Status),
		ProfilePicture: confluence.Null[confluence.Icon](),
		Expandable:     unexpanded,
		Links:          confluence.Links{"self": c.base + wikiContext + userPath(p.ID)},
	}
	if p.Type != directory.Customer { // v1 has no word for customers
		u.AccountType = string(p.Type)
	}
	if p.Picture.Visible {
		u.ProfilePicture = confluence.Value(confluence.Icon{Path: avatarOf(p.ID), Width: 48, Height: 48, IsDefault: p.Picture.Digest == ""})
	}
	if c.observed() {
		return u
	}
	external := p.External || p.Guest
	u.ExternalCollaborator = &external
	u.TimeZone = confluence.Null[string]()
	if p.TimeZone != "" {
		u.TimeZone = confluence.Value(p.TimeZone)
	}
	return u
}

// noneExpanded is what [call.unexpanded] returns where nothing is expanded, which is nearly always, by whether the site
// answers as observed.
var noneExpanded = map[bool]confluence.Expandable{
	false: {"operations": "", "details": "", "personalSpace": ""},
	true:  {"operations": "", "personalSpace": ""},
}

// unexpanded lists all that could be expanded of a user, and is not by e. Answers share it, so nobody may change it.
func (c *call) unexpanded(e expansion) confluence.Expandable {
	if len(e) == 0 {
		return noneExpanded[c.observed()]
	}
	left := confluence.Expandable{}
	for _, x := range userExpansions() {
		if (x.observed || !c.observed()) && !e.has(x.name) {
			left[x.name] = ""
		}
	}
	return left
}

// users renders profiles with what the caller asked to expand.
func (s *Server) users(ctx context.Context, c *call, profiles []directory.Profile, expand []string) ([]confluence.User, error) {
	e := parseExpansion(expand)
	users, unexpanded := make([]confluence.User, len(profiles)), c.unexpanded(e)
	for i, p := range profiles {
		users[i] = c.user(p, unexpanded)
	}
	for _, x := range userExpansions() {
		if !e.has(x.name) || c.observed() && !x.observed {
			continue
		}
		if err := x.fill(s, ctx, c, profiles, users, e.under(x.name)); err != nil {
			return nil, err
		}
	}
	return users, nil
}

// userExpansion fills one property of many users at a time, so that a page costs one query each.
type userExpansion struct {
	name     string
	observed bool // real sites expand it
	fill     func(*Server, context.Context, *call, []directory.Profile, []confluence.User, expansion) error
}

// userExpansions is a function, since a user's space shows users in turn.
func userExpansions() [3]userExpansion {
	return [...]userExpansion{
		{"operations", true, (*Server).expandOperations},
		{"details", false, (*Server).expandDetails},
		{"personalSpace", true, (*Server).expandPersonalSpace},
	}
}

// expandOperations tells what each user may do on the site.
func (s *Server) expandOperations(_ context.Context, _ *call, profiles []directory.Profile, users []confluence.User, _ expansion) error {
	for i, p := range profiles {
		users[i].Operations = mayUse(p.Licensed)
	}
	return nil
}

// mayUse are the operations of somebody on the site as a whole.
func mayUse(may bool) []confluence.OperationCheckResult {
	if !may {
		return []confluence.OperationCheckResult{}
	}
	return []confluence.OperationCheckResult{{Operation: "use", TargetType: "application"}}
}

func (s *Server) expandDetails(_ context.Context, _ *call, profiles []directory.Profile, users []confluence.User, e expansion) error {
	for i, p := range profiles {
		d := &confluence.UserDetails{}
		if len(e) == 0 || e.has("business") {
			d.Business = &confluence.UserDetailsBusiness{Position: p.Position, Department: p.Department, Location: p.Location}
		}
		if len(e) == 0 || e.has("personal") {
			d.Personal = &confluence.UserDetailsPersonal{Phone: p.Phone, IM: p.IM, Website: p.Website, Email: p.Email}
		}
		users[i].Details = d
	}
	return nil
}

func (s *Server) expandPersonalSpace(ctx context.Context, c *call, profiles []directory.Profile, users []confluence.User, e expansion) error {
	owners := make([]string, len(profiles))
	for i, p := range profiles {
		owners[i] = p.ID
	}
	spaces, err := s.personalSpaces(ctx, c, owners, e)
	if err != nil {
		return err
	}
	for i, p := range profiles {
		users[i].PersonalSpace = confluence.Null[confluence.Space]()
		if space, ok := spaces[p.ID]; ok {
			users[i].PersonalSpace = confluence.Value(space)
		}
	}
	return nil
}
