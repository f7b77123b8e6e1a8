package letter

import "strings"

const widest = 100 // characters of a line of a table; a wider one becomes a block a row

// text is the letter without HTML.
func (p *page) text() string {
	var blocks []string
	for _, words := range p.Words {
		blocks = append(blocks, strings.Join(words, "\n"))
	}
	if p.Card != nil {
		blocks = append(blocks, p.Card.text()...)
	}
	if p.Table != nil {
		blocks = append(blocks, p.Table.text()...)
	}
	if p.JSON != nil {
		blocks = append(blocks, strings.Join(p.JSON, "\n"))
	}
	blocks = append(blocks, p.Notes...)
	return strings.Join(blocks, "\n\n") + "\n"
}

func (c *card) text() []string {
	head := c.Name
	if c.Under != "" {
		head += "\n" + c.Under
	}
	blocks := []string{head}
	widest := 0
	for _, part := range c.Parts {
		for _, l := range part.Lines {
			widest = max(widest, cells(l.Label))
		}
	}
	for _, part := range c.Parts {
		var out strings.Builder
		out.WriteString(part.Title)
		for _, l := range part.Lines {
			out.WriteString("\n  ")
			if l.Label != "" {
				out.WriteString(padded(l.Label, widest+2))
			}
			out.WriteString(l.Value)
		}
		blocks = append(blocks, out.String())
	}
	return blocks
}

// text is the table with aligned columns, or where those would be too wide a block for each row.
func (t *table) text() []string {
	widths := make([]int, len(t.Heads))
	total := 0
	for i, head := range t.Heads {
		widths[i] = cells(head)
		for _, row := range t.Rows {
			widths[i] = max(widths[i], cells(row[i]))
		}
		total += widths[i] + 2
	}
	if total-2 > widest {
		return t.blocks()
	}
	var out strings.Builder
	aligned := func(row []string) {
		var line strings.Builder
		for i, value := range row {
			line.WriteString(padded(value, widths[i]+2))
		}
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	aligned(t.Heads)
	rules := make([]string, len(widths))
	for i, n := range widths {
		rules[i] = strings.Repeat("-", n)
	}
	aligned(rules)
	for _, row := range t.Rows {
		aligned(row)
	}
	return []string{strings.TrimRight(out.String(), "\n")}
}

func (t *table) blocks() []string {
	most := 0
	for _, head := range t.Heads {
		most = max(most, cells(head))
	}
	var all []string
	for _, row := range t.Rows {
		var lines []string
		for i, value := range row {
			if value != "" {
				lines = append(lines, padded(t.Heads[i], most+2)+value)
			}
		}
		all = append(all, strings.Join(lines, "\n"))
	}
	return all
}
