// Package emulate is what only a stand-in has: a certificate authority and a proxy of its own, through which
// clients that insist on Atlassian's host names reach it unmodified. It opens no connection to anywhere.
package emulate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

const (
	lifetime = 10 // years of the authority
	keyFile  = "ca-key.pem"
	certFile = "ca.pem"
)

// Authority is a certificate authority that lives in a folder.
type Authority struct {
	File string // with its certificate and nothing else, for clients
	PEM  []byte // what File holds

	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// OpenAuthority returns the authority of a folder, and makes it where there is none. Of processes that make it at
// the same time one succeeds, and all return that one. An authority that is damaged, has ended, or whose key
// others may read is an error.
func OpenAuthority(folder string, now time.Time) (*Authority, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("find the folder of the certificate authority: %w", err)
	}
	path := filepath.Join(folder, keyFile)
	text, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeAuthority(path, now); err != nil {
			return nil, fmt.Errorf("make a certificate authority in %s: %w", folder, err)
		}
		text, err = readKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open the certificate authority: %w", err)
	}
	a := &Authority{File: filepath.Join(folder, certFile)}
	if err := a.parse(text); err != nil {
		return nil, fmt.Errorf("the certificate authority %s: %w; without that file a new one is made", path, err)
	}
	if now.After(a.cert.NotAfter) {
		return nil, fmt.Errorf("the certificate authority %s ended on %s; without that file a new one is made", path, a.cert.NotAfter.Format(time.DateOnly))
	}
	if err := a.publish(); err != nil {
		return nil, fmt.Errorf("write the certificate %s: %w", a.File, err)
	}
	return a, nil
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may read the key %s; chmod 600 it, or remove it if they have", path)
	}
	return os.ReadFile(path)
}

// makeAuthority writes a new key, and its certificate behind it, unless path is there. They are one file, so that
// no two processes can ever pair the key of one with the certificate of the other.
func makeAuthority(path string, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	serial, err := newSerial()
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "Roster stand-in " + serial.Text(16)[:8], Organization: []string{"Roster"}},
		NotBefore:             now.AddDate(0, 0, -1),
		NotAfter:              now.AddDate(lifetime, 0, 0),
		IsCA:                  true,
		MaxPathLenZero:        true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	pem.Encode(&text, &pem.Block{Type: "PRIVATE KEY", Bytes: private})
	pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary, err := temporaryFile(filepath.Dir(path), text.Bytes(), 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	// Unlike a renaming, a link never replaces what somebody else has made meanwhile.
	if err := os.Link(temporary, path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func (a *Authority) parse(text []byte) error {
	private, rest := pem.Decode(text)
	if private == nil || private.Type != "PRIVATE KEY" {
		return errors.New("it holds no key")
	}
	public, _ := pem.Decode(rest)
	if public == nil || public.Type != "CERTIFICATE" {
		return errors.New("it holds no certificate")
	}
	key, err := x509.ParsePKCS8PrivateKey(private.Bytes)
	if err != nil {
		return errors.New("its key cannot be read")
	}
	if a.cert, err = x509.ParseCertificate(public.Bytes); err != nil {
		return errors.New("its certificate cannot be read")
	}
	var ok bool
	if a.key, ok = key.(*ecdsa.PrivateKey); !ok || !a.cert.IsCA || !a.key.PublicKey.Equal(a.cert.PublicKey) {
		return errors.New("its key and its certificate are not of one authority")
	}
	a.PEM = pem.EncodeToMemory(public)
	return nil
}

// publish writes the certificate where clients find it, unless it is there.
func (a *Authority) publish() error {
	if text, err := os.ReadFile(a.File); err == nil && bytes.Equal(text, a.PEM) {
		return nil
	}
	temporary, err := temporaryFile(filepath.Dir(a.File), a.PEM, 0o644)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, a.File); err != nil {
		os.Remove(temporary)
		return err
	}
	return nil
}

// temporaryFile writes a whole file beside those of a folder and returns its path.
func temporaryFile(folder string, text []byte, mode fs.FileMode) (path string, err error) {
	f, err := os.CreateTemp(folder, ".ca-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return f.Name(), err
}

// newSerial returns a positive number of 127 random bits.
func newSerial() (*big.Int, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 126))
	if err != nil {
		return nil, fmt.Errorf("choose a serial number: %w", err)
	}
	return n.SetBit(n, 126, 1), nil
}
