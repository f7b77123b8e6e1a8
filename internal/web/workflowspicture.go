package web

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// The measures of a picture, in its own units, of which a letter has about seven.
const (
	pictureWide  = 400
	boxHigh      = 44
	lineHigh     = 18
	rowHigh      = 24
	headHigh     = 40
	between      = 24 // two boxes
	inside       = 12 // the edge of a box and what is in it
	lane         = 12 // of a line beside the boxes
	glyph        = 7
	pictureBegin = 26
)

// picture is what the steps of a workflow look like: boxes from above to below, and lines between them. The same is
// said in words, as Steps.
type picture struct {
	Wide, High int
	Middle     int // of the way from above to below
	Boxes      []pictureBox
	Lines      []pictureLine
	Steps      []pictureStep
}

// Stop is where the picture ends.
func (p picture) Stop() int { return p.High - 8 }

// pictureBox is a step.
type pictureBox struct {
	X, Y, Wide, High  int
	TextX, NameY      int
	Kind, Name, About string // About is the action that it calls
	AboutY            int
	If                string // under what condition it runs; empty for always
	IfY               int
	Rows              []pictureRow
	State             string // of a run; empty where there is none
}

// pictureRow is a way on from a switch, or the heading of what a try does about a failure.
type pictureRow struct {
	X, Y, LineY, Wide int // Y is that of the text
	When              string
	Otherwise, Catch  bool
	Ends              bool
	EndX              int
}

// pictureLine leads from one box to another: straight down, or around those between.
type pictureLine struct{ Path, Head string }

// pictureStep is a step in words, with those inside.
type pictureStep struct {
	dsl.Task
	State          string
	Inside, Caught []pictureStep // Caught is what a try does about a failure
}

var turns = regexp.MustCompile(`\[\d+\]|[@#]\d+`)

// pictureOf draws a workflow, with the states of the steps of a run where there is one.
func pictureOf(f *dsl.File, steps []workflow.Step) picture {
	states := map[string]string{}
	for _, s := range steps {
		states[turns.ReplaceAllString(s.Place, "")] = string(s.State)
	}
	d := &drawing{states: states}
	tasks := f.Tasks()
	below, falls := d.list(tasks, inside, pictureBegin, pictureWide-2*inside)
	d.Wide, d.Middle = pictureWide, inside+(pictureWide-2*inside-gutter(tasks))/2
	d.High = below + between + 14
	d.down(d.Middle, 14, pictureBegin)
	if falls {
		d.down(d.Middle, below, d.High-14)
	}
	d.Steps = d.words(tasks)
	return d.picture
}

type drawing struct {
	picture
	states map[string]string
}

// words are the steps as a list.
func (d *drawing) words(tasks []dsl.Task) []pictureStep {
	out := make([]pictureStep, len(tasks))
	for i, t := range tasks {
		t.If = strings.TrimSpace(t.If)
		for n := range t.Cases {
			t.Cases[n].When = strings.TrimSpace(t.Cases[n].When) // the tasks are a copy
		}
		out[i] = pictureStep{t, d.states[t.Place], d.words(t.Children), d.words(t.Catch)}
	}
	return out
}

// list draws tasks from y down, and returns where they end, and whether what comes after them is reached from the last.
func (d *drawing) list(tasks []dsl.Task, x, y, wide int) (below int, falls bool) {
	wide -= gutter(tasks)
	tops, jumps := make([]int, len(tasks)), []jump(nil)
	falls = true
	for i, t := range tasks {
		if i > 0 {
			if falls {
				d.down(x+wide/2, y, y+between)
			}
			y += between
		}
		tops[i] = y
		next := ""
		if i+1 < len(tasks) {
			next = tasks[i+1].Name
		}
		var from []jump
		y, from = d.task(t, next, x, y, wide)
		jumps = append(jumps, from...)
		falls = fallsThrough(t, next)
	}
	for n, j := range jumps {
		to := slices.IndexFunc(tasks, func(t dsl.Task) bool { return t.Name == j.to })
		if to >= 0 {
			d.around(x+wide, j.y, x+wide+(n+1)*lane, tops[to]+14)
		}
	}
	return y, falls
}

// jump is a way to a task that is not the next one.
type jump struct {
	y  int
	to string
}

// task draws a task, and returns where it ends and where it leads besides the next one.
func (d *drawing) task(t dsl.Task, next string, x, y, wide int) (below int, jumps []jump) {
	at := len(d.Boxes)
	b := pictureBox{X: x, Y: y, Wide: wide, TextX: x + inside, NameY: y + 19, Kind: t.Kind, State: d.states[t.Place]}
	fits := (wide - 2*inside) / glyph
	b.Name, b.About = fitting(t.Name, fits), fitting(t.Action, fits)
	b.AboutY = b.NameY + lineHigh - 2
	high := boxHigh
	if t.If != "" {
		b.If, b.IfY = fitting(t.If, fits-4), b.AboutY+lineHigh-2
		high += lineHigh
	}
	d.Boxes = append(d.Boxes, b) // behind what is in it
	if leads(t.Then, next) {
		jumps = append(jumps, jump{y + high/2, t.Then})
	}
	rowFits := fits - 2
	for _, c := range t.Cases {
		row := pictureRow{X: x + inside, Y: y + high + 13, LineY: y + high - 4, Wide: x + wide - inside, When: fitting(c.When, rowFits), Otherwise: c.When == ""}
		if leads(c.Then, next) {
			jumps = append(jumps, jump{y + high + 9, c.Then})
		}
		row.Ends, row.EndX = c.Then == "end" || c.Then == "exit", x+wide-inside
		b.Rows = append(b.Rows, row)
		high += rowHigh
	}
	if len(t.Children) > 0 {
		bottom, _ := d.list(t.Children, x+inside, y+high+4, wide-2*inside)
		high = bottom - y + inside
	}
	if len(t.Catch) > 0 {
		b.Rows = append(b.Rows, pictureRow{X: x + inside, Y: y + high + 14, LineY: y + high, Wide: x + wide - inside, Catch: true})
		bottom, _ := d.list(t.Catch, x+inside, y+high+rowHigh, wide-2*inside)
		high = bottom - y + inside
	}
	b.High = high
	d.Boxes[at] = b
	return y + high, jumps
}

// leads reports whether a way on is to another task than the next.
func leads(then, next string) bool {
	return then != "" && then != next && !slices.Contains([]string{"continue", "exit", "end"}, then)
}

// fallsThrough reports whether a task may be followed by the one below it.
func fallsThrough(t dsl.Task, next string) bool {
	on := func(then string) bool { return then == "" || then == "continue" || then == next && next != "" }
	if t.Kind == "raise" {
		return false
	}
	if t.Kind != "switch" {
		return on(t.Then)
	}
	otherwise := false
	for _, c := range t.Cases {
		if on(c.Then) {
			return true
		}
		otherwise = otherwise || c.When == ""
	}
	return !otherwise && on(t.Then)
}

// gutter is the room beside tasks for the lines between them.
func gutter(tasks []dsl.Task) int {
	n := 0
	for i, t := range tasks {
		next := ""
		if i+1 < len(tasks) {
			next = tasks[i+1].Name
		}
		if leads(t.Then, next) {
			n++
		}
		for _, c := range t.Cases {
			if leads(c.Then, next) {
				n++
			}
		}
	}
	if n == 0 {
		return 0
	}
	return n*lane + lane/2
}

// fitting is text that has room for so many letters.
func fitting(text string, letters int) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) <= letters {
		return string(runes)
	}
	return string(runes[:max(letters-1, 1)]) + "…"
}
