package seed

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/site"
)

// Ensure makes those of the seed's sites that are not there yet, and leaves the others as they have become.
// Like [Apply] it tells of all of them whom a caller can be.
func Ensure(ctx context.Context, log *change.Log, s *Seed) ([]Applied, error) {
	standing, err := (&site.Store{Changes: log}).List(ctx)
	if err != nil {
		return nil, err
	}
	byCloudID := make(map[string]site.Site, len(standing))
	for _, known := range standing {
		byCloudID[known.CloudID] = known
	}
	missing := &Seed{}
	all := make([]Applied, len(s.Documents))
	var made []int
	for i := range s.Documents {
		p, err := newPlan(&s.Documents[i])
		if err != nil {
			return nil, err
		}
		if known, ok := byCloudID[p.cloudID]; ok {
			all[i].Site = known
			all[i].fill(p)
			continue
		}
		missing.Documents = append(missing.Documents, s.Documents[i])
		made = append(made, i)
	}
	applied, err := Apply(ctx, log, missing)
	for i, a := range applied {
		all[made[i]] = a
	}
	return all, err
}
