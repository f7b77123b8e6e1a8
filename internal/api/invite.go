package api

import (
	"context"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// These stay until somebody changes the site's settings or the server's: trying again does not help.
var (
	errNoMail      = failure.Unavailable.Errorf("This server sends no mail, so it cannot invite anybody: its --smtp is not set.")
	errNoPublicURL = failure.Unavailable.Errorf("This site has no public URL that the links of invitations could lead to, so it cannot invite anybody.")
)

// lasts reports whether an Unavailable answer is not worth another try.
func lasts(err error) bool { return err == errAccessOff || err == errNoMail || err == errNoPublicURL }

// inviteByEmail asks people in by mail. The answer comes before the server looks at whom the addresses belong to.
func (s *Server) inviteByEmail(ctx context.Context, c *call, in emailsIn) (nothing, error) {
	settings := c.site.Settings
	if err := mayInvite(c); err != nil {
		return nothing{}, err
	}
	base := s.linkBase(c)
	switch {
	case s.Invitations == nil:
		return nothing{}, errNoMail
	case base == "":
		return nothing{}, errNoPublicURL
	}
	return nothing{}, s.Invitations.Ask(ctx, c.site.ID, c.actor, directory.Terms{
		CloudID: c.site.CloudID, SiteName: c.site.Name, Base: base,
		Life:     time.Duration(settings.InvitationDays) * 24 * time.Hour,
		CoolDown: time.Duration(settings.InvitationCoolDownMinutes) * time.Minute,
	}, c.caller.Standing.SiteAdmin, in.Body.Emails)
}

// mayInvite decides whether the site lets the caller invite people.
func mayInvite(c *call) error {
	if c.site.Settings.WhoMayInvite == site.ByAdministrators && !c.caller.Standing.SiteAdmin {
		return failure.Forbidden.Errorf("Only a site administrator may invite people to this site.")
	}
	return nil
}

// linkBase is the public URL that links in mails stand below: only ever a configured one, whatever the request says.
// It is empty where there is none. A stand-in's own address counts as configured.
func (s *Server) linkBase(c *call) string {
	switch {
	case c.site.PublicURL != "", s.Sites.Named:
		return c.base
	case c.site.Default:
		return s.ConfiguredURL
	}
	return ""
}
