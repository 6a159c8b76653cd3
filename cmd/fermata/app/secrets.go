package app

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
)

// Box seals secrets with AES-256-GCM under a key derived from FERMATA_SECRET_KEY
// (HKDF-SHA256). The name of a secret is authenticated with its value.
type Box struct{ aead cipher.AEAD }

// NewBox makes the box of a key.
func NewBox(key string) (*Box, error) {
	derived, err := hkdf.Key(sha256.New, []byte(key), nil, "fermata secrets v1", 32)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return &Box{aead: aead}, nil
}

// Seal encrypts a value under a fresh nonce.
func (b *Box) Seal(name string, plain []byte) (sealed, nonce []byte, err error) {
	nonce = make([]byte, b.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, nil, fmt.Errorf("make nonce: %w", err)
	}
	return b.aead.Seal(nil, nonce, plain, []byte(name)), nonce, nil
}

// Open decrypts a value that was sealed under this key and this name.
func (b *Box) Open(name string, sealed, nonce []byte) (string, error) {
	if len(nonce) != b.aead.NonceSize() {
		return "", fmt.Errorf("open secret %s: bad nonce", name)
	}
	plain, err := b.aead.Open(nil, nonce, sealed, []byte(name))
	if err != nil {
		return "", fmt.Errorf("open secret %s: %w", name, err)
	}
	return string(plain), nil
}
