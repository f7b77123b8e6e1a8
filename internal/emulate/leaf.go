package emulate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"sync"
	"time"
)

const (
	leafDays   = 90
	mostLeaves = 1000
)

// leaves makes the certificates of host names when they are asked for, and keeps the latest of them in memory.
type leaves struct {
	authority *Authority
	now       func() time.Time

	mu   sync.Mutex
	key  *ecdsa.PrivateKey // of all of them; made with the first
	made map[string]*tls.Certificate
}

// of returns a certificate for one host name, good for at least another day.
func (l *leaves) of(name string) (*tls.Certificate, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if known := l.made[name]; known != nil && now.AddDate(0, 0, 1).Before(known.Leaf.NotAfter) {
		return known, nil
	}
	made, err := l.sign(name, now)
	if err != nil {
		return nil, fmt.Errorf("make a certificate for %s: %w", name, err)
	}
	if l.made == nil {
		l.made = map[string]*tls.Certificate{}
	}
	if len(l.made) >= mostLeaves {
		clear(l.made) // somebody makes up names; another certificate costs less than keeping an order
	}
	l.made[name] = made
	return made, nil
}

func (l *leaves) sign(name string, now time.Time) (*tls.Certificate, error) {
	if l.key == nil {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		l.key = key
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{Organization: []string{"Roster stand-in"}},
		DNSNames:              []string{name},
		NotBefore:             now.AddDate(0, 0, -1),
		NotAfter:              now.AddDate(0, 0, leafDays),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, l.authority.cert, l.key.Public(), l.authority.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(signed)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: l.key, Leaf: leaf}, nil
}
