package e2e

import (
	"testing"

	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestTheSavedAnswersOfASiteWithoutItsDatabaseAreAnsweredLive(t *testing.T) {
	t.Parallel()
	way, database := dbtest.NewWay(t)
	s := newPostmanSite(t, database)
	c := s.collection(t)
	way.Cut()
	defer way.Mend() // the site shall go before the server does
	s.answers(t, c, lost, 45)
}
