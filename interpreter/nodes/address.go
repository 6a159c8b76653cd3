package nodes

import (
	"fmt"
	"strings"

	"fermata/interpreter/nodes/form"
)

// address is the setting of a mail address, plain or as Name <address>.
type address struct {
	// words are accepted beside addresses.
	words []string
	// sender notes the address as a sender.
	sender bool
}

func (a address) Schema() map[string]any { return map[string]any{"type": "string", "minLength": 1} }

func (a address) Widget() string { return "address" }

func (a address) Read(raw any, at string, r *Report) any {
	s, ok := form.Liquid{}.Read(raw, at, r).(string)
	if !ok {
		return nil
	}
	for _, word := range a.words {
		if s == word {
			return s
		}
	}
	if form.HasLiquid(s) {
		return s
	}
	list, ok := splitAddresses(s)
	if !ok || len(list) == 0 || a.sender && len(list) > 1 {
		r.Error(at, form.CodeValue, fmt.Sprintf("%s is not a mail address", quoted(s)), "write ana@example.com, or Ana <ana@example.com>")
		return nil
	}
	if a.sender {
		r.Refer(form.RefSender, bare(list[0]), at)
	}
	return s
}

// addresses is one address or a list of them.
func addresses(words ...string) form.List {
	return form.List{Of: address{words: words}, Single: true, Max: 50}
}

// addresses renders mail addresses; each entry may render to several, separated by
// commas. An address that could break out of its header fails. Where the template writes
// Name <address>, the values in it are parts of these and bring no address of their own: a
// name comes from whoever filled in a form.
func (r *renderer) addresses(list []string) []string {
	var out []string
	for _, src := range list {
		if strings.ContainsRune(src, '<') {
			out = append(out, r.checked(r.escaped(src, part))...)
			continue
		}
		out = append(out, r.checked(r.text(src))...)
	}
	return out
}

// part is a value inside Name <address>: what would end that one becomes a space.
func part(text string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(`,;:<>()[]"\`, c) {
			return ' '
		}
		return c
	}, text)
}

// checked splits a rendered list of addresses.
func (r *renderer) checked(rendered string) []string {
	parts, ok := splitAddresses(rendered)
	if !ok {
		r.fail(CodeBadAddress, "%s is not a mail address", quoted(rendered))
	}
	return parts
}

// address renders at most one address.
func (r *renderer) address(src string) string {
	list := r.addresses([]string{src})
	if len(list) > 1 {
		r.fail(CodeBadAddress, "there is room for one address only")
	}
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// splitAddresses splits at commas outside of quotes and brackets. It answers false
// when a part is not an address; empty parts are dropped.
func splitAddresses(s string) ([]string, bool) {
	var parts []string
	quote, bracket, start := false, false, 0
	for i, c := range s {
		switch {
		case breaksLine(c):
			return nil, false
		case c == '"':
			quote = !quote
		case quote:
		case c == '<':
			bracket = true
		case c == '>':
			bracket = false
		case c == ',' && !bracket:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	parts = append(parts, s[start:])
	var out []string
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if !validAddress(part) {
			return nil, false
		}
		out = append(out, part)
	}
	return out, true
}

// validAddress checks the shape only; whether it can be reached is for the server
// that takes the mail.
func validAddress(s string) bool {
	if open := strings.LastIndexByte(s, '<'); open >= 0 {
		name := strings.TrimSpace(s[:open])
		if !strings.HasSuffix(s, ">") || strings.ContainsAny(strings.Trim(name, `"`), `"<>\`) {
			return false
		}
	}
	a := bare(s)
	local, domain, ok := strings.Cut(a, "@")
	return ok && local != "" && domain != "" && len(a) <= 254 && !strings.ContainsAny(a, " \t,;:<>()[]\"\\") &&
		!strings.Contains(domain, "@") && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".")
}

// bare is the address of Name <address>.
func bare(s string) string {
	if open := strings.LastIndexByte(s, '<'); open >= 0 {
		return strings.TrimSuffix(s[open+1:], ">")
	}
	return s
}
