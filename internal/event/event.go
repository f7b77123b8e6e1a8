// Package event tells what happens on a site, in the order in which it was recorded, to those who act on it: webhooks
// and workflows. It reads the records that every write leaves, so nothing that came to stand is missed.
package event

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
)

// Type is what happened.
type Type string

const (
	UserCreated        Type = "user.created"
	UserUpdated        Type = "user.updated"     // of its profile; what changed, the API tells
	UserActivated      Type = "user.activated"   // again
	UserDeactivated    Type = "user.deactivated" // or closed
	GroupMemberAdded   Type = "group.member.added"
	GroupMemberRemoved Type = "group.member.removed"
	WatchAdded         Type = "watch.added"
	WatchRemoved       Type = "watch.removed"
	InvitationAccepted Type = "invitation.accepted"
)

// Types lists every type.
var Types = []Type{
	UserCreated, UserUpdated, UserActivated, UserDeactivated, GroupMemberAdded, GroupMemberRemoved, WatchAdded, WatchRemoved, InvitationAccepted,
}

// Event is one thing that happened to one account. It says whom by ID only: names and addresses are told by the API, to
// those who may see them.
type Event struct {
	// ID is the same whenever the same thing is told again. Sorted as texts, those of one change are in their order.
	ID   string    `json:"id"`
	Type Type      `json:"type"`
	Site string    `json:"site"` // cloud ID
	At   time.Time `json:"at"`
	Seq  int64     `json:"seq"` // place in the order of the site; two events of one change share it
	// Actor is the ID of the account that did it; empty for the operator and the server itself.
	Actor string `json:"actor,omitempty"`
	// Via is the way by which it was done, such as api, cli or import.
	Via change.Via `json:"via"`
	// Run is the run of a workflow that did it through this server; empty for none. It is not told to others.
	Run string `json:"-"`

	AccountID string `json:"accountId"` // whom it happened to, or who watches or accepted
	// AccountType is atlassian, app or customer; empty for an account that is gone.
	AccountType string `json:"accountType,omitempty"`
	// Status is what the account became: active, inactive or closed. Empty where the event is not about that.
	Status     string   `json:"status,omitempty"`
	Group      *Group   `json:"group,omitempty"`
	Watched    *Watched `json:"watched,omitempty"`
	Invitation string   `json:"invitation,omitempty"` // ID
}

// Group is the group that an account joined or left.
type Group struct {
	ID string `json:"id"`
	// Name is the group's when the event is told; empty where the group is gone by then.
	Name string `json:"name,omitempty"`
}

// Watched is what an account watches, or does no longer.
type Watched struct {
	Kind string `json:"kind"` // content, label or space
	ID   string `json:"id"`
}

// Of returns what a sealed entry says that happened, on the site with this cloud ID: nothing for most entries, and two
// events where an account's profile and status changed at once. Names and account types are still to be looked up.
func Of(cloudID string, e change.Entry) []Event {
	happened := Event{Site: cloudID, At: e.At, Seq: e.Seq, Actor: e.AccountID, Via: e.Via, Run: runOf(e.RequestID)}
	var all []Event
	add := func(is Type) {
		happened.ID, happened.Type = fmt.Sprintf("evt_%s_%05d_%d", e.ChangeID, e.Item, len(all)), is
		all = append(all, happened)
	}
	kind, id, _ := strings.Cut(e.Target, ":")
	detail := fields(e.Detail)
	switch e.Operation {
	case "account.create":
		happened.AccountID, happened.Status = id, detail.after("Status")
		add(UserCreated)
	case "account.update":
		happened.AccountID = id
		status := detail.after("Status")
		// Of a closed account all is erased, which is no news of its profile. What was erased of a record meanwhile
		// leaves only that something changed.
		if delete(detail, "Status"); status == "" || status != "closed" && len(detail) > 0 {
			add(UserUpdated)
		}
		happened.Status = status
		switch status {
		case "active":
			add(UserActivated)
		case "inactive", "closed":
			add(UserDeactivated)
		}
	case "group.member.add":
		happened.AccountID, happened.Group = detail.after("Member"), &Group{ID: id}
		add(GroupMemberAdded)
	case "group.member.remove":
		happened.AccountID, happened.Group = detail.before("Member"), &Group{ID: id}
		add(GroupMemberRemoved)
	case "watch.add":
		happened.AccountID, happened.Watched = detail.after("Watcher"), &Watched{kind, id}
		add(WatchAdded)
	case "watch.remove":
		happened.AccountID, happened.Watched = detail.before("Watcher"), &Watched{kind, id}
		add(WatchRemoved)
	case "invitation.accept":
		// Who accepts is who is let in, and stays recorded where the values are erased.
		happened.AccountID, happened.Invitation = e.AccountID, id
		add(InvitationAccepted)
	}
	return all
}

// values are what an entry says of fields.
type values map[string][2]any

func fields(detail json.RawMessage) values {
	v := values{}
	_ = json.Unmarshal(detail, &v) // what cannot be read says nothing
	return v
}

func (v values) before(name string) string { return text(v[name][0]) }

func (v values) after(name string) string { return text(v[name][1]) }

func text(value any) string {
	s, _ := value.(string)
	return s
}

// Names is every type by name, for messages.
func Names() string {
	names := make([]string, len(Types))
	for i, t := range Types {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}

var validID = regexp.MustCompile(`^evt_[0-9a-f-]{36}_[0-9]{5,19}_[0-9]$`)

// ValidID reports whether an event could have this ID. One that could not need not be looked for.
func ValidID(id string) bool { return validID.MatchString(id) }
