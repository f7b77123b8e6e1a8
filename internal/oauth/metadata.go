package oauth

import (
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/change"
)

// authHost is the host name of the authorization server of real sites, under which a stand-in answers too.
const authHost = "auth.atlassian.com"

// Issuer is the server's name for whoever reached it by this request.
func (s *Server) Issuer(r *http.Request) string {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = r.Host, ""
	}
	if !s.StandIn || !strings.EqualFold(host, authHost) {
		return s.PublicURL
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "https://" + authHost
	}
	return "https://" + net.JoinHostPort(authHost, port)
}

// metadata describes the server (RFC 8414).
func (s *Server) metadata(w http.ResponseWriter, r *http.Request, _ change.Actor) {
	if !reads(r) {
		onlyReads(w)
		return
	}
	issuer := s.Issuer(r)
	clientAuth := []string{"client_secret_basic", "client_secret_post", "none"}
	scopes := append([]string{OfflineAccess, ReadMe}, slices.Sorted(maps.Keys(s.Scopes))...)
	answer(w, http.StatusOK, map[string]any{
		"issuer": issuer, "authorization_endpoint": issuer + AuthorizePath, "token_endpoint": issuer + TokenPath,
		"revocation_endpoint": issuer + RevokePath, "scopes_supported": scopes, "response_types_supported": []string{"code"},
		"response_modes_supported": []string{"query"}, "grant_types_supported": []string{"authorization_code", "refresh_token", "client_credentials", assertionGrant},
		"token_endpoint_auth_methods_supported": clientAuth, "revocation_endpoint_auth_methods_supported": clientAuth,
		"code_challenge_methods_supported": []string{"S256"}, "authorization_response_iss_parameter_supported": true,
	})
}
