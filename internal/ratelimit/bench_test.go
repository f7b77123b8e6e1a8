package ratelimit

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

var modes = []Mode{Off, Burst, QuotaPoints, DataCenter, Rude}

// One token, served over and over again: what a limit costs a request.
func BenchmarkTake(b *testing.B) {
	for _, mode := range modes {
		b.Run(string(mode), func(b *testing.B) {
			var l Limiter
			limits, c, now := usual(mode), Call{Site: 1, Credential: "0198c0de-0000-7000-8000-000000000000", App: "app", Method: "GET", Points: 3}, noon
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(time.Second)
				l.Take(limits, c, now)
			}
		})
	}
}

// Many tokens, on all cores.
func BenchmarkTakeOfManyInParallel(b *testing.B) {
	tokens := make([]string, 10_000)
	for i := range tokens {
		tokens[i] = "0198c0de-0000-7000-8000-" + strconv.Itoa(i)
	}
	for _, mode := range modes {
		b.Run(string(mode), func(b *testing.B) {
			var l Limiter
			limits := usual(mode)
			b.ReportAllocs()
			b.RunParallel(func(p *testing.PB) {
				for i := 0; p.Next(); i++ {
					token := tokens[i%len(tokens)]
					l.Take(limits, Call{Site: 1, Credential: token, App: token, Method: "GET", Points: 3}, noon.Add(time.Duration(i)))
				}
			})
		})
	}
}

// A credential that nobody has seen before: what a flood of them costs.
func BenchmarkTakeOfStrangers(b *testing.B) {
	var l Limiter
	limits := usual(Burst)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.Take(limits, Call{Site: 1, Credential: strconv.Itoa(i), Method: "GET"}, noon)
	}
}

func BenchmarkTell(b *testing.B) {
	for _, mode := range modes {
		b.Run(string(mode), func(b *testing.B) {
			var l Limiter
			v := l.Take(usual(mode), Call{Site: 1, Credential: "a", App: "app", Method: "GET", Points: 3}, noon)
			b.ReportAllocs()
			for b.Loop() {
				v.Tell(http.Header{})
			}
		})
	}
}
