package nodes

import (
	"fermata/interpreter/nodes/form"
)

// with completes a spec from the one description of its settings: their schema and
// their reader cannot drift apart.
func (s Spec) with(o form.Object, build func(v *form.Values, r *Report) Settings) Spec {
	s.Schema = o.Schema()
	s.Schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s.Schema["$defs"] = map[string]any{"condition": form.ConditionSchema()}
	s.Decode = func(with map[string]any, r *Report) Settings {
		return build(o.Values(with, "", r), r)
	}
	return s
}

// action is the frame of every action: main port `next`, and `error`.
func action(s Spec) Spec {
	if s.MainPort == "" {
		s.MainPort = PortNext
	}
	s.FixedPorts = []string{s.MainPort, PortError}
	return s
}

// actionPorts gives the settings of an action their two ports.
type actionPorts struct{}

// Ports are next and error.
func (actionPorts) Ports() []string { return []string{PortNext, PortError} }

// nextPort gives settings the single port next.
type nextPort struct{}

// Ports is next alone.
func (nextPort) Ports() []string { return []string{PortNext} }

func choice(words ...string) form.Choice { return form.Choice{Words: words} }

func text(most int) form.Text { return form.Text{Max: most} }

// requireOneOf reports when none of the keys is given; a check for groups where
// more than one may be.
func requireOneOf(v *form.Values, r *Report, keys ...string) {
	for _, key := range keys {
		if v.Has(key) {
			return
		}
	}
	hint := ""
	for i, key := range keys {
		if i > 0 {
			hint += " or "
		}
		hint += key
	}
	r.Error(form.Join(v.Path, keys[0]), form.CodeRequired, "one of these is required: "+hint, "")
}

// onlyWith reports each of the keys that is given although it has a meaning only
// beside another key.
func onlyWith(v *form.Values, r *Report, other string, keys ...string) {
	if v.Has(other) {
		return
	}
	for _, key := range keys {
		if v.Has(key) {
			r.Error(form.Join(v.Path, key), form.CodeConflict, key+" has a meaning only beside "+other, "remove "+key)
		}
	}
}
