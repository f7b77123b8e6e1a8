package api

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// wire sends bytes as they are to the server and returns the answers that come back until the connection ends.
// cut says that the client ends its side after them.
func (s *testSite) wire(request string, cut bool) []response {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.server, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		io.WriteString(conn, request)
		if cut {
			conn.(*net.TCPConn).CloseWrite()
		}
	}()
	var all []response
	for in := bufio.NewReader(conn); ; {
		got, err := http.ReadResponse(in, nil)
		if err != nil {
			if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
				s.t.Errorf("the connection hangs after %.200q", request)
			}
			return all
		}
		body, err := io.ReadAll(got.Body)
		if err != nil {
			s.t.Errorf("%.200q: %v", request, err)
		}
		all = append(all, response{got.StatusCode, got.Header, string(body)})
	}
}

// written is a request in the raw: its first line, and its other lines. "{site}" is where the site stands.
func (s *testSite) written(line string, more ...string) string {
	head := append([]string{line, "Host: roster.example", "Accept: application/json", "Connection: close"}, more...)
	return strings.ReplaceAll(strings.Join(head, "\r\n")+"\r\n\r\n", "{site}", "/_site/"+s.Name)
}

// harmless reports whether an answer is no failure of the server, leads nowhere and shows nothing of its inside.
func harmless(got response) bool {
	location := got.header.Get("Location")
	return got.status < 500 && got.status/100 != 3 && location == "" && !strings.Contains(got.body, "goroutine ") && !strings.Contains(got.body, ".go:")
}

func TestOddRequestLinesAreAnsweredWithoutRedirectOrFailure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			token := "Authorization: Bearer " + s.secrets[person]
			const current = "{site}/wiki/rest/api/user/current"
			for line, want := range map[string]int{
				"GET " + current + " HTTP/1.1":                                          200,
				"GET " + current + "?&&=&x HTTP/1.1":                                    200,
				"GET " + current + " HTTP/1.0":                                          200,
				"GET http://evil.example" + current + " HTTP/1.1":                       200,
				"GET https://user:pass@evil.example:1" + current + " HTTP/1.1":          200,
				"GET " + current + "/ HTTP/1.1":                                         404,
				"GET " + current + "/. HTTP/1.1":                                        404,
				"GET " + current + "/.. HTTP/1.1":                                       404,
				"GET {site}/wiki/rest/api/user/./current HTTP/1.1":                      404,
				"GET {site}/wiki/rest/api/x/../user/current HTTP/1.1":                   404,
				"GET {site}/wiki//rest/api/user/current HTTP/1.1":                       404,
				"GET {site}//wiki/rest/api/user/current HTTP/1.1":                       404,
				"GET {site}/wiki/rest/api/user;a=b/current HTTP/1.1":                    404,
				"GET {site}/wiki/rest/api/user%2Fcurrent HTTP/1.1":                      404,
				"GET {site}/wiki/rest/api/user/curren%74 HTTP/1.1":                      404,
				"GET {site}/wiki/rest/api/group/%2F%2e%2e/membersByGroupId%20 HTTP/1.1": 404,
				"GET {site}/wiki\\rest\\api HTTP/1.1":                                   404,
				"GET {site}/wiki/\xff\xfe HTTP/1.1":                                     404,
				"GET {site}/wiki/%zz HTTP/1.1":                                          400,
				"GET {site}/wiki/% HTTP/1.1":                                            400,
				"GET " + current + "?expand=%zz HTTP/1.1":                               400,
				"GET " + current + "?expand=% HTTP/1.1":                                 400,
				"GET {site}/wiki/\x00 HTTP/1.1":                                         400,
				"GET  " + current + " HTTP/1.1":                                         400,
				"GET wiki/rest HTTP/1.1":                                                400,
				"GET " + current + " HTTP/9.9":                                          505,
				"GET " + current:                                                        400,
				"get " + current + " HTTP/1.1":                                          405,
				"FOO " + current + " HTTP/1.1":                                          405,
				"PATCH " + current + " HTTP/1.1":                                        405,
				"TRACE " + current + " HTTP/1.1":                                        405,
				"PROPFIND {site}/wiki/nothing HTTP/1.1":                                 404,
				"G\x00T " + current + " HTTP/1.1":                                       400,
			} {
				for _, got := range s.wire(s.written(line, token), false) {
					if got.status != want || !harmless(got) && want != 505 {
						t.Errorf("%s: %q gives %d %v %.200s, want %d", f, line, got.status, got.header, got.body, want)
					}
					if strings.Contains(got.body, "evil.example") {
						t.Errorf("%s: %q is believed: %s", f, line, got.body)
					}
				}
			}
		}
	})
}

