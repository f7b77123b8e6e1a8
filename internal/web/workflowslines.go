package web

import "fmt"

// down draws a line straight down.
func (d *drawing) down(x, from, to int) {
	d.Lines = append(d.Lines, pictureLine{fmt.Sprintf("M%d %dV%d", x, from, to-5), fmt.Sprintf("M%d %dl-5 -7h10z", x, to)})
}

// around draws a line from the right edge of one box to that of another.
func (d *drawing) around(x, from, by, to int) {
	const bend = 6
	turn := bend
	if to < from {
		turn = -bend
	}
	path := fmt.Sprintf("M%d %dH%dq%d 0 %d %dV%dq0 %d %d %dH%d", x, from, by-bend, bend, bend, turn, to-turn, turn, -bend, turn, x+5)
	d.Lines = append(d.Lines, pictureLine{path, fmt.Sprintf("M%d %dl7 -5v10z", x, to)})
}
