package definition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
)

// Canonical is the definition as JSON with sorted keys, normalised numbers and no
// insignificant space, without `layout`: what is hashed, stored and run. The same
// document gives the same bytes whether it was written as JSON or YAML.
func (d *Definition) Canonical() []byte {
	content := maps.Clone(d.Raw)
	delete(content, "layout")
	return encode(content)
}

// Hash is the hex SHA-256 of canonical bytes.
func Hash(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

// encode writes a value that Parse decoded; such a value is always JSON.
func encode(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("encode a decoded definition: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
