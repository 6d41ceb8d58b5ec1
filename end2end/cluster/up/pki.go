package up

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// pki is the cluster's own authority, its server's certificate and the key that
// signs service account tokens. It is kept, so that a kubeconfig given away stays good.
type pki struct {
	ca                      []byte // PEM
	caFile                  string
	servingCert, servingKey string
	accountKey              string
}

func loadOrMakePKI(dir string) (pki, error) {
	p := pki{
		caFile:      filepath.Join(dir, "ca.crt"),
		servingCert: filepath.Join(dir, "apiserver.crt"),
		servingKey:  filepath.Join(dir, "apiserver.key"),
		accountKey:  filepath.Join(dir, "service-account.key"),
	}
	var err error
	if p.ca, err = os.ReadFile(p.caFile); errors.Is(err, fs.ErrNotExist) {
		p.ca, err = p.make(dir)
	}
	return p, err
}

// make writes all keys and certificates; the authority last, as the mark that all are there.
func (p pki) make(dir string) ([]byte, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	caKey, err := newKey()
	if err != nil {
		return nil, err
	}
	servingKey, err := newKey()
	if err != nil {
		return nil, err
	}
	accountKey, err := newKey()
	if err != nil {
		return nil, err
	}
	from, until := time.Now().Add(-time.Hour), time.Now().AddDate(10, 0, 0)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "slipway test cluster"},
		NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	serving := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "kube-apiserver"},
		NotBefore: from, NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(10, 96, 0, 1)},
		DNSNames:    []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"},
	}
	caCert, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return nil, err
	}
	servingCert, err := x509.CreateCertificate(rand.Reader, serving, ca, &servingKey.PublicKey, caKey)
	if err != nil {
		return nil, err
	}
	return writeAll(p, caCert, servingCert, servingKey, accountKey)
}

func writeAll(p pki, caCert, servingCert []byte, servingKey, accountKey *ecdsa.PrivateKey) ([]byte, error) {
	for path, key := range map[string]*ecdsa.PrivateKey{p.servingKey: servingKey, p.accountKey: accountKey} {
		der, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, encode("EC PRIVATE KEY", der), 0o600); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(p.servingCert, encode("CERTIFICATE", servingCert), 0o600); err != nil {
		return nil, err
	}
	ca := encode("CERTIFICATE", caCert)
	return ca, os.WriteFile(p.caFile, ca, 0o600)
}

func newKey() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
