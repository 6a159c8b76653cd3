package outgoing

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"fermata/interpreter/expr"
	"fermata/links"
)

// Masked stands where a secret would.
const Masked = "••••"

const (
	// minSecret is the shortest part of a secret that is looked for: shorter ones are in every text.
	minSecret = 4
	// minToken is from where on a part of a secret path is taken for a token.
	minToken = 16
)

// Mask replaces in an answer, and in what is told of a call, everything that came from its secrets:
// the plain values, the spellings that they have in addresses and headers, and of an address its
// parts.
type Mask struct{ replace *strings.Replacer }

// NewMask makes the mask of a call that is only looked at: of a secret address it shows nothing.
func NewMask(r Request) Mask { return newMask(r, secretParts) }

// NewAnswerMask makes the mask of an answer that is kept and used: it hides secrets and what in a
// secret address gives access, and leaves its host and plain path, which links in the answer need.
func NewAnswerMask(r Request) Mask { return newMask(r, accessParts) }

func newMask(r Request, partsOf func(u *url.URL) []string) Mask {
	var hidden []string
	for _, secret := range r.Secrets {
		hidden = append(hidden, secret)
		if u, err := url.Parse(secret); err == nil && u.Host != "" {
			hidden = append(hidden, partsOf(u)...)
		}
	}
	for _, secret := range slices.Clone(hidden) {
		hidden = append(hidden, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)))
		// As part of JSON that broke off, with and without escaping for HTML.
		if quoted, err := json.Marshal(secret); err == nil {
			hidden = append(hidden, strings.Trim(string(quoted), `"`), strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(strings.Trim(string(quoted), `"`)))
		}
		if _, credential, found := strings.Cut(secret, " "); found { // Bearer …, Basic …
			hidden = append(hidden, strings.TrimSpace(credential))
		}
	}
	hidden = slices.DeleteFunc(hidden, func(s string) bool { return len(s) < minSecret })
	// The longest first: a part must not break up the whole.
	slices.SortFunc(hidden, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, secret := range slices.Compact(hidden) {
		pairs = append(pairs, secret, Masked)
	}
	return Mask{strings.NewReplacer(pairs...)}
}

// secretParts are the parts of a secret address that alone give it away.
func secretParts(u *url.URL) []string {
	parts := append(accessParts(u), u.Host, u.Hostname(), u.RequestURI(), u.Path)
	for _, part := range strings.Split(u.Path, "/") {
		if len(part) >= 2*minSecret {
			parts = append(parts, part)
		}
	}
	return parts
}

// accessParts are the parts of a secret address that give access.
func accessParts(u *url.URL) []string {
	parts := []string{u.RawQuery}
	if u.User != nil {
		password, _ := u.User.Password()
		parts = append(parts, u.User.Username(), password)
	}
	for _, values := range u.Query() {
		parts = append(parts, values...)
	}
	for _, part := range strings.Split(u.Path, "/") {
		if len(part) >= minToken {
			parts = append(parts, part)
		}
	}
	return parts
}

// Text masks a text.
func (m Mask) Text(s string) string { return m.replace.Replace(s) }

// Value masks all texts inside a JSON value, in place.
func (m Mask) Value(v any) any { return mapTexts(v, m.Text) }

// Links lists where the links of an HTML mail lead, each once, in order.
func Links(html string) []string {
	found := []string{}
	links.Rewrite(html, "", func(target string) (string, bool) {
		if target != "" && !slices.Contains(found, target) {
			found = append(found, target)
		}
		return "", false
	})
	return found
}

// Gap is something that a text asks for and does not get, or a mistake in it. Path is the JSON
// pointer of the text; with Missing it renders empty, else Err says what is wrong.
type Gap struct {
	Path, Missing string
	Err           error
}

// Gaps renders every text inside a JSON value, the settings of a node, and lists what is missing in
// each, in a stable order.
func Gaps(v any, scope *expr.Scope) []Gap {
	var found []Gap
	walkTexts(v, "", func(path, text string) {
		seen := map[string]bool{}
		_, err := expr.Render(text, scope, expr.RenderOptions{Missing: func(missing string) {
			if !seen[missing] {
				seen[missing] = true
				found = append(found, Gap{Path: path, Missing: missing})
			}
		}})
		if err != nil {
			found = append(found, Gap{Path: path, Err: err})
		}
	})
	return found
}

func walkTexts(v any, path string, visit func(path, text string)) {
	switch v := v.(type) {
	case string:
		visit(path, v)
	case []any:
		for i, item := range v {
			walkTexts(item, fmt.Sprintf("%s/%d", path, i), visit)
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			walkTexts(v[key], path+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(key), visit)
		}
	}
}
