package directory

import (
	"crypto/rand"
	"hash/crc32"
	"strings"
)

// newInvitationSecret makes what stands in an invitation's link: roster_inv_<site>_<256 random bits><checksum>.
func newInvitationSecret(cloudID string) string {
	var bits [32]byte
	rand.Read(bits[:])
	body := "roster_inv_" + strings.ReplaceAll(cloudID, "-", "") + "_" + base62(bits[:], 43)
	sum := crc32.ChecksumIEEE([]byte(body))
	return body + base62([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}, 6)
}