func TestOddHeadersAreAnsweredWithoutFailure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		token := "Authorization: Bearer " + s.secrets[person]
		const line = "GET {site}/wiki/rest/api/user/current HTTP/1.1"
		many := make([]string, 10_000)
		for i := range many {
			many[i] = "X-Many: 0123456789"
		}
		for name, tt := range map[string]struct {
			request string
			want    int
		}{
			"two credentials":          {s.written(line, token, token), 401},
			"a credential twice":       {s.written(line, token+", Bearer "+s.secrets[admin]), 401},
			"a folded credential":      {s.written(line, "Authorization: Bearer", " "+s.secrets[person]), 200},
			"an empty credential":      {s.written(line, "Authorization:"), 401},
			"a bad Basic credential":   {s.written(line, "Authorization: Basic \xff"), 401},
			"no colon":                 {s.written(line, token, "nonsense"), 400},
			"a space before it":        {s.written(line, token, "X-Y : z"), 400},
			"a NUL":                    {s.written(line, token, "X-Y: a\x00b"), 400},
			"two hosts":                {s.written(line, token, "Host: evil.example"), 400},
			"no host":                  {strings.ReplaceAll(s.written(line, token), "Host: roster.example\r\n", ""), 400},
			"an empty host":            {strings.ReplaceAll(s.written(line, token), "roster.example", ""), 200},
			"a host with a path":       {strings.ReplaceAll(s.written(line, token), "roster.example", "a/../b"), 400},
			"a host in brackets":       {strings.ReplaceAll(s.written(line, token), "roster.example", "[::1%25eth0]:x"), 200},
			"a long host":              {strings.ReplaceAll(s.written(line, token), "roster.example", strings.Repeat("a", 3000)+":99999"), 200},
			"a forwarded host":         {s.written(line, token, "X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"), 200},
			"another method":           {s.written(line, token, "X-HTTP-Method-Override: DELETE"), 200},
			"ten thousand lines":       {s.written(line, append(many, token)...), 431},
			"one that is far too long": {s.written(line, token, "X-Y: "+strings.Repeat("a", 40<<10)), 431},
			"two lengths":              {s.written(line, token, "Content-Length: 1", "Content-Length: 2"), 400},
			"a negative length":        {s.written(line, token, "Content-Length: -1"), 400},
			"a smuggled length":        {s.written(line, token, "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n", 200},
			"an unknown encoding":      {s.written(line, token, "Transfer-Encoding: x"), 501},
			"an expectation":           {s.written(line, token, "Expect: 200-ok"), 417},
			"an upgrade":               {s.written(line, token, "Upgrade: h2c, websocket"), 200},
			"an odd range":             {s.written(line, token, "Range: bytes=-1,0-,a-b", "If-None-Match: *", "If-Modified-Since: never"), 200},
		} {
			all := s.wire(tt.request, false)
			if len(all) == 0 || all[0].status != tt.want {
				t.Errorf("%s: %+v, want %d", name, all, tt.want)
			}
			for _, got := range all {
				if strings.Contains(got.body, "evil.example") || got.status != tt.want && !harmless(got) {
					t.Errorf("%s: %+v", name, got)
				}
			}
		}
	})
}

func TestWhatFollowsARequestIsAnotherRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		keep := func(line string, more ...string) string {
			return strings.ReplaceAll(s.written(line, append(more, "Authorization: Bearer "+s.secrets[person])...), "Connection: close\r\n", "")
		}
		good := keep("GET {site}/wiki/rest/api/user/current HTTP/1.1")
		last := s.written("GET {site}/wiki/rest/api/user/current HTTP/1.1", "Authorization: Bearer "+s.secrets[person])
		post := keep("POST {site}/wiki/api/v2/users-bulk HTTP/1.1", "Content-Type: application/json", "Content-Length: 2") + "{}"
		for name, tt := range map[string]struct {
			request string
			want    []int
		}{
			"another":              {good + last, []int{200, 200}},
			"after a body":         {post + last, []int{400, 200}},
			"junk":                 {good + "\x16\x03\x01junk\r\n\r\n", []int{200, 400}},
			"a chunk gone bad":     {keep("POST {site}/wiki/api/v2/users-bulk HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked") + "zz\r\n{}\r\n", []int{400}},
			"a body cut short":     {keep("POST {site}/wiki/api/v2/users-bulk HTTP/1.1", "Content-Type: application/json", "Content-Length: 99") + `{"accountIds":["x"]}`, []int{400}},
			"a body on a GET":      {keep("GET {site}/wiki/rest/api/user/current HTTP/1.1", "Content-Length: 4") + "junk" + last, []int{200, 200}},
			"a body not announced": {keep("GET {site}/wiki/rest/api/user/current HTTP/1.1") + "{}\r\n\r\n", []int{200, 400}},
		} {
			var got []int
			for _, answer := range s.wire(tt.request, name == "a body cut short") {
				got = append(got, answer.status)
				if !harmless(answer) {
					t.Errorf("%s: %+v", name, answer)
				}
			}
			if len(got) != len(tt.want) || got[0] != tt.want[0] || got[len(got)-1] != tt.want[len(tt.want)-1] {
				t.Errorf("%s: %v, want %v", name, got, tt.want)
			}
		}
	})
}

// Every refusal is a whole JSON document of its dialect.
func TestEveryMethodOnEveryPathIsAnsweredInItsDialect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for i := range operations {
			path := pathValues.Replace(operations[i].path())
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "LOCK"} {
				for _, suffix := range []string{"", "/", "/x", "?limit=abc&start=-1&accountId=&cql=&id="} {
					got := s.ask(ask{role: person, method: method, path: path + suffix})
					if got.status == 501 {
						continue
					}
					if !harmless(got) || got.status == 200 && suffix == "/" {
						t.Errorf("%s %s: %d %.200s", method, path+suffix, got.status, got.body)
					}
					if got.status < 400 || method == "HEAD" {
						continue
					}
					v1, v2 := strings.Contains(got.body, `"statusCode":`), strings.Contains(got.body, `{"errors":[{"status":`)
					if !json.Valid([]byte(got.body)) || v2 != operations[i].v2() || v1 == v2 || got.header.Get("Content-Type") != "application/json" {
						t.Errorf("%s %s: %d %v %.200s", method, path+suffix, got.status, got.header, got.body)
					}
				}
			}
		}
	})
}
