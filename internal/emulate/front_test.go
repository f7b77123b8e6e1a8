package emulate

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// standing is a front with a handler behind it that says what it was asked.
type standing struct {
	*testing.T
	tls, proxy string // where it listens
	roots      *x509.CertPool
	server     *http.Server
	waiting    chan string // a request to /wait, and then what lets it go on
}

func stand(t *testing.T, edit ...func(*http.Server)) *standing {
	t.Helper()
	listen := func() net.Listener {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	a, err := OpenAuthority(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	plain := listen()
	f := &Front{Names: Names{As: "example.atlassian.net"}, Authority: a, TLS: listen(), Proxy: listen(), Now: time.Now}
	s := &standing{T: t, tls: f.TLS.Addr().String(), proxy: f.Proxy.Addr().String(), roots: x509.NewCertPool(), waiting: make(chan string)}
	s.roots.AppendCertsFromPEM(a.PEM)
	s.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10, Handler: http.HandlerFunc(s.echo)}
	for _, e := range edit {
		e(s.server)
	}
	var ended sync.WaitGroup
	for _, serve := range append(f.Join(s.server), func() error { return s.server.Serve(plain) }) {
		ended.Go(func() {
			if err := serve(); !errors.Is(err, http.ErrServerClosed) {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() {
		s.server.Close()
		ended.Wait()
	})
	return s
}

func (s *standing) echo(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/wait" {
		s.waiting <- ""
		<-s.waiting
	}
	fmt.Fprintf(w, "%s %s://%s %s %s tls=%t proxy=%q auth=%q", r.Method, r.URL.Scheme, r.Host, r.RequestURI, r.Proto, r.TLS != nil,
		r.Header["Proxy-Authorization"], r.Header.Get("Authorization"))
}

// client calls through the proxy, or else everything on the port that takes TLS.
func (s *standing) client(throughProxy, http2 bool) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots}, ForceAttemptHTTP2: http2}
	if throughProxy {
		transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: s.proxy})
	} else {
		transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, s.tls)
		}
	}
	s.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (s *standing) get(c *http.Client, address string) (int, string, error) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, address, nil)
	if err != nil {
		s.Fatal(err)
	}
	got, err := c.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	return got.StatusCode, string(body), err
}

// say writes to the proxy as it is and returns what comes back, up to the end of the connection.
func (s *standing) say(text string) string {
	s.Helper()
	c := s.dial()
	go io.WriteString(c, text)
	answer, _ := io.ReadAll(c)
	return string(answer)
}

func (s *standing) dial() net.Conn {
	s.Helper()
	c, err := new(net.Dialer).DialContext(s.Context(), "tcp", s.proxy)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(30 * time.Second))
	return c
}

func TestEveryNameIsAnsweredOverTLSAndThroughTheProxyInBothVersionsOfHTTP(t *testing.T) {
	t.Parallel()
	s := stand(t)
	for _, throughProxy := range []bool{false, true} {
		for version, proto := range map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"} {
			c := s.client(throughProxy, version)
			for _, host := range []string{
				"example.atlassian.net", "other.atlassian.net", "Example.Atlassian.Net", "api.atlassian.com", "auth.atlassian.com",
				"oauth-2-authorization-server.services.atlassian.com", "api.atlassian.com:443",
			} {
				status, body, err := s.get(c, "https://"+host+"/a%2Fb?x=1")
				want := "GET ://" + strings.TrimSuffix(host, ":443") + " /a%2Fb?x=1 " + proto + ` tls=true proxy=[] auth=""`
				if err != nil || status != 200 || !strings.EqualFold(strings.Replace(body, ":443", "", 1), want) {
					t.Errorf("%s gives %d %s (%v), want %s", host, status, body, err, want)
				}
			}
		}
	}
}

func TestAConnectionIsKeptForFurtherRequests(t *testing.T) {
	t.Parallel()
	s := stand(t)
	for _, http2 := range []bool{false, true} {
		c := s.client(true, http2)
		var dials int
		c.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			dials++
			return new(net.Dialer).DialContext(ctx, network, address)
		}
		for range 5 {
			if status, _, err := s.get(c, "https://example.atlassian.net/"); status != 200 {
				t.Error(status, err)
			}
		}
		if dials != 1 {
			t.Errorf("there were %d connections", dials)
		}
	}
}

