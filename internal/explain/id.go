package explain

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"regexp"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/failure"
)

// letters leave out those that people take for one another.
var letters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

var validID = regexp.MustCompile(`^[0-9a-z]{1,32}-[0-9a-z]{26}$`)

// newNode makes the name of a server: 8 letters.
func newNode() string {
	var bits [5]byte
	rand.Read(bits[:])
	return letters.EncodeToString(bits[:])
}

// newID makes an ID: the node, and 26 letters that begin with the time.
func newID(node string, at time.Time) string {
	var bits [16]byte
	rand.Read(bits[6:])
	var millis [8]byte
	binary.BigEndian.PutUint64(millis[:], uint64(at.UnixMilli()))
	copy(bits[:6], millis[2:])
	return node + "-" + letters.EncodeToString(bits[:])
}

// nodeOf returns the node that an ID names. What is no ID is NotFound.
func nodeOf(id string) (string, error) {
	if !validID.MatchString(id) {
		return "", failure.NotFound.Errorf("This is not the ID of a refusal, which looks like 4fq0z8m1-01j3…")
	}
	node, _, _ := strings.Cut(id, "-")
	return node, nil
}
