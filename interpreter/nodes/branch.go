package nodes

import (
	"fmt"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// MaxBranches bounds the ways out of one branch.
const MaxBranches = 20

// BranchRule is one way out of a branch.
type BranchRule struct {
	ID   string
	When *expr.Condition
}

// Branch leaves by the first rule that is true, else by the port else.
type Branch struct{ Branches []BranchRule }

func branchSpec() Spec {
	return Spec{
		Type: "branch", Title: "Branch", Group: "Logic", Icon: "git-branch", Kind: KindDecide,
		Description: "Takes the first way whose condition is true, otherwise else.",
		FixedPorts:  []string{PortElse}, PortsFrom: "branches[].id", Available: true,
		Initial: map[string]any{"branches": []any{map[string]any{"id": "yes"}}},
	}.with(form.Object{
		Fields: []form.Field{{
			Key: "branches", Label: "Branches", Required: true, Widget: "branches", Help: "the first one that is true wins",
			Type: form.List{Min: 1, Max: MaxBranches, Of: form.Object{Fields: []form.Field{
				{Key: "id", Type: portName(), Label: "Name", Required: true},
				{Key: "when", Type: form.Condition{}, Label: "When", Required: true},
			}}},
		}},
	}, func(v *form.Values, r *Report) Settings {
		b := &Branch{}
		seen := map[string]bool{PortElse: true}
		for _, rule := range v.Objects("branches") {
			claimPort(seen, rule, r)
			b.Branches = append(b.Branches, BranchRule{ID: rule.Text("id"), When: rule.Condition("when")})
		}
		return b
	})
}

// Ports are the ids of the rules, then else.
func (b *Branch) Ports() []string {
	ports := make([]string, 0, len(b.Branches)+1)
	for _, rule := range b.Branches {
		ports = append(ports, rule.ID)
	}
	return append(ports, PortElse)
}

// Decide evaluates the rules in order until one is true. The values record every
// evaluation that took place, with paths under the node's `with`. An error means
// that a fact could not be read.
func (b *Branch) Decide(s *expr.Scope) (port string, values []expr.Value, err error) {
	for i, rule := range b.Branches {
		if rule.When == nil {
			return "", values, fmt.Errorf("decide branch %q: it has no condition", rule.ID)
		}
		ok, seen, err := rule.When.Eval(s)
		for _, v := range seen {
			v.Path = fmt.Sprintf("/branches/%d/when%s", i, v.Path)
			values = append(values, v)
		}
		if err != nil {
			return "", values, fmt.Errorf("decide branch %q: %w", rule.ID, err)
		}
		if ok {
			return rule.ID, values, nil
		}
	}
	return PortElse, values, nil
}

// Summary names the ways out.
func (b *Branch) Summary() string {
	ids := make([]string, len(b.Branches))
	for i, rule := range b.Branches {
		ids[i] = rule.ID
	}
	return "Branch: " + named(ids) + " or else"
}
