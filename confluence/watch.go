package confluence

// UserWatch tells whether a user watches something: the official v1 schema UserWatch.
type UserWatch struct {
	Watching bool `json:"watching" required:"true" doc:"Whether the user watches it."`
}
