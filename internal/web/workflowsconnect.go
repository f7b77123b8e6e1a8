package web

import "strconv"

// connectAsMe is the choice that makes a connection to this server as the person who is signed in.
const connectAsMe = "+me"

// connectionChoice is what a form offers as connection.
type connectionChoice struct {
	All    []shownConnection
	Chosen string
	AsMe   bool // one of the person's own can be made, as there is none
	Days   int  // for which its token would be good
}

func (v *visit) connectionChoice(chosen string) (connectionChoice, error) {
	c := connectionChoice{Chosen: chosen, AsMe: true, Days: connectionDays}
	all, err := v.Workflows.Connections(v.ctx(), v.site.ID)
	if err == nil {
		c.All, err = v.shownConnections(all)
	}
	for _, one := range c.All {
		if one.Mine && one.Good {
			c.AsMe = false
			if chosen == "" {
				c.Chosen = one.Name
			}
		}
	}
	if c.Chosen == "" && c.AsMe {
		c.Chosen = connectAsMe
	}
	return c, err
}

// connected returns the name of the connection that a form chose, which it makes where it is to be the person's own.
func (v *visit) connected(chosen string) (string, error) {
	if chosen != connectAsMe {
		return chosen, nil
	}
	choice, err := v.connectionChoice("")
	if err != nil {
		return "", err
	}
	if !choice.AsMe {
		return choice.Chosen, nil
	}
	taken := map[string]bool{}
	for _, c := range choice.All {
		taken[c.Name] = true
	}
	name := "this-server"
	for n := 2; taken[name]; n++ {
		name = "this-server-" + strconv.Itoa(n)
	}
	return name, v.connectMe(name, connectionDays, v.Workflows.AddConnectionIn)
}
