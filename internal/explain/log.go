package explain

import (
	"sync"
	"time"
)

// Request is one request of the API, as a stand-in remembers it: no secret, no address, nothing of its query and body. Who
// adds it sees to that.
type Request struct {
	Number     uint64 // counts them
	ID         string // by which its answer and the log of the server name it
	Site       int64  // 0 where the request was for no site
	At         time.Time
	Method     string
	Operation  string // ID; empty where the request found none
	Path       string // on the site, as it was asked for but for what could be a secret or an address
	Status     int
	CallerKind string
	AccountID  string // of the caller; empty for nobody
	Took       time.Duration
	Refusal    string // the ID by which the refusal is explained; empty where it was served
}

// MostRequests is how many requests a log keeps.
const MostRequests = 2_000

// Log keeps the last requests in a fixed space, and may be used by many at once. Its zero value is ready; nil keeps
// nothing.
type Log struct {
	mu   sync.Mutex
	ring []Request
	seen uint64
}

// Add keeps a request.
func (l *Log) Add(r Request) {
	if l == nil {
		return
	}
	r.Method = known(r.Method)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen++
	r.Number = l.seen
	if len(l.ring) < MostRequests {
		l.ring = append(l.ring, r)
		return
	}
	l.ring[(l.seen-1)%MostRequests] = r
}

// Latest returns the newest of a site's requests that fit, the newest first, and not more than most.
func (l *Log) Latest(site int64, most int, fits func(*Request) bool) []Request {
	var found []Request
	if l == nil {
		return found
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range len(l.ring) {
		r := &l.ring[(l.seen-1-uint64(i))%MostRequests]
		if len(found) == most {
			break
		}
		if r.Site == site && fits(r) {
			found = append(found, *r)
		}
	}
	return found
}
