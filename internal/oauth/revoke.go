package oauth

import (
	"net/http"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// revoke is the revocation endpoint (RFC 7009). An access token ends alone; a refresh token ends its whole grant. A
// token that is not the client's, or not known, is no error and stays as it is.
func (s *Server) revoke(r *http.Request, by change.Actor, in tokenRequest) (any, error) {
	nothing := struct{}{}
	switch {
	case in.ClientID == "":
		return nil, failure.Because(errClient, "The request names no client.")
	case in.Token == "":
		return nil, invalidRequest("There is no token.")
	}
	st, named, err := s.place(r.Context(), in, in.Token)
	if err != nil {
		return nil, err
	}
	client, err := s.authenticate(r.Context(), st.ID, in)
	if err != nil || !named {
		return nothing, on(st.ID, "", err)
	}
	by.AccountID = client.AccountID
	err = s.Changes.Write(r.Context(), st.ID, by, func(tx *change.Tx) error {
		grant, found, err := db.One(r.Context(), tx, db.Scalar[string], `SELECT g.grant_id FROM refresh_tokens r
			JOIN grants g ON g.site_id = r.site_id AND g.grant_id = r.grant_id
			WHERE r.site_id = $1 AND r.secret_hash = $2 AND g.client_id = $3`, st.ID, directory.HashSecret(in.Token), client.ClientID)
		if err != nil {
			return err
		}
		if found {
			return revokeGrantIn(r.Context(), tx, grant)
		}
		return s.Directory.RevokeAccessIn(r.Context(), tx, client.ClientID, in.Token)
	})
	return nothing, on(st.ID, client.AccountID, err)
}
