package content

import "github.com/rosterhq/roster/internal/failure"

// NotSeen is a failure about something that is missing, or that the viewer may not see: for the viewer they are the
// same. [failure.ReasonOf] tells an administrator which of them it was.
type NotSeen struct{ error }

func (n *NotSeen) Unwrap() error { return n.error }

// unseen is why something is not seen, in words for administrators; empty where it is seen. It follows from what was
// read to see it, so that telling costs nothing.
type unseen string

const (
	noSpace         unseen = "There is no space with this key."
	noContent       unseen = "There is no content with this ID."
	noKind          unseen = "There is no such kind of thing to watch."
	noLabel         unseen = "There is no such label on this site."
	inTrash         unseen = "The content, or something above it, is in the trash."
	notInTrash      unseen = "The content is there, but not in the trash."
	hiddenSpace     unseen = "The content is there, in a space that the caller may not view."
	restricted      unseen = "The content is there, and its restrictions on reading leave the caller out."
	restrictedAbove unseen = "The content is there, and the restrictions on reading of something above it leave the caller out."
	hiddenLabel     unseen = "The label is there, and the caller may see nothing that has it."
)

// refusing makes of err a failure that says why to administrators alone.
func (u unseen) refusing(err error) error { return &NotSeen{failure.Because(err, "%s", string(u))} }

// inSpace is why content is not seen whose space is not.
func (u unseen) inSpace() unseen {
	if u == "" {
		return ""
	}
	return hiddenSpace + " " + u
}

// hides is why a viewer may not see a space.
func hides(v Viewer, g Grants) unseen {
	switch {
	case g.Explicit:
		return "The space is there, and none of its permissions lets the caller read, use or administer it."
	case v.AccountID == "":
		return "The space is there, and without permissions of its own it is not open to anonymous callers."
	}
	return "The space is there, and without permissions of its own it is open only to those who can use the site by a permission of their own."
}

// unseenPage is why a page is not seen, by what was read of it and of all above it; there says whether there is
// content of this ID at all, trashed or not.
func unseenPage(line map[int64]checked, id int64, there bool) unseen {
	at, found := line[id]
	switch {
	case !there:
		return noContent
	case found && at.read != 1:
		return restricted
	}
	for found && at.Parent != 0 {
		if at, found = line[at.Parent]; found && at.read != 1 {
			return restrictedAbove
		}
	}
	return inTrash
}
