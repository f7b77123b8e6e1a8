package main

import (
	"bufio"
	"fmt"
	"io"
)

const (
	accountID  = "712020:%08d"
	adminEmail = "admin@example.org"
)

func email(i int) string   { return fmt.Sprintf("person%08d@example.org", i) }
func groupID(i int) string { return fmt.Sprintf("00000000-0000-7000-8000-%012x", i) }

var (
	givenNames = []string{
		"Ada", "Grace", "Alan", "Charles", "Barbara", "Edsger", "Donald", "John", "Margaret", "Katherine", "Dorothy", "Mary", "Annie", "Emmy",
		"Sophie", "Marie", "Leonhard", "Carl", "Isaac", "Blaise", "Pierre", "Rene", "Galileo", "Johannes", "Nikola", "Michael", "James", "Lise",
		"Rosalind", "Max", "Niels", "Hypatia",
	}
	familyNames = []string{
		"Lovelace", "Hopper", "Turing", "Babbage", "Liskov", "Dijkstra", "Knuth", "Backus", "Hamilton", "Johnson", "Vaughan", "Jackson", "Easley",
		"Noether", "Germain", "Curie", "Euler", "Gauss", "Newton", "Pascal", "Fermat", "Descartes", "Galilei", "Kepler", "Tesla", "Faraday",
		"Maxwell", "Meitner", "Franklin", "Planck", "Bohr", "Shannon",
	}
)

// crowd is a group that every so manieth person is in.
type crowd struct {
	ID      string `json:"id"`
	Members int    `json:"members"`
	every   int
}

// crowds returns groups of about 1,000 to 100,000 members, as far as there are people for them.
func crowds(people int) []crowd {
	var all []crowd
	for _, size := range []int{1_000, 3_000, 10_000, 30_000, 100_000} {
		if every := people / size; every > 1 {
			all = append(all, crowd{ID: groupID(len(all) + 2), Members: (people + every - 1) / every, every: every})
		}
	}
	return all
}

// write writes the site as a file that can be imported. People come in the order of their IDs: that is the order of
// most indexes, so that a site of any size is made at the same speed.
func write(to io.Writer, people int, groups []crowd) error {
	w := bufio.NewWriterSize(to, 1<<16)
	fmt.Fprintf(w, `{"kind":"group","id":%q,"name":"everybody","permissions":["use","view-profiles"]}`+"\n", groupID(0))
	fmt.Fprintf(w, `{"kind":"group","id":%q,"name":"administrators","permissions":["use","view-profiles","administer","site-admin"]}`+"\n", groupID(1))
	for i, g := range groups {
		fmt.Fprintf(w, `{"kind":"group","id":%q,"name":"crowd-%d"}`+"\n", g.ID, i+1)
	}
	fmt.Fprintf(w, `{"kind":"account","accountId":"admin","email":%q,"displayName":"Emilie du Chatelet","groups":[%q]}`+"\n", adminEmail, groupID(1))
	for i := range people {
		writePerson(w, i, groups)
	}
	return w.Flush()
}

func writePerson(w *bufio.Writer, i int, groups []crowd) {
	mixed := uint32(i) * 2654435761 >> 8
	given, family := givenNames[mixed%uint32(len(givenNames))], familyNames[mixed/uint32(len(givenNames))%uint32(len(familyNames))]
	fmt.Fprintf(w, `{"kind":"account","accountId":"`+accountID+`","email":%q,"displayName":"%s %s","publicName":%q,"timeZone":"Europe/London","department":"Engine %d"`,
		i, email(i), given, family, given, i%50)
	switch i % 10 {
	case 3:
		w.WriteString(`,"visibility":{"name":"organization"}`)
	case 7:
		w.WriteString(`,"visibility":{"email":"organization","department":"me"}`)
	}
	fmt.Fprintf(w, `,"groups":[%q`, groupID(0))
	for _, g := range groups {
		if i%g.every == 0 {
			fmt.Fprintf(w, `,%q`, g.ID)
		}
	}
	w.WriteString("]}\n")
}
