package app

import (
	"bytes"
	"io"
	"net/http"
)

// within sends requests to a handler of this process.
type within struct{ handler http.Handler }

// RoundTrip has the handler answer. The caller of a server within itself is the machine that it runs on, unless the
// request says from where it comes.
func (w within) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := r.Clone(r.Context())
	asked.RequestURI, asked.Proto, asked.ProtoMajor, asked.ProtoMinor = r.URL.RequestURI(), "HTTP/1.1", 1, 1
	if asked.RemoteAddr == "" {
		asked.RemoteAddr = "127.0.0.1:0"
	}
	if asked.Host == "" {
		asked.Host = r.URL.Host
	}
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	answer := &answer{header: http.Header{}}
	w.handler.ServeHTTP(answer, asked)
	answer.WriteHeader(http.StatusOK) // where the handler said nothing
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(answer.status), StatusCode: answer.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: answer.sent, Body: io.NopCloser(&answer.body), ContentLength: int64(answer.body.Len()), Request: r,
	}, nil
}

// answer is what a handler answered.
type answer struct {
	header, sent http.Header
	status       int
	body         bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status, a.sent = status, a.header.Clone()
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}
