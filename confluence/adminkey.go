package confluence

// AdminKeyResponse is an enabled admin key: the official v2 schema AdminKeyResponse.
type AdminKeyResponse struct {
	AccountID      string `json:"accountId" doc:"Whose key it is."`
	ExpirationTime string `json:"expirationTime" format:"date-time" doc:"When the key stops working."`
}

// AdminKeyRequest is the body that enables an admin key: the official v2 request body of enableAdminKey.
type AdminKeyRequest struct {
	DurationInMinutes int `json:"durationInMinutes,omitempty" format:"int32" default:"10" max:"60" doc:"How long the key works; 10 where it is 0."`
}
