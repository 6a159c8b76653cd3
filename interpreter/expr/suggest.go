package expr

import (
	"regexp"
	"strings"
)

// Suggest returns the known word nearest to a misspelled one, or "" when none is near enough to be
// what was meant.
func Suggest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	word = strings.ToLower(word)
	best, nearest := "", len(word)/3+2
	for _, candidate := range known {
		if d := Distance(word, strings.ToLower(candidate)); d < nearest {
			best, nearest = candidate, d
		}
	}
	return best
}

// didYouMean writes a hint around Suggest; without a near word it lists what is known.
func didYouMean(word string, known []string) string {
	if near := Suggest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "one of: " + strings.Join(known, ", ")
}

// Distance counts the edits between two words, a swap of neighbours as one (optimal string alignment).
func Distance(a, b string) int {
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}

const maxEventType = 100

var (
	eventType    = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
	notEventChar = regexp.MustCompile(`[^a-z0-9_.]+`)
	badEventPart = regexp.MustCompile(`^[0-9_]+`)
)

// CheckEventType reports whether name is a valid event name (purchase.completed, at most 100
// characters) and, if not, the nearest valid spelling, "" when there is none.
func CheckEventType(name string) (nearest string, ok bool) {
	if len(name) <= maxEventType && eventType.MatchString(name) {
		return name, true
	}
	if len(name) > 4*maxEventType {
		return "", false
	}
	spelled := strings.NewReplacer(" ", "_", "-", "_", ":", ".", "/", ".").Replace(strings.ToLower(strings.TrimSpace(name)))
	var parts []string
	for part := range strings.SplitSeq(notEventChar.ReplaceAllString(spelled, ""), ".") {
		if part = badEventPart.ReplaceAllString(part, ""); part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 1 {
		if first, second, found := strings.Cut(parts[0], "_"); found && first != "" && second != "" {
			parts = []string{first, badEventPart.ReplaceAllString(second, "")}
		}
	}
	nearest = strings.Join(parts, ".")
	if len(nearest) > maxEventType || !eventType.MatchString(nearest) {
		return "", false
	}
	return nearest, false
}
