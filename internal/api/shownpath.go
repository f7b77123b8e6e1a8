package api

import (
	"net/url"
	"strings"

	"github.com/google/uuid"
)

const (
	longestShownPath    = 200 // bytes, escaped
	longestShownSegment = 24  // bytes: secrets are longer
)

// shownPath is the path of the call on its site as people may be shown it: "…" stands for each part of it that could be
// a secret or an address, and for what is cut off. It is empty where the call was for no site.
func (c *call) shownPath() string {
	if c.op == nil {
		if route := c.route(); route != "" {
			return route // whose parameter can be a secret
		}
	}
	place := c.place
	cut := len(place) > longestShownPath
	if cut {
		place = place[:longestShownPath]
	}
	segments := strings.Split(place, "/")
	for i, s := range segments {
		if cut && i == len(segments)-1 || !showable(s) {
			segments[i] = "…"
		}
	}
	return strings.Join(segments, "/")
}

// showable reports whether a part of a path, escaped, is neither a secret nor an address, for all that one can tell: it
// is short, or the ID of an account, a site or a group.
func showable(segment string) bool {
	plain, err := url.PathUnescape(segment)
	if err != nil || strings.ContainsAny(plain, "@%") {
		return false
	}
	if provider, id, of := strings.Cut(plain, ":"); of && len(provider) <= longestShownSegment {
		plain = id
	}
	return len(plain) <= longestShownSegment || len(plain) == len(uuid.Nil.String()) && uuid.Validate(plain) == nil
}
