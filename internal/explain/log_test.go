package explain

import "testing"

func TestALogKeepsTheLastRequestsOfASiteNewestFirst(t *testing.T) {
	t.Parallel()
	l := &Log{}
	for i := range MostRequests + 10 {
		l.Add(Request{Site: int64(i % 2), Method: "GET", Status: 200 + i%2})
	}
	all := func(*Request) bool { return true }
	got := l.Latest(1, 3, all)
	if len(got) != 3 || got[0].Number != MostRequests+10 || got[1].Number != MostRequests+8 {
		t.Errorf("%+v", got)
	}
	if got := l.Latest(0, MostRequests, all); len(got) != MostRequests/2 || got[len(got)-1].Number != 11 {
		t.Errorf("%d requests are kept, the last %+v", len(got), got[len(got)-1])
	}
	if got := l.Latest(1, 5, func(r *Request) bool { return r.Status == 200 }); len(got) != 0 {
		t.Errorf("%+v fit", got)
	}
}

func TestANilLogKeepsNothing(t *testing.T) {
	t.Parallel()
	var l *Log
	l.Add(Request{})
	if got := l.Latest(0, 1, func(*Request) bool { return true }); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
