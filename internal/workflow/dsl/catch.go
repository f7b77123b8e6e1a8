package dsl

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

func (r *reader) catching(t *task, n *yaml.Node, names []string) {
	t.catch.as = "$error"
	if n == nil {
		return
	}
	path := t.place + "/catch"
	fields := r.fields(n, path, "errors", "as", "when", "exceptWhen", "retry", "do")
	t.catch.as = r.named(fields["as"], path+"/as", "error")
	inside := with(names, t.catch.as)
	t.catch.when = r.condition(fields["when"], path+"/when", inside)
	t.catch.exceptWhen = r.condition(fields["exceptWhen"], path+"/exceptWhen", inside)
	if errs := fields["errors"]; errs != nil {
		t.catch.with = r.filter(r.fields(errs, path+"/errors", "with*")["with"], path+"/errors/with")
	}
	if again := fields["retry"]; again != nil {
		t.catch.retry = r.retry(again, path+"/retry")
	}
	t.catch.do = r.list(fields["do"], path+"/do", inside, t.delivery)
}

// filter reads members that a failure must have.
func (r *reader) filter(n *yaml.Node, path string) map[string]any {
	if n == nil {
		return nil
	}
	out := map[string]any{}
	for name, f := range r.fields(n, path, "type", "status", "instance", "title", "detail") {
		if name == "status" {
			out[name] = r.count(f, path+"/status")
			continue
		}
		s := r.text(f, path+"/"+name)
		if strings.Contains(s, "${") {
			r.fail(f, path+"/"+name, "an expression does not work here: use when")
		}
		out[name] = s
	}
	if len(n.Content) == 0 {
		r.fail(n, path, "with is empty")
	}
	return out
}

func (r *reader) retry(n *yaml.Node, path string) *retry {
	out := &retry{backoff: "constant", count: -1}
	fields := r.fields(n, path, "delay", "backoff", "limit", "jitter")
	out.delay = r.duration(fields["delay"], path+"/delay")
	if b := fields["backoff"]; b != nil {
		under := r.fields(b, path+"/backoff", "constant", "linear", "exponential")
		if len(under) != 1 {
			r.fail(b, path+"/backoff", "backoff is one of constant, linear and exponential")
		}
		for name, shape := range under {
			out.backoff = name
			if shape.Kind != yaml.MappingNode || len(shape.Content) > 0 {
				r.fail(shape, path+"/backoff/"+name, "%s must be {}", name)
			}
		}
	}
	if j := fields["jitter"]; j != nil {
		under := r.fields(j, path+"/jitter", "from*", "to*")
		out.jitterFrom = r.duration(under["from"], path+"/jitter/from")
		out.jitterTo = r.duration(under["to"], path+"/jitter/to")
		if out.jitterTo < out.jitterFrom {
			r.fail(j, path+"/jitter", "jitter's to is before its from")
		}
	}
	if l := fields["limit"]; l != nil {
		under := r.fields(l, path+"/limit", "attempt", "duration")
		out.limit = r.positive(under["duration"], path+"/limit/duration")
		if a := under["attempt"]; a != nil {
			if count := r.fields(a, path+"/limit/attempt", "count*")["count"]; count != nil {
				out.count = r.count(count, path+"/limit/attempt/count")
			}
		}
	}
	if out.count < 0 && out.limit == 0 {
		r.fail(n, path, "a retry needs a limit: attempt.count or duration")
	}
	if out.count < 0 && out.delay == 0 && out.jitterTo == 0 {
		r.fail(n, path, "a retry without attempt.count needs a delay")
	}
	return out
}

var (
	identifier = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)
	pointer    = regexp.MustCompile(`^(/([^~/]|~[01])*)*$`)
)

func (r *reader) raise(t *task, n *yaml.Node, names []string) {
	if n == nil {
		return
	}
	path := t.place + "/raise"
	raised := r.fields(n, path, "error*")["error"]
	if raised == nil {
		return
	}
	fields := r.fields(raised, path+"/error", "type*", "status*", "title", "detail", "instance")
	for name, f := range fields {
		if _, is := whole(f.Value); is {
			continue
		}
		switch at := path + "/error/" + name; name {
		case "status":
			r.count(f, at)
		case "type":
			r.matching(f, at, identifier, "a URI such as https://example.com/errors/not-there")
		case "instance":
			r.matching(f, at, pointer, "a JSON pointer such as /do/0/ask")
		default:
			r.text(f, at)
		}
	}
	t.with = r.members(raised, path+"/error", names)
}
