package confluence

// AccountIDEmailRecord is one user's address, whatever the profile's visibility:
// the official v1 schema AccountIdEmailRecord.
type AccountIDEmailRecord struct {
	AccountID string `json:"accountId" required:"true" doc:"The account ID of the user."`
	Email     string `json:"email" required:"true" doc:"The e-mail address of the user."`
}
