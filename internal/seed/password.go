package seed

import (
	"context"

	"github.com/rosterhq/roster/internal/directory"
)

// hashPasswords returns what is stored of the accounts' passwords, by their index. As that takes long on purpose, it
// is done before anything is written.
func (p *plan) hashPasswords(ctx context.Context) (map[int]directory.PasswordHash, error) {
	hashes := map[int]directory.PasswordHash{}
	for i := range p.Accounts {
		a := &p.Accounts[i]
		if a.Password == "" {
			continue
		}
		hash, err := directory.HashPassword(ctx, a.Password)
		if err != nil {
			return nil, placed(a.Line, entry("accounts", i), err)
		}
		hashes[i] = hash
	}
	return hashes, nil
}
