package api

import (
	"cmp"
	"reflect"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// Operation is one row of the table of operations, as it is shown.
type Operation struct {
	ID             string   `json:"operation"`
	Method         string   `json:"method"`
	Path           string   `json:"path"`
	Title          string   `json:"title"`
	Tag            string   `json:"tag"`
	Permission     []string `json:"permission"`     // sentences
	ClassicScope   string   `json:"classicScope"`   // it will do alone; empty where there is none
	GranularScopes []string `json:"granularScopes"` // all of them will do; empty where there are none
	ConnectScope   string   `json:"connectScope"`
	AppRule        string   `json:"appRule"` // "applies" where the app access rule of a space does, else "exempt"
	Experimental   bool     `json:"experimental"`
	NeedsSiteAdmin bool     `json:"-"`
}

// Operations returns the table of operations, in its order.
func Operations() []Operation {
	all := make([]Operation, len(operations))
	for i := range operations {
		all[i] = operations[i].shown()
	}
	return all
}

func (op *operation) shown() Operation {
	out := Operation{
		ID: op.id, Method: op.method(), Path: op.path(), Title: op.title, Tag: string(op.tag), Permission: []string{}, ClassicScope: op.scopes.classic,
		GranularScopes: append([]string{}, strings.Fields(op.scopes.granular)...), ConnectScope: op.connect, AppRule: "exempt",
		Experimental: op.needs.has(experimental), NeedsSiteAdmin: op.needs.has(siteAdmin),
	}
	if op.app == ruled {
		out.AppRule = "applies"
	}
	spaces := false
	for _, n := range needsInWords {
		if op.needs&n.needs == n.needs && !(spaces && n.needs == adminForOthers) {
			out.Permission = append(out.Permission, n.text)
			spaces = spaces || n.needs == adminForOthers|spaceAdmin
		}
	}
	return out
}

// Verdict is whether a caller can call an operation. An allowed call can still be refused for what it is about.
type Verdict struct {
	Operation
	Allowed    bool          `json:"allowed"`
	Conditions []string      `json:"conditions"` // of an allowed call, in sentences
	Check      explain.Check `json:"check"`      // that refuses; empty for an allowed call, as are the next two
	Reason     string        `json:"reason"`
	Remedy     string        `json:"remedy"` // what would help; may be empty
}

// Examine tells of every operation, in the order of the table, whether a caller can call it on a site by a way in. It
// decides by the checks that a request goes through, as far as they need no parameters.
func Examine(caller auth.Caller, s site.Site, way site.Way) []Verdict {
	host := caller.CheckHost(site.Found{Site: s, Way: way})
	all := make([]Verdict, len(operations))
	for i := range operations {
		c := &call{op: &operations[i], site: s, way: way, caller: caller, viewer: caller.Standing.Viewer()}
		all[i] = c.examine(host)
	}
	return all
}

func (c *call) examine(host error) Verdict {
	v := Verdict{Operation: c.op.shown(), Conditions: []string{}}
	err := cmp.Or(host, c.op.admit(c))
	if err == nil {
		v.Conditions, err = c.whatever()
	}
	if err == nil {
		v.Allowed = true
		return v
	}
	kind, _ := failure.Of(err)
	why := c.why(nil, kind, err)
	v.Check, v.Reason, v.Remedy, v.Conditions = why.check, why.reason, why.remedy, []string{}
	if kind == failure.WrongHost {
		v.Remedy = c.rightHost()
	}
	return v
}

// rightHost says where the caller's kind of credential is taken.
func (c *call) rightHost() string {
	if c.caller.Connect() {
		return "Call the site itself, not the gateway."
	}
	return "Call the gateway of the server: " + c.site.GatewayURL("") + "/wiki/…"
}

// rules are what single operations decide by their caller alone, besides what their rows say.
var rules = map[string]func(*call) error{"inviteByEmail": mayInvite, "createSpace": mayMakeSpace}

// whatever decides what holds of every request, whatever its parameters: err refuses all of them, and conditions say
// which are not refused.
func (c *call) whatever() (conditions []string, err error) {
	conditions = []string{}
	own, others := c.inputs()
	if _, err := permit(c, own); err != nil {
		return nil, err
	}
	if rule := rules[c.op.id]; rule != nil {
		if err := rule(c); err != nil {
			return nil, err
		}
	}
	ask, err := permit(c, others)
	switch {
	case err != nil:
		conditions = append(conditions, "Only for the caller's own account.")
	case ask.Administrator:
		conditions = append(conditions, "For another user only where the caller administers the space.")
	}
	if c.op.needs.has(ownProperties) && onlyOf(c, "") != "" {
		conditions = append(conditions, "Of other users only the properties that the app made itself.")
	}
	if ask.App {
		conditions = append(conditions, "Not where the app access rule of a space keeps apps out.")
	}
	if c.op.needs.has(xsrf) {
		conditions = append(conditions, "With the header "+xsrfHeader+": no-check.")
	}
	if c.op.needs.has(limited) {
		conditions = append(conditions, "At most "+strconv.Itoa(c.site.Settings.AccessCallsPerMinute)+" times a minute.")
	}
	return conditions, nil
}

// inputs are what a request of the operation can be about: the caller alone, and somebody else. They are the same
// where the operation names nobody.
func (c *call) inputs() (own, others any) {
	in := c.op.serve.params.in
	switch {
	case in.Implements(reflect.TypeFor[watching]()):
		return watchOf{}, watchOf{other: true}
	case in.Implements(reflect.TypeFor[namesUsers]()):
		return naming{c.viewer.AccountID}, naming{""}
	}
	return nothing{}, nothing{}
}

// naming is an input that names users.
type naming []string

func (n naming) users() []string { return n }

// watchOf is an input about a watch: the caller's own, or another's.
type watchOf struct {
	watching
	other bool
}

func (w watchOf) others(*call) bool { return w.other }
