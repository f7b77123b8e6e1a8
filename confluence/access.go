package confluence

// EmailsRequest holds the addresses to check or to invite:
// the official request body CheckAccessOrInviteByEmailRequest.
type EmailsRequest struct {
	Emails []string `json:"emails" required:"true" minItems:"1" maxItems:"100" doc:"The e-mail addresses."`
}

// CheckAccess tells which addresses have no access to the site: the official response of checkAccessByEmail.
type CheckAccess struct {
	EmailsWithoutAccess []string `json:"emailsWithoutAccess" doc:"Addresses that may not use the site, in the order asked for; never null."`
	InvalidEmails       []string `json:"invalidEmails" doc:"What is not an e-mail address, in the order asked for; never null."`
	NoAccessEmails      []string `json:"noAccessEmails,omitempty" doc:"A second copy of emailsWithoutAccess that some sites send."`
}
