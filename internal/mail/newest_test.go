package mail_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/failure"
)

func TestTheNewestMailComesInPagesWhateverItsIDs(t *testing.T) {
	each(t, func(w *world) {
		var want []string
		for i := range 5 {
			m := letter("ada@example.com")
			m.ID = uuid.NewSHA1(uuid.Nil, []byte{byte(i)}).String()
			want = append([]string{w.enqueue(m)}, want...)
			w.clock.Pass(time.Second)
		}
		for limit := 1; limit <= 6; limit++ {
			var got []string
			for after, more := "", true; more; more = after != "" {
				page, next, err := w.outbox.Newest(w.Context(), site, after, limit)
				if err != nil || len(page) > limit {
					w.Fatal(page, err)
				}
				for _, m := range page {
					got = append(got, m.ID)
				}
				after = next
			}
			if !slices.Equal(got, want) {
				w.Errorf("in pages of %d: %v, not %v", limit, got, want)
			}
		}
		for _, odd := range []string{"x", "1", "1.x", ".", "1." + someID + ".", "99999999999999999999." + someID} {
			if _, _, err := w.outbox.Newest(w.Context(), site, odd, 1); kindOf(err) != failure.Invalid {
				w.Errorf("%q: %v", odd, err)
			}
		}
	})
}
