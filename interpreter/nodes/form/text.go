package form

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
)

// Patterns of names that appear in definitions.
var (
	WorkflowKey = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	NodeID      = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	// PartID names branches, split ports, triggers, exits and awaited events.
	PartID     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$`)
	SecretName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)
	currency   = regexp.MustCompile(`^[A-Za-z]{3}$`)
)

// eventPattern is how event names look; expr.CheckEventType decides.
const eventPattern = `^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`

// SecretPrefix marks a text that stands for a stored secret: `secret:name`.
const SecretPrefix = "secret:"

// maxText bounds every text of a definition that has no smaller bound, in bytes.
const maxText = 128 << 10

// Text is a literal string.
type Text struct {
	// Pattern must match when set; Expected then says in words what is expected.
	Pattern  *regexp.Regexp
	Expected string
	// Max is the longest text in characters, 0 = only the general bound.
	Max int
	// Lines asks for a control with several lines.
	Lines bool
	// Kind is the widget, when it is not simply text.
	Kind string
}

// Schema describes the text.
func (t Text) Schema() map[string]any {
	s := map[string]any{"type": "string"}
	if t.Pattern != nil {
		s["pattern"] = t.Pattern.String()
	}
	if t.Max > 0 {
		s["maxLength"] = t.Max
	}
	return s
}

// Widget is "text" or "textarea".
func (t Text) Widget() string {
	switch {
	case t.Kind != "":
		return t.Kind
	case t.Lines:
		return "textarea"
	}
	return "text"
}

// Read returns a string.
func (t Text) Read(raw any, at string, r *Report) any {
	s, ok := plain(raw, at, r)
	if !ok {
		return nil
	}
	if t.Max > 0 && utf8.RuneCountInString(s) > t.Max {
		r.Error(at, CodeValue, fmt.Sprintf("is longer than %d characters", t.Max), "")
		return nil
	}
	if t.Pattern != nil && !t.Pattern.MatchString(s) {
		r.Error(at, CodeValue, fmt.Sprintf("%q is not %s", clip(s), t.Expected), "pattern: "+t.Pattern.String())
		return nil
	}
	return s
}

// Liquid is a string with merge fields.
type Liquid struct {
	Lines bool
	// Secret allows `secret:name` as the whole text.
	Secret bool
	// Ref notes the text as a reference of this kind, unless Liquid is in it.
	Ref RefKind
	// Kind is the widget, when it is not "liquid".
	Kind string
	// May be empty only when set.
	Empty bool
}

// Schema describes the text.
func (l Liquid) Schema() map[string]any {
	s := map[string]any{"type": "string"}
	if !l.Empty {
		s["minLength"] = 1
	}
	return s
}

// Widget is "liquid", or "liquid-lines" for several lines.
func (l Liquid) Widget() string {
	switch {
	case l.Kind != "":
		return l.Kind
	case l.Lines:
		return "liquid-lines"
	}
	return "liquid"
}

// Read returns the template source as a string.
func (l Liquid) Read(raw any, at string, r *Report) any {
	s, ok := plain(raw, at, r)
	if !ok {
		return nil
	}
	if strings.TrimSpace(s) == "" && !l.Empty {
		r.Error(at, CodeRequired, "is empty", "")
		return nil
	}
	if name, secret := strings.CutPrefix(s, SecretPrefix); secret && l.Secret {
		if !SecretName.MatchString(name) {
			r.Error(at, CodeValue, fmt.Sprintf("%q is not the name of a secret", clip(name)), "a secret is written secret:name and stands alone")
			return nil
		}
		r.Refer(RefSecret, name, at)
		return s
	}
	if !checkLiquid(s, at, r) {
		return nil
	}
	if l.Ref != "" {
		r.Refer(l.Ref, strings.TrimSpace(s), at)
	}
	return s
}

func checkLiquid(s, at string, r *Report) bool {
	if err := expr.CheckTemplate(s); err != nil {
		r.Error(at, CodeLiquid, "is not valid Liquid: "+err.Error(), "merge fields are written {{ contact.first_name }}")
		return false
	}
	return true
}

// Secret is the name of a stored secret, with or without the prefix `secret:`.
type Secret struct{}

// Schema describes the name.
func (Secret) Schema() map[string]any { return map[string]any{"type": "string", "minLength": 1} }

// Widget is "secret".
func (Secret) Widget() string { return "secret" }

// Read returns `secret:name`.
func (Secret) Read(raw any, at string, r *Report) any {
	s, ok := plain(raw, at, r)
	if !ok {
		return nil
	}
	name := strings.TrimPrefix(s, SecretPrefix)
	if !SecretName.MatchString(name) {
		r.Error(at, CodeValue, fmt.Sprintf("%q is not the name of a secret", clip(s)), "store the value as a secret and write secret:name")
		return nil
	}
	r.Refer(RefSecret, name, at)
	return SecretPrefix + name
}

// Choice is one of a few words.
type Choice struct{ Words []string }

// Schema lists the words.
func (c Choice) Schema() map[string]any {
	words := make([]any, len(c.Words))
	for i, w := range c.Words {
		words[i] = w
	}
	return map[string]any{"type": "string", "enum": words}
}

// Widget is "choice".
func (Choice) Widget() string { return "choice" }

// Read returns one of the words.
func (c Choice) Read(raw any, at string, r *Report) any {
	s, ok := plain(raw, at, r)
	if !ok {
		return nil
	}
	if !slices.Contains(c.Words, s) {
		r.Error(at, CodeValue, fmt.Sprintf("%q is not one of %s", clip(s), strings.Join(c.Words, ", ")), r.DidYouMean(s, c.Words))
		return nil
	}
	return s
}

// Path is a path into the scope, such as contact.plan.
type Path struct {
	// Roots are the allowed first parts.
	Roots []string
	// Words are accepted beside paths.
	Words []string
	// Bare allows a single word, which is taken as a field of the contact.
	Bare bool
}

// Roots are the roots of a scope.
var Roots = []string{"contact", "trigger", "event", "deal", "enrollment", "vars", "account"}

// Schema describes the path.
func (Path) Schema() map[string]any { return map[string]any{"type": "string", "minLength": 1} }

// Widget is "path".
func (Path) Widget() string { return "path" }

// Read returns the path.
func (p Path) Read(raw any, at string, r *Report) any {
	s, ok := plain(raw, at, r)
	if !ok {
		return nil
	}
	if slices.Contains(p.Words, s) {
		return s
	}
	if HasLiquid(s) {
		r.Error(at, CodeValue, "takes a path, not Liquid", "write "+strings.Trim(s, "{} "))
		return nil
	}
	if p.Bare && NodeID.MatchString(s) {
		return "contact." + s
	}
	roots := p.Roots
	if roots == nil {
		roots = Roots
	}
	root, rest := s, ""
	if i := strings.IndexAny(s, ".["); i > 0 {
		root, rest = s[:i], s[i:]
	}
	if rest == "" || !slices.Contains(roots, root) || !readable(s) {
		r.Error(at, CodeValue, fmt.Sprintf("%q is not a path under %s", clip(s), strings.Join(roots, ", ")), p.hint(root, roots, r))
		return nil
	}
	return s
}

func (p Path) hint(root string, roots []string, r *Report) string {
	if len(roots) == 1 && NodeID.MatchString(root) && root != roots[0] {
		return "write " + roots[0] + "." + root
	}
	return r.DidYouMean(root, roots)
}

// readable asks the one parser of paths, which is that of conditions.
func readable(path string) bool {
	_, issues := expr.ParseCondition(map[string]any{"field": path, "op": "exists"})
	return len(issues) == 0
}

// Zone is an IANA time zone, or one of Words.
type Zone struct{ Words []string }

// Schema describes the zone.
func (Zone) Schema() map[string]any { return map[string]any{"type": "string", "minLength": 1} }

// Widget is "timezone".
func (Zone) Widget() string { return "timezone" }

// Read returns the name of the zone.
func (z Zone) Read(raw any, at string, r *Report) any {
	s, ok := plain(raw, at, r)
	if !ok {
		return nil
	}
	if slices.Contains(z.Words, s) {
		return s
	}
	if _, known := calendar.Zone(s); !known {
		r.Error(at, CodeValue, fmt.Sprintf("%q is not an IANA time zone", clip(s)), "for example Europe/Berlin")
		return nil
	}
	return s
}

// Event is the type of an event.
type Event struct {
	// Emitted is set where the event is made, not waited for.
	Emitted bool
}

// Schema describes the name.
func (Event) Schema() map[string]any {
	return map[string]any{"type": "string", "pattern": eventPattern, "maxLength": 100}
}

// Widget is "event".
func (Event) Widget() string { return "event" }

// Read returns the name and notes it as a reference, unless it is emitted.
func (e Event) Read(raw any, at string, r *Report) any {
	s, ok := plain(raw, at, r)
	if !ok {
		return nil
	}
	if near, valid := expr.CheckEventType(s); !valid {
		hint := "event names look like purchase.completed"
		if near != "" {
			hint = "did you mean " + near + "?"
		}
		r.Error(at, CodeValue, fmt.Sprintf("%q is not an event name", clip(s)), hint)
		return nil
	}
	if !e.Emitted {
		r.Refer(RefEvent, s, at)
	}
	return s
}

// Currency is an ISO 4217 code, or Liquid that gives one.
type Currency struct{}

// Schema describes the code.
func (Currency) Schema() map[string]any { return map[string]any{"type": "string", "minLength": 3} }

// Widget is "currency".
func (Currency) Widget() string { return "currency" }

// Read returns the code as written.
func (Currency) Read(raw any, at string, r *Report) any {
	s, ok := plain(raw, at, r)
	if !ok {
		return nil
	}
	if HasLiquid(s) {
		if !checkLiquid(s, at, r) {
			return nil
		}
		return s
	}
	if !currency.MatchString(s) {
		r.Error(at, CodeValue, fmt.Sprintf("%q is not an ISO 4217 currency", clip(s)), "for example USD")
		return nil
	}
	return strings.ToUpper(s)
}
