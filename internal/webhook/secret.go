package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// secretPrefix begins every secret; the rest is the key in base64.
const secretPrefix = "whsec_"

func newSecret() string {
	var key [32]byte
	rand.Read(key[:]) // never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(key[:])
}

// signature is the header's value for a body that is sent at some time: one signature for each secret that is good by then,
// the newest first.
func (w *Webhook) signature(id string, at time.Time, body string) string {
	secrets := []string{w.secret}
	if w.former != "" && at.Before(w.FormerUntil) {
		secrets = append(secrets, w.former)
	}
	for i, secret := range secrets {
		key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix)) // it was made by newSecret
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + timestamp(at) + "." + body))
		secrets[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(secrets, " ")
}

// timestamp is a time as it is sent and signed.
func timestamp(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }
