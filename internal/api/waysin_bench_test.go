package api

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// waysBed is a server with somebody on its only site, and what they show in each way in.
type waysBed struct {
	server *Server
	target string
	shown  map[string]http.Header
}

// waysIn in the order in which they are measured. The first is what the others are held against; the last two are refused.
var waysIn = []string{"classic", "scoped", "oauth", "connect", "session", "unknown", "unknown-app"}

// newWaysBed is long because each way in has a maker of its own.
func newWaysBed(b *testing.B, bytes uint64) *waysBed {
	b.Helper()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	d, err := db.Open(b.Context(), filepath.Join(b.TempDir(), "roster.db"), db.Options{Throwaway: true})
	must(err)
	b.Cleanup(func() { d.Close() })
	changes := change.New(d)
	sites, people := &site.Store{Changes: changes}, &directory.Directory{Changes: changes}
	st, err := sites.Add(b.Context(), operator, site.Site{Name: "bench", Settings: site.StandInSettings()})
	must(err)
	must(changes.Write(b.Context(), st.ID, operator, func(tx *change.Tx) error {
		_, err := people.AddStandardGroupsIn(b.Context(), tx)
		return err
	}))
	home, err := people.HomeGroup(b.Context(), st.ID, false)
	must(err)
	ada, err := people.Add(b.Context(), st.ID, operator, directory.Account{DisplayName: "Ada", Email: "ada@example.com"}, home)
	must(err)
	client, _, err := people.Register(b.Context(), st.ID, st.CloudID, operator, directory.Registration{Kind: directory.OAuthApp, Name: "Client", RedirectURIs: []string{"https://example.com/"}}, directory.AppSecrets{})
	must(err)
	app, secrets, err := people.Register(b.Context(), st.ID, st.CloudID, operator,
		directory.Registration{Kind: directory.ConnectApp, Name: "App", Key: "com.example.bench", ClientKey: "bench", Scopes: []string{"READ"}}, directory.AppSecrets{})
	must(err)
	session, err := people.AddSession(b.Context(), st.ID, st.CloudID, operator, ada.ID, "a browser")
	must(err)
	token := func(t directory.Token) http.Header {
		secret := directory.NewSecret(st.CloudID)
		_, err := people.AddToken(b.Context(), st.ID, operator, ada.ID, t, secret)
		must(err)
		return http.Header{"Authorization": {"Bearer " + secret}}
	}
	query := "accountId=" + ada.ID
	signed := func(issuer, secret string) http.Header {
		now := time.Now()
		text, err := connect.Sign(connect.Claims{Issuer: issuer, QSH: connect.QSH("GET", "/rest/api/user", query), IssuedAt: now, ExpiresAt: now.Add(12 * time.Hour)}, secret)
		must(err)
		return http.Header{"Authorization": {"JWT " + text}}
	}
	resolver := &site.Resolver{Sites: sites}
	if bytes > 0 {
		resolver.Cache, err = cache.New(d, bytes)
		must(err)
	}
	server := &Server{
		Sites: resolver, Directory: people, Content: &content.Store{Changes: changes}, PublicURL: "http://localhost", Log: slog.New(slog.DiscardHandler),
		Auth: &auth.Authenticator{Directory: people, Uses: &directory.Uses{Directory: people}, Now: time.Now},
	}
	server.Handler()
	return &waysBed{server, "/wiki/rest/api/user?" + query, map[string]http.Header{
		"classic":     token(directory.Token{}),
		"scoped":      token(directory.Token{Scopes: []string{"read:confluence-user"}}),
		"oauth":       token(directory.Token{Kind: directory.Delegated, ClientID: client.ClientID, Scopes: []string{"read:confluence-user"}}),
		"connect":     signed(app.Key, secrets.Shared),
		"session":     {"Cookie": {auth.SessionCookie + "=" + session}, "Sec-Fetch-Site": {"same-origin"}},
		"unknown":     {"Authorization": {"Bearer " + directory.NewSecret(st.CloudID)}},
		"unknown-app": signed("com.example.nobody", secrets.Shared),
	}}
}

// BenchmarkWaysIn is a whole GET /user over a connection in each way in, and refused, with the cache that roster serve has and without: what
// it takes of the processors, in nanoseconds and as a share of the classic token's. The ways take turns in an order that
// goes round; the median of what each took, and of its share in the same round, is told, so that a busy machine is
// unfair to none. go test -bench WaysIn -benchtime 500x
func BenchmarkWaysIn(b *testing.B) {
	const turn = 20 // requests
	for _, kind := range []struct {
		name  string
		bytes uint64
	}{{"cache", 128 << 20}, {"database", 0}} {
		b.Run(kind.name, func(b *testing.B) {
			bed := newWaysBed(b, kind.bytes)
			c, requests, took := bed.connect(b), map[string][]byte{}, map[string][]float64{}
			for _, way := range waysIn {
				requests[way] = bed.request(way)
			}
			for b.Loop() {
				first := len(took[waysIn[0]]) % len(waysIn)
				for _, way := range slices.Concat(waysIn[first:], waysIn[:first]) {
					before := processorTime(b)
					for range turn {
						c.call(b, way, requests[way])
					}
					took[way] = append(took[way], float64(processorTime(b)-before)/turn)
				}
			}
			for _, way := range waysIn {
				shares := slices.Clone(took[way])
				for round := range shares {
					shares[round] *= 100 / took[waysIn[0]][round]
				}
				b.ReportMetric(median(shares), way+"-%")
			}
			for _, way := range waysIn {
				b.ReportMetric(median(took[way]), way+"-ns")
			}
		})
	}
}

// median sorts values and returns the one in the middle.
func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// client asks over one connection, and takes as little as it can of the processors itself.
type client struct {
	net.Conn
	read *bufio.Reader
}

func (bed *waysBed) connect(b *testing.B) *client {
	b.Helper()
	server := httptest.NewServer(bed.server)
	b.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	return &client{conn, bufio.NewReader(conn)}
}

// request is what is sent in each way in.
func (bed *waysBed) request(way string) []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, "GET %s HTTP/1.1\r\nHost: localhost\r\n", bed.target)
	_ = bed.shown[way].Write(&text)
	text.WriteString("\r\n")
	return text.Bytes()
}

func (c *client) call(b *testing.B, way string, request []byte) {
	_, err := c.Write(request)
	var answer *http.Response
	if err == nil {
		answer, err = http.ReadResponse(c.read, nil)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, answer.Body)
	}
	if err != nil || (answer.StatusCode == http.StatusOK) == strings.HasPrefix(way, "unknown") {
		b.Fatal(way, answer, err)
	}
}

// processorTime is what this process has used of the processors.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