func TestARequestThatNamesItsHostIsAnsweredWithoutTheProxysOwnHeaders(t *testing.T) {
	t.Parallel()
	s := stand(t)
	for line, want := range map[string]string{
		"GET http://example.atlassian.net/wiki/a%2Fb?x=%20 HTTP/1.1": "GET ://example.atlassian.net /wiki/a%2Fb?x=%20 HTTP/1.1",
		"PUT http://api.atlassian.com:80 HTTP/1.1":                   "PUT ://api.atlassian.com:80 / HTTP/1.1",
		"GET https://example.atlassian.net//x HTTP/1.1":              "GET ://example.atlassian.net //x HTTP/1.1",
		"GET http://any.atlassian.net?x HTTP/1.0":                    "GET ://any.atlassian.net /?x HTTP/1.0",
	} {
		got := s.say(line + "\r\nHost: evil.example\r\nProxy-Authorization: Basic eDp5\r\nProxy-Connection: keep-alive\r\nAuthorization: Bearer me\r\nConnection: close\r\n\r\n")
		if _, body, _ := strings.Cut(got, "\r\n\r\n"); body != want+` tls=false proxy=[] auth="Bearer me"` {
			t.Errorf("%s gives %s", line, got)
		}
	}
}

func TestTheProxyRefusesWhatIsNotItsOwnInOneSentence(t *testing.T) {
	t.Parallel()
	s := stand(t)
	for line, want := range map[string]string{
		"CONNECT evil.example:443":                       "403 passes nothing on",
		"CONNECT www.atlassian.com:443":                  "403 passes nothing on",
		"CONNECT 127.0.0.1:443":                          "403 passes nothing on",
		"CONNECT [::1]:443":                              "403 passes nothing on",
		"CONNECT 2130706433:443":                         "403 passes nothing on",
		"CONNECT localhost:443":                          "403 passes nothing on",
		"CONNECT example.atlassian.net.evil.example:443": "403 passes nothing on",
		"CONNECT example.atlassian.net:22":               "403 on port 443 only",
		"CONNECT example.atlassian.net:80":               "403 on port 443 only",
		"CONNECT example.atlassian.net:0443":             "403 on port 443 only",
		"CONNECT example.atlassian.net":                  "400 host:443",
		"CONNECT example.atlassian.net:":                 "400 host:443",
		"CONNECT example.atlassian.net:443/path":         "400 host:443",
		"CONNECT example.atlassian.net:99999x":           "400 ",
		"CONNECT ada:pw@example.atlassian.net:443":       "400 no user and password",
		"CONNECT /wiki":                                  "400 host:443",
		"GET http://evil.example/":                       "403 passes nothing on",
		"GET http://127.0.0.1:" + portOf(s.tls) + "/":    "403 passes nothing on",
		"GET http://169.254.169.254/":                    "403 passes nothing on",
		"GET http://example.atlassian.net:8080/":         "403 on port 80 only",
		"GET https://example.atlassian.net:80/":          "403 on port 443 only",
		"GET http://ada:pw@example.atlassian.net/":       "400 no user and password",
		"GET http://evil@example.atlassian.net@evil/":    "400 ",
		"GET ftp://example.atlassian.net/":               "400 takes CONNECT",
		"GET http:example.atlassian.net":                 "400 takes CONNECT",
		"GET /wiki/rest/api/user/current":                "400 takes CONNECT",
		"GET //example.atlassian.net/":                   "400 takes CONNECT",
	} {
		got := s.say(line + " HTTP/1.1\r\nHost: example.atlassian.net\r\n\r\n")
		head, body, _ := strings.Cut(got, "\r\n\r\n")
		status, words, _ := strings.Cut(want, " ")
		if !strings.HasPrefix(head, "HTTP/1.1 "+status) || !strings.Contains(body, words) || strings.Contains(got, "ada") || strings.Contains(head, "Established") {
			t.Errorf("%s gives %s", line, got)
		}
	}
	for name, text := range map[string]string{
		"a body":       "CONNECT example.atlassian.net:443 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
		"chunks":       "CONNECT example.atlassian.net:443 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"huge headers": "CONNECT example.atlassian.net:443 HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n",
		"a huge name":  "CONNECT " + strings.Repeat("x", 1<<20) + ":443 HTTP/1.1\r\nHost: x\r\n\r\n",
		"no HTTP":      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
	} {
		if got := s.say(text); got != "" && !strings.HasPrefix(got, "HTTP/1.1 4") {
			t.Errorf("%s: %.200s", name, got)
		}
	}
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// tunnelTo opens a tunnel and sends more along with the request for it.
func (s *standing) tunnelTo(host, more string) net.Conn {
	s.Helper()
	c := s.dial()
	if _, err := io.WriteString(c, "CONNECT "+host+" HTTP/1.1\r\nHost: "+host+"\r\n\r\n"+more); err != nil {
		s.Fatal(err)
	}
	// The answer is read byte by byte: what follows it is not ours.
	var said []byte
	for one := make([]byte, 1); !strings.HasSuffix(string(said), "\r\n\r\n"); said = append(said, one...) {
		if _, err := io.ReadFull(c, one); err != nil {
			s.Fatalf("%s: %v", said, err)
		}
	}
	if !strings.HasPrefix(string(said), "HTTP/1.1 200 ") {
		s.Fatalf("%s", said)
	}
	return c
}

func TestInATunnelOnlyItsOwnNameHasACertificate(t *testing.T) {
	t.Parallel()
	s := stand(t)
	for name, want := range map[string]bool{
		"example.atlassian.net": true, "EXAMPLE.atlassian.net": true, "": true,
		"other.atlassian.net": false, "api.atlassian.com": false, "evil.example": false, "localhost": false,
	} {
		c := tls.Client(s.tunnelTo("Example.atlassian.net:443", ""), &tls.Config{ServerName: name, InsecureSkipVerify: true}) // the name is looked at below
		err := c.HandshakeContext(t.Context())
		if (err == nil) != want || !want && !strings.Contains(err.Error(), "unrecognized name") {
			t.Errorf("%q: %v", name, err)
		}
		if err == nil && c.ConnectionState().PeerCertificates[0].DNSNames[0] != "example.atlassian.net" {
			t.Errorf("%q has the certificate of %v", name, c.ConnectionState().PeerCertificates[0].DNSNames)
		}
	}
}

func TestWithoutATunnelOnlyTheStandInsNamesHaveACertificate(t *testing.T) {
	t.Parallel()
	s := stand(t)
	for name, want := range map[string]string{
		"": "example.atlassian.net", "x.atlassian.net": "x.atlassian.net", "auth.atlassian.com": "auth.atlassian.com", "evil.example": "", "localhost": "",
	} {
		raw, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.tls)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		c := tls.Client(raw, &tls.Config{ServerName: name, InsecureSkipVerify: true}) // the name is looked at below
		err = c.HandshakeContext(t.Context())
		if (err == nil) != (want != "") || err == nil && c.ConnectionState().PeerCertificates[0].DNSNames[0] != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// earlyConn is a tunnel that is only then opened when the client's first bytes are there to go along.
type earlyConn struct {
	net.Conn
	s *standing
}

func (e *earlyConn) Write(p []byte) (int, error) {
	if e.Conn != nil {
		return e.Conn.Write(p)
	}
	e.Conn = e.s.tunnelTo("example.atlassian.net:443", string(p))
	return len(p), nil
}

func TestWhatComesTogetherWithTheRequestForATunnelIsNotLost(t *testing.T) {
	t.Parallel()
	s := stand(t)
	c := tls.Client(&earlyConn{s: s}, &tls.Config{RootCAs: s.roots, ServerName: "example.atlassian.net"})
	if _, err := io.WriteString(c, "GET /early HTTP/1.1\r\nHost: example.atlassian.net\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if body, err := io.ReadAll(got.Body); err != nil || !strings.Contains(string(body), "/early") {
		t.Errorf("%s (%v)", body, err)
	}
}

func TestAClientThatNeverSpeaksIsLetGo(t *testing.T) {
	t.Parallel()
	s := stand(t, func(server *http.Server) { server.ReadHeaderTimeout = time.Second / 2 })
	silent := map[string]net.Conn{"to the proxy": s.dial(), "in a tunnel": s.tunnelTo("example.atlassian.net:443", "")}
	half := s.dial()
	io.WriteString(half, "CONNECT example.atlassian.net:443 HTTP/1.1\r\nHost:")
	silent["in the middle of a word"] = half
	for where, c := range silent {
		if rest, err := io.ReadAll(c); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: %q, then %v", where, rest, err)
		}
	}
}

func TestAServerThatIsShutDownAnswersWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"https://example.atlassian.net/wait", "http://example.atlassian.net/wait"} {
		s := stand(t)
		c := s.client(true, true)
		idle := s.tunnelTo("example.atlassian.net:443", "")
		answered := make(chan string)
		go func() {
			_, body, err := s.get(c, address)
			answered <- fmt.Sprint(body, err)
		}()
		<-s.waiting
		ended := make(chan error)
		closing := make(chan struct{})
		s.server.RegisterOnShutdown(func() { close(closing) })
		go func() { ended <- s.server.Shutdown(t.Context()) }()
		<-closing
		s.waiting <- ""
		if got := <-answered; !strings.Contains(got, "GET ://example.atlassian.net /wait") {
			t.Errorf("%s gives %s", address, got)
		}
		idle.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if _, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.proxy); err == nil {
			t.Error("the proxy still listens")
		}
	}
}
