package rosteradmin

import "time"

// Account is a person or app of the directory, as its administrators are told of it: names and address are given whatever
// visibility the owner has chosen for others. The server records each address as disclosed to who asks.
type Account struct {
	AccountID     string    `json:"accountId"`
	Type          string    `json:"type"`   // atlassian, app or customer
	Status        string    `json:"status"` // active, inactive or closed
	DisplayName   string    `json:"displayName"`
	PublicName    string    `json:"publicName"`
	Email         string    `json:"email"` // empty where there is none
	CreatedAt     time.Time `json:"createdAt"`
	UpdatedAt     time.Time `json:"updatedAt"`
	DeactivatedAt time.Time `json:"deactivatedAt,omitzero"` // absent while active, and where the audit trail does not tell any more
}

// AccountPage is one page of a site's accounts, as the server answers it.
type AccountPage struct {
	Results []Account `json:"results"`        // never null; may be empty though there is a next page
	Next    string    `json:"next,omitempty"` // where the next page begins; absent on the last
}

// AccountFilter narrows a list of accounts. Its zero value admits every one.
type AccountFilter struct {
	Type    string // atlassian, app or customer
	Status  string // active, inactive or closed
	GroupID string // only members of this group, deactivated people included
	Query   string // each of its words begins a word of a name, or it begins the address; whatever the case
}

// WatchKind is a kind of thing that can be watched.
type WatchKind string

const (
	WatchedContent WatchKind = "content"
	WatchedLabel   WatchKind = "label"
	WatchedSpace   WatchKind = "space"
)

// Watch is something that an account watches. What the caller may not see has neither name nor space.
type Watch struct {
	Kind     WatchKind `json:"kind"`
	ID       string    `json:"id"`                 // of the content, label or space
	Name     string    `json:"name,omitempty"`     // the title of content, a label, the name of a space
	SpaceKey string    `json:"spaceKey,omitempty"` // of a space, and of content
	Since    time.Time `json:"since"`
}

// WatchPage is one page of what an account watches, as the server answers it.
type WatchPage struct {
	Results []Watch `json:"results"`        // never null
	Next    string  `json:"next,omitempty"` // where the next page begins; absent on the last
}
