package app

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// FromEnvironment reads the settings from the environment and the defaults alone.
func FromEnvironment() (Settings, error) {
	var s Settings
	parser, err := kong.New(&s, kong.Name("fermata"))
	if err != nil {
		return s, fmt.Errorf("describe settings: %w", err)
	}
	if _, err := parser.Parse(nil); err != nil {
		return s, NamedError(err)
	}
	return s, nil
}

// namedFlag is how the parser begins an error about the value of a flag.
var namedFlag = regexp.MustCompile(`(?s)^--([a-z-]+)(?:=[^:]*)?: (.*)$`)

// NamedError rewrites the parser's flag names to those of the environment, which is
// how most installations set them.
func NamedError(err error) error {
	parts := namedFlag.FindStringSubmatch(err.Error())
	if parts == nil {
		return err
	}
	flag, what := parts[1], parts[2]
	return fmt.Errorf("FERMATA_%s (--%s): %s", strings.ToUpper(strings.ReplaceAll(flag, "-", "_")), flag, what)
}

// SecretKeyFile returns the key that encrypts secrets in a data folder, and makes a
// random one the first time.
func SecretKeyFile(dir string) (string, error) {
	path := filepath.Join(dir, "secret.key")
	raw, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(raw)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read secret key: %w", err)
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return "", fmt.Errorf("make secret key: %w", err)
	}
	text := hex.EncodeToString(key)
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write secret key: %w", err)
	}
	return text, nil
}
