package emulate

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var noon = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)

func authority(t *testing.T) *Authority {
	t.Helper()
	a, err := OpenAuthority(filepath.Join(t.TempDir(), "ca"), noon)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnAuthorityIsMadeOnceAndItsKeyIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	a := authority(t)
	folder := filepath.Dir(a.File)
	again, err := OpenAuthority(folder, noon.AddDate(9, 0, 0))
	if err != nil || !bytes.Equal(a.PEM, again.PEM) || a.File != again.File {
		t.Errorf("it became another (%v)", err)
	}
	if info, err := os.Stat(filepath.Join(folder, keyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v (%v)", info.Mode(), err)
	}
	if text, err := os.ReadFile(a.File); err != nil || !bytes.Equal(text, a.PEM) || bytes.Contains(text, []byte("PRIVATE")) {
		t.Errorf("the certificate: %s (%v)", text, err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 2 {
		t.Errorf("there are %v (%v)", files, err)
	}
	c := a.cert
	if !c.IsCA || c.MaxPathLen != 0 || !c.MaxPathLenZero || !c.NotBefore.Equal(noon.AddDate(0, 0, -1)) || !c.NotAfter.Equal(noon.AddDate(10, 0, 0)) {
		t.Errorf("the certificate is %+v", c)
	}
}

func TestOfManyThatMakeAnAuthorityAllGetTheSame(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	made := make([]*Authority, 16)
	var all sync.WaitGroup
	for i := range made {
		all.Go(func() {
			var err error
			if made[i], err = OpenAuthority(folder, noon); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	for _, a := range made {
		if !bytes.Equal(a.PEM, made[0].PEM) || !a.key.Equal(made[0].key) {
			t.Error("there are two")
		}
	}
	if text, err := os.ReadFile(made[0].File); err != nil || !bytes.Equal(text, made[0].PEM) {
		t.Errorf("clients find %s (%v)", text, err)
	}
}

func TestACertificateThatWasLostOrChangedIsWrittenAgain(t *testing.T) {
	t.Parallel()
	a := authority(t)
	for _, spoil := range []func() error{
		func() error { return os.Remove(a.File) },
		func() error { return os.WriteFile(a.File, []byte("something else"), 0o644) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenAuthority(filepath.Dir(a.File), noon); err != nil {
			t.Error(err)
		}
		if text, err := os.ReadFile(a.File); err != nil || !bytes.Equal(text, a.PEM) {
			t.Errorf("it is %s (%v)", text, err)
		}
	}
}

func TestAnAuthorityThatCannotBeUsedIsOneSentence(t *testing.T) {
	t.Parallel()
	whole := func(t *testing.T) []byte {
		a := authority(t)
		text, err := os.ReadFile(filepath.Join(filepath.Dir(a.File), keyFile))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	one, other := whole(t), whole(t)
	end := func(text []byte) int { return bytes.Index(text, []byte("-----BEGIN CERTIFICATE")) }
	for name, tt := range map[string]struct {
		text []byte
		mode os.FileMode
		now  time.Time
		want string
	}{
		"empty":               {nil, 0o600, noon, "it holds no key"},
		"no PEM":              {[]byte("not a key"), 0o600, noon, "it holds no key"},
		"a key alone":         {one[:end(one)], 0o600, noon, "it holds no certificate"},
		"of two authorities":  {append(bytes.Clone(one[:end(one)]), other[end(other):]...), 0o600, noon, "not of one authority"},
		"a key for all":       {one, 0o644, noon, "others may read the key"},
		"after its ten years": {one, 0o600, noon.AddDate(10, 0, 1), "ended on 2036-02-03"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			path := filepath.Join(folder, keyFile)
			if err := os.WriteFile(path, tt.text, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := OpenAuthority(folder, tt.now)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is %v", err)
			}
			if text, err := os.ReadFile(path); err != nil || !bytes.Equal(text, tt.text) {
				t.Errorf("it was changed to %s (%v)", text, err)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAuthority(filepath.Join(file, "ca"), noon); err == nil {
		t.Error("there is an authority in a file")
	}
}

func TestACertificateIsForOneNameAndOneDayBack(t *testing.T) {
	t.Parallel()
	a := authority(t)
	l := &leaves{authority: a, now: func() time.Time { return noon }}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	serials := map[string]bool{a.cert.SerialNumber.String(): true}
	for _, name := range []string{"example.atlassian.net", "a.b.atlassian.net", "api.atlassian.com", strings.Repeat("x", 63) + ".atlassian.net"} {
		got, err := l.of(name)
		if err != nil {
			t.Fatal(err)
		}
		leaf := got.Leaf
		if len(leaf.DNSNames) != 1 || leaf.DNSNames[0] != name || len(leaf.IPAddresses) != 0 || leaf.IsCA {
			t.Errorf("%s has %v %v", name, leaf.DNSNames, leaf.IPAddresses)
		}
		if !leaf.NotBefore.Equal(noon.AddDate(0, 0, -1)) || !bytes.Equal(leaf.AuthorityKeyId, a.cert.SubjectKeyId) {
			t.Errorf("%s begins at %v, of %x", name, leaf.NotBefore, leaf.AuthorityKeyId)
		}
		for _, at := range []time.Time{noon.Add(-23 * time.Hour), noon, noon.AddDate(0, 0, 89)} {
			if _, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, CurrentTime: at}); err != nil {
				t.Errorf("%s at %v: %v", name, at, err)
			}
		}
		if serial := leaf.SerialNumber; serials[serial.String()] || serial.Sign() <= 0 || serial.BitLen() < 100 || serial.BitLen() > 159 {
			t.Errorf("the serial number is %v", serial)
		}
		serials[leaf.SerialNumber.String()] = true
	}
}

func TestCertificatesAreKeptButNotForEverAndNotWithoutEnd(t *testing.T) {
	t.Parallel()
	now := noon
	l := &leaves{authority: authority(t), now: func() time.Time { return now }}
	get := func(name string) *tls.Certificate {
		c, err := l.of(name)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := get("a.atlassian.net")
	if get("a.atlassian.net") != first {
		t.Error("it was made twice")
	}
	if now = noon.AddDate(0, 0, leafDays-1); get("a.atlassian.net") == first {
		t.Error("it ends within a day")
	}
	for i := range mostLeaves {
		l.made[fmt.Sprintf("x%d.atlassian.net", i)] = first
	}
	get("one.more.atlassian.net")
	if len(l.made) > mostLeaves {
		t.Errorf("%d are kept", len(l.made))
	}
}

func TestTheNamesThatAStandInAnswersFor(t *testing.T) {
	t.Parallel()
	n := Names{As: "people.example.com"}
	for name, want := range map[string]string{
		"people.example.com": "people.example.com", "Example.Atlassian.NET.": "example.atlassian.net", "any.atlassian.net": "any.atlassian.net",
		"api.atlassian.com": "api.atlassian.com", "auth.atlassian.com": "auth.atlassian.com",
		"oauth-2-authorization-server.services.atlassian.com": "oauth-2-authorization-server.services.atlassian.com",
		"connect-install-keys.atlassian.com":                  "connect-install-keys.atlassian.com",

		"": "", ".": "", "atlassian.net": "", ".atlassian.net": "", "x..atlassian.net": "", "atlassian.com": "", "www.atlassian.com": "",
		"evilatlassian.net": "", "x.atlassian.net.evil.example": "", "api.atlassian.com.evil.example": "", "example.com": "", "xpeople.example.com": "",
		"127.0.0.1": "", "::1": "", "[::1]": "", "*.atlassian.net": "", "a b.atlassian.net": "", "a/b.atlassian.net": "", "-a.atlassian.net": "",
		"é.atlassian.net": "", "a\x00.atlassian.net": "", strings.Repeat("x", 64) + ".atlassian.net": "", strings.Repeat("x.", 130) + "atlassian.net": "",
	} {
		got, ok := n.Answer(name)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q gives %q %t", name, got, ok)
		}
	}
	if _, ok := (Names{}).Answer(""); ok {
		t.Error("no name is a name")
	}
	if list := n.List(); len(list) != 5 || list[0] != n.As {
		t.Errorf("the list is %v", list)
	}
	if text := n.String(); !strings.HasPrefix(text, "people.example.com, *.atlassian.net, api.atlassian.com, ") {
		t.Error(text)
	}
}
