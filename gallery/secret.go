package gallery

import (
	"fmt"
	"strings"
)

// Secret is a value that is to be kept encrypted under a name.
type Secret struct{ Name, Value, Blank string }

// Secrets puts the names of secrets in the place of their values, and returns those
// that are to be stored; exists says which names are taken. A value never replaces a
// stored secret: it gets the next free name. Without an answer the secret that bears
// the blank's own name is used when there is one.
func (t *Template) Secrets(answers Answered, exists func(name string) bool) ([]Secret, []Fault) {
	var stored []Secret
	var faults []Fault
	for _, blank := range t.Blanks {
		if blank.Kind != KindSecret {
			continue
		}
		given, _ := answers[blank.Key].(string)
		name, named := strings.CutPrefix(given, secretPrefix)
		switch {
		case given == "":
			if exists(blank.Key) {
				answers[blank.Key] = secretPrefix + blank.Key
			}
		case named:
			if !exists(name) {
				faults = append(faults, Fault{Blank: blank.Key, Message: fmt.Sprintf("there is no secret %s", name), Hint: "give its value, or store it first"})
			}
		default:
			name = blank.Key
			for n := 2; exists(name); n++ {
				name = fmt.Sprintf("%s_%d", blank.Key, n)
			}
			stored = append(stored, Secret{Name: name, Value: given, Blank: blank.Key})
			answers[blank.Key] = secretPrefix + name
		}
	}
	return stored, faults
}
