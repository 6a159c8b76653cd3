package nodes

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fermata/interpreter/nodes/form"
)

// Split sends a fixed share of contacts by each port.
type Split struct {
	// Names are the ports in alphabetical order, Shares their percentages.
	Names  []string
	Shares []int
}

func splitSpec() Spec {
	return Spec{
		Type: "split", Title: "Split", Group: "Logic", Icon: "split", Kind: KindDecide,
		Description: "Sends a share of the contacts each way; the same contact always goes the same way.",
		PortsFrom:   "ports{}", Initial: map[string]any{"ports": map[string]any{"a": 50, "b": 50}}, Available: true,
	}.with(form.Object{
		Fields: []form.Field{{
			Key: "ports", Label: "Shares", Required: true, Widget: "shares", Help: "whole numbers that add up to 100",
			Type: form.Map{Of: form.Whole{Min: 0, Max: 100}, Key: form.PartID, Expected: "a name of letters, digits, _ and -, up to 40", Min: 1, Max: MaxBranches},
		}},
	}, func(v *form.Values, r *Report) Settings {
		shares := v.Map("ports")
		s := &Split{Names: slices.Sorted(maps.Keys(shares))}
		sum := 0
		for _, name := range s.Names {
			share, _ := shares[name].(int)
			s.Shares = append(s.Shares, share)
			sum += share
		}
		given, _ := v.Raw("ports").(map[string]any)
		if len(shares) > 0 && len(shares) == len(given) && sum != 100 {
			r.Error(form.Join(v.Path, "ports"), form.CodeValue, fmt.Sprintf("the shares add up to %d", sum), "they must add up to 100")
		}
		return s
	})
}

// Ports are the names, in alphabetical order.
func (s *Split) Ports() []string { return slices.Clone(s.Names) }

// Pick returns the port of a contact: its bucket of 100 is a hash of workflow, node
// and contact, so every visit and every replay gives the same one.
func (s *Split) Pick(workflow, node, contact string) string {
	sum := sha256.Sum256([]byte(workflow + "\x00" + node + "\x00" + contact))
	bucket := int(binary.BigEndian.Uint64(sum[:8]) % 100)
	for i, share := range s.Shares {
		if bucket < share {
			return s.Names[i]
		}
		bucket -= share
	}
	return s.Names[len(s.Names)-1]
}

// Summary names the shares.
func (s *Split) Summary() string {
	parts := make([]string, len(s.Names))
	for i, name := range s.Names {
		parts[i] = fmt.Sprintf("%s %d%%", name, s.Shares[i])
	}
	return "Split: " + strings.Join(parts, ", ")
}
