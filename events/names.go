package events

import (
	"regexp"
	"strings"
	"unicode"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

// maxTypeLength is the most characters an event type may have.
const maxTypeLength = 100

var typePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

// Event types that the platform itself writes.
const (
	TypeContactCreated    = "contact.created"
	TypeContactUpdated    = "contact.updated"
	TypeTagAdded          = "tag.added"
	TypeTagRemoved        = "tag.removed"
	TypeDealCreated       = "deal.created"
	TypeDealStageChanged  = "deal.stage_changed"
	TypeDealWon           = "deal.won"
	TypeDealLost          = "deal.lost"
	TypeCourseEnrolled    = "course.enrolled"
	TypeCourseProgressed  = "course.progressed"
	TypeCourseCompleted   = "course.completed"
	TypeCourseUnenrolled  = "course.unenrolled"
	TypeWorkflowCompleted = "workflow.completed"
	// TypeEnrollRequested asks the router to enroll the contact in one workflow. Its data is
	// {workflow, data}; it is never offered to triggers, waits or exits.
	TypeEnrollRequested = "workflow.enroll_requested"
	// TypeTriggered is the firing of a trigger that no event of the contact meets: a date, a
	// schedule, an inbound webhook. Its data is {workflow, trigger, data}; it is never offered to
	// other triggers, waits or exits.
	TypeTriggered = "workflow.triggered"
	// TypeWorkflowDecided reports the answer to an approval.
	TypeWorkflowDecided = nodes.EventDecided
)

// postableTypes are the documented names that anybody may post; a misspelled name is compared with
// them before anything else is suggested.
var postableTypes = func() []string {
	var names []string
	for _, name := range StandardTypes() {
		if _, reserved := ReservedType(name); !reserved {
			names = append(names, name)
		}
	}
	return names
}()

// ValidType reports whether a name is spelled as event types are.
func ValidType(name string) bool {
	return len(name) <= maxTypeLength && typePattern.MatchString(name)
}

// ReservedType reports whether only the platform may write events of this type, and names the
// call that makes the change which the event would report.
func ReservedType(name string) (call string, reserved bool) {
	family, rest, _ := strings.Cut(name, ".")
	switch family {
	case "contact":
		if rest == "created" {
			return "POST /v1/contacts", true
		}
		return "PATCH /v1/contacts/{id}", true
	case "tag":
		if rest == "removed" {
			return "DELETE /v1/contacts/{id}/tags/{tag}", true
		}
		return "PUT /v1/contacts/{id}/tags/{tag}", true
	case "deal":
		if rest == "created" {
			return "POST /v1/deals", true
		}
		return "PATCH /v1/deals/{id}", true
	case "workflow":
		return "POST /v1/workflows/{key}/enrollments", true
	}
	return "", false
}

// NearestType returns the valid spelling that is closest to name: a standard name when it is a
// few letters away, else name itself with its characters brought into shape.
func NearestType(name string) string {
	shaped := shapeType(name)
	if near, ok := nearest(shaped, postableTypes); ok {
		return near
	}
	if ValidType(shaped) {
		return shaped
	}
	if family, rest, found := strings.Cut(shaped, "_"); found && !strings.Contains(shaped, ".") {
		return clipType(family + "." + rest)
	}
	for _, known := range postableTypes {
		if strings.HasPrefix(known, shaped+".") {
			return known
		}
	}
	return clipType("custom." + shaped)
}

// shapeType lower-cases a name, turns camel case and foreign separators into underscores and
// dots, and leaves out whatever else a type cannot hold.
func shapeType(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range strings.TrimSpace(name) {
		switch {
		case r == '.' || r == '/' || r == ':':
			b.WriteByte('.')
		case unicode.IsUpper(r):
			if lower {
				b.WriteByte('_')
			}
			b.WriteRune(unicode.ToLower(r))
		case r == '-' || r == '_' || unicode.IsSpace(r):
			b.WriteByte('_')
		default:
			b.WriteRune(r)
		}
		lower = unicode.IsLower(r)
	}
	var parts []string
	for _, part := range strings.Split(b.String(), ".") {
		if part = shapePart(part); part != "" {
			parts = append(parts, part)
		}
	}
	return clipType(strings.Join(parts, "."))
}

func shapePart(part string) string {
	kept := strings.Map(func(r rune) rune {
		if r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, part)
	for strings.Contains(kept, "__") {
		kept = strings.ReplaceAll(kept, "__", "_")
	}
	return strings.TrimLeft(strings.TrimRight(kept, "_"), "_0123456789")
}

func clipType(name string) string {
	if len(name) > maxTypeLength {
		name = name[:maxTypeLength]
	}
	return strings.TrimRight(name, "._")
}

// nearest returns the candidate with the smallest edit distance to word, if that is close enough
// for a misspelling: one edit in four characters, at most three.
func nearest(word string, candidates []string) (string, bool) {
	best, limit := "", min(3, max(1, len(word)/4))
	for _, candidate := range candidates {
		if d := expr.Distance(word, candidate); d <= limit {
			best, limit = candidate, d-1
		}
	}
	return best, best != ""
}
