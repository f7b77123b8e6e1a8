package web_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/avatar"
)

func TestLettersStandOnTheColourOfThePictureOfThem(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("assets/css/30-people.css")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range avatar.Backgrounds {
		if rule := fmt.Sprintf(".tint%d { background: #%02x%02x%02x; }", i, c.R, c.G, c.B); !strings.Contains(string(css), rule) {
			t.Errorf("there is no %s", rule)
		}
	}
}
