package transfer

import (
	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// A permission or restriction of a group that is gone goes on keeping others out, so a file can say it, too.

func former(id string) content.Subject {
	return content.Subject{Kind: content.Group, ID: id, Gone: true}
}

func checkFormer(id string) error {
	if id != "" && uuid.Validate(id) != nil {
		return failure.Invalid.Errorf("formerGroup is not the ID of a group.")
	}
	return nil
}

// several reports whether more than one of these is given.
func several(texts ...string) bool {
	given := 0
	for _, t := range texts {
		if t != "" {
			given++
		}
	}
	return given > 1
}
