package change

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Entry is a stored record: who did what to which target, when. It holds only what came to stand.
type Entry struct {
	Seq      int64  // its place in the order of the site, from 1 and without gaps; 0 while it is not sealed
	ChangeID string // of the transaction
	Item     int64  // place within the transaction
	At       time.Time
	Actor
	Operation string
	Target    string
	Version   int64           // of the target, after; 0 where it has none
	Detail    json.RawMessage // field → [before, after]; {} where there is none
	// ErasedIP and ErasedDetail say that there was an address, or were values, and that they are erased.
	ErasedIP, ErasedDetail bool

	hash                                       string
	ipSalt, ipDigest, detailSalt, detailDigest string
}

const (
	placeColumns = `COALESCE(seq, 0), change_id, item, at, actor, token_id, request_id, via, operation, target, version,
		row_hash, ip_salt, ip_digest, detail_salt, detail_digest, `
	entryColumns = placeColumns + `ip, detail`
	// Without what is personal, which may be large: its digest is enough to seal an entry.
	sealedColumns = placeColumns + `'', ''`
)

func scanEntry(rows *sql.Rows) (e Entry, err error) {
	var at int64
	var via, detail string
	err = rows.Scan(&e.Seq, &e.ChangeID, &e.Item, &at, &e.AccountID, &e.TokenID, &e.RequestID, &via, &e.Operation, &e.Target,
		&e.Version, &e.hash, &e.ipSalt, &e.ipDigest, &e.detailSalt, &e.detailDigest, &e.IP, &detail)
	e.At, e.Via, e.Detail = time.UnixMicro(at).UTC(), Via(via), json.RawMessage(detail)
	e.ErasedIP = e.ipDigest != "" && e.ipSalt == ""
	e.ErasedDetail = e.detailDigest != "" && e.detailSalt == ""
	return e, err
}

// Check compares the entry with what was sealed. previous is the hash of the entry before it, or of the seal
// before it where the entry is the first of its seal. It returns the entry's own hash, for the next one. Whether what
// is gone from the entry was erased by right is not checked: see [Entry.Blanks].
func (e *Entry) Check(previous string) (hash string, err error) {
	switch {
	case e.chained(previous) != e.hash:
		return "", errors.New("the row is not the one that was sealed")
	case !e.ErasedIP && digest(e.ipSalt, e.IP, "") != e.ipDigest, e.ErasedIP && e.IP != "":
		return "", errors.New("the IP address is not the one that was sealed")
	case e.ErasedDetail && strings.HasPrefix(e.Target, erasures):
		return "", errors.New("which entries were erased is itself erased")
	case !e.ErasedDetail && digest(e.detailSalt, string(e.Detail), nothing) != e.detailDigest, e.ErasedDetail && string(e.Detail) != nothing:
		return "", errors.New("the values are not those that were sealed")
	}
	return e.hash, nil
}

// chained returns the hash of the entry and the one before it. Of what is personal it takes in the digest.
func (e *Entry) chained(previous string) string {
	b := appendTexts(nil, "roster change 1", previous)
	for _, n := range []int64{e.Seq, e.Item, e.At.UnixMicro(), e.Version} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return hashed(appendTexts(b, e.ChangeID, e.AccountID, e.TokenID, e.RequestID, e.ipDigest, string(e.Via), e.Operation, e.Target, e.detailDigest))
}

// appendTexts appends texts so that no other texts give the same bytes.
func appendTexts(b []byte, texts ...string) []byte {
	for _, t := range texts {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(t))), t...)
	}
	return b
}

func hashed(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// nothing is the detail of a record without fields.
const nothing = "{}"

// salted returns a fresh salt and the digest of something personal under it; both are empty for what says nothing.
// Without the salt nobody can try out, say, all IP addresses.
func salted(text, empty string) (salt, sum string) {
	if text == empty {
		return "", ""
	}
	var b [16]byte
	rand.Read(b[:]) // never fails
	salt = base64.RawURLEncoding.EncodeToString(b[:])
	return salt, digest(salt, text, empty)
}

func digest(salt, text, empty string) string {
	if text == empty {
		return ""
	}
	return hashed(appendTexts(nil, salt, text))
}
