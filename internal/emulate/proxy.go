package emulate

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// proxy answers the requests of a forward proxy by itself: those for the stand-in's names as next does, and all
// others with a refusal. Requests that did not come through the proxy's listener go to next as they are.
type proxy struct {
	names   Names
	tunnels *tunnels
	next    http.Handler
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Context().Value(throughProxy{}) == nil:
		p.next.ServeHTTP(w, r)
	case r.Method == http.MethodConnect:
		p.connect(w, r)
	default:
		p.forward(w, r)
	}
}

// greeting is how long a client may take to accept that its tunnel is open.
const greeting = 10 * time.Second

// connect opens a tunnel for TLS, whose other end is the stand-in.
func (p *proxy) connect(w http.ResponseWriter, r *http.Request) {
	host, why := p.host(r.URL, "443")
	if why == nil && (r.ContentLength != 0 || len(r.TransferEncoding) > 0) {
		why = &refusal{http.StatusBadRequest, "CONNECT takes no body."}
	}
	if why != nil {
		why.write(w)
		return
	}
	connection, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "This connection cannot become a tunnel.", http.StatusInternalServerError)
		return
	}
	// From here on the server has let go of the connection, deadlines included.
	connection.SetDeadline(time.Now().Add(greeting))
	_, err = io.WriteString(connection, "HTTP/1.1 200 Connection established\r\n\r\n")
	connection.SetDeadline(time.Time{})
	early, _ := buffered.Reader.Peek(buffered.Reader.Buffered())
	t := &tunnel{connection, host, io.MultiReader(bytes.NewReader(bytes.Clone(early)), connection)}
	if err != nil || !p.tunnels.open(t) {
		connection.Close()
	}
}

// forward answers a request that names its host in the request line.
func (p *proxy) forward(w http.ResponseWriter, r *http.Request) {
	ports := map[string]string{"http": "80", "https": "443"}
	port := ports[r.URL.Scheme]
	if port == "" || r.URL.Host == "" {
		(&refusal{http.StatusBadRequest, "This is a proxy: it takes CONNECT host:443 and http://host/…."}).write(w)
		return
	}
	if _, why := p.host(r.URL, port); why != nil {
		why.write(w)
		return
	}
	plain := r.Clone(r.Context())
	plain.URL.Scheme, plain.URL.Host = "", ""
	if plain.URL.Path == "" {
		plain.URL.Path = "/"
	}
	plain.RequestURI = plain.URL.RequestURI()
	for _, header := range []string{"Proxy-Authorization", "Proxy-Connection"} {
		plain.Header.Del(header)
	}
	p.next.ServeHTTP(w, plain)
}

// host returns the one of the stand-in's names that a request is for, or why it is refused.
func (p *proxy) host(u *url.URL, port string) (string, *refusal) {
	if u.User != nil {
		return "", &refusal{http.StatusBadRequest, "A proxy takes no user and password in a URL."}
	}
	host, given := u.Hostname(), u.Port()
	if u.Scheme == "" && (given == "" || u.Path != "" || u.RawQuery != "") {
		return "", &refusal{http.StatusBadRequest, "CONNECT takes host:443."}
	}
	name, ok := p.names.Answer(host)
	switch {
	case !ok:
		return "", &refusal{http.StatusForbidden, fmt.Sprintf(
			"This proxy answers for %s only, by itself. It passes nothing on, so %q cannot be reached through it.", p.names, u.Host[:min(len(u.Host), 300)])}
	case given != "" && given != port:
		return "", &refusal{http.StatusForbidden, fmt.Sprintf("This proxy answers for %s on port %s only, not %s.", name, port, given)}
	}
	return name, nil
}

// refusal is what the proxy says instead of an answer.
type refusal struct {
	status  int
	message string
}

func (f *refusal) write(w http.ResponseWriter) {
	w.Header().Set("Connection", "close") // what else comes on this connection may not be meant for us
	http.Error(w, f.message, f.status)
}
