package audit

import (
	"encoding/json"
	"time"

	"github.com/rosterhq/roster/internal/change"
)

// Line is an entry as it is exported, a line of JSON each: what roster audit list --json prints.
type Line struct {
	Seq       int64           `json:"seq,omitempty"`
	Sealed    bool            `json:"sealed"`
	ChangeID  string          `json:"changeId"`
	Item      int64           `json:"item"`
	At        string          `json:"at"`
	Actor     string          `json:"actor,omitempty"`
	TokenID   string          `json:"tokenId,omitempty"`
	IP        string          `json:"ip,omitempty"`
	Via       change.Via      `json:"via"`
	RequestID string          `json:"requestId,omitempty"`
	Operation string          `json:"operation"`
	Target    string          `json:"target"`
	Version   int64           `json:"version,omitempty"`
	Outcome   string          `json:"outcome"`
	Detail    json.RawMessage `json:"detail"`
	Erased    []string        `json:"erased,omitempty"` // of ip and detail: what was there and is gone
}

// LineOf returns an entry as it is exported.
func LineOf(e change.Entry) Line {
	l := Line{
		Seq: e.Seq, Sealed: e.Seq > 0, ChangeID: e.ChangeID, Item: e.Item, At: at(e.At), Actor: e.AccountID, TokenID: e.TokenID, IP: e.IP,
		Via: e.Via, RequestID: e.RequestID, Operation: e.Operation, Target: e.Target, Version: e.Version, Outcome: "success", Detail: e.Detail,
	}
	if e.ErasedIP {
		l.Erased = append(l.Erased, "ip")
	}
	if e.ErasedDetail {
		l.Erased = append(l.Erased, "detail")
	}
	return l
}

func at(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
