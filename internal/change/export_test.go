package change

// Spans writes seqs as the record of an erasure holds them, and returns what reads them again.
func Spans(seqs []int64) (text string, again Erasure) {
	text = formatSpans(seqs)
	return text, ReadSpans(text)
}

// ReadSpans is an erasure that says this text.
func ReadSpans(text string) Erasure { return Erasure{spans: parseSpans(text)} }

// Led is the statement that reads the sealed entries with a value in a column.
var Led = led

// LedMade is that which reads the sealed entries of what was changed.
var LedMade = ledMade
