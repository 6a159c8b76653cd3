package form

import (
	"strings"

	"fermata/interpreter/expr"
)

// DidYouMean is the hint for a word that is not among the known ones: the nearest
// one, else all of them when they are few.
func DidYouMean(word string, known []string) string {
	if near := expr.Suggest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	if len(known) == 0 || len(known) > 40 {
		return ""
	}
	return "one of: " + strings.Join(known, ", ")
}
