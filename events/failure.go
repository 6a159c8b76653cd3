package events

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"fermata/store"
)

// Kinds of failures, by the first letter of their fingerprints.
const (
	FailureStep   = "step"   // a step failed, or an enrollment between two steps
	FailureWedged = "wedged" // the run of an enrollment cannot go on by itself
	FailureQueue  = "queue"  // an event cannot be routed, and the contact's queue has stopped at it
)

// RecordFailure notes that a step of an enrollment failed after all retries, is held after a failure,
// or has an outcome that nobody knows. Type is that of the node, "" between two steps. Message is what
// the other side said; what is kept of it says nothing about one person.
func RecordFailure(tx *store.Tx, e *store.Enrollment, node string, visit int, typ, code, message string, now time.Time) error {
	message = normalise(message)
	err := tx.PutFailure(&store.Failure{
		EnrollmentID: e.ID, Node: node, Visit: visit, Workflow: e.Workflow, Version: e.Version, Test: e.Test, Type: typ, Code: code,
		Message: message, Fingerprint: fingerprint(FailureStep, e.Workflow, node, code, message), FirstAt: now, LastAt: now,
	})
	if err != nil {
		return fmt.Errorf("note failure of %s: %w", e.ID, err)
	}
	return nil
}

// fingerprint names failures that are alike.
func fingerprint(kind string, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return kind[:1] + hex.EncodeToString(sum[:12])
}

// wedgeFingerprint is the fingerprint of an enrollment that cannot go on by itself.
func wedgeFingerprint(e *store.Enrollment) string {
	return fingerprint(FailureWedged, e.Workflow, e.Node, normalise(e.WedgeCause()))
}

// queueFingerprint is the fingerprint of a contact's queue that has stopped.
func queueFingerprint(q *store.QueuedContact) string {
	return fingerprint(FailureQueue, normalise(q.Error))
}

// KindOfFailure tells the kind of failure from its fingerprint, "" when it is none.
func KindOfFailure(fingerprint string) string {
	for _, kind := range []string{FailureStep, FailureWedged, FailureQueue} {
		if strings.HasPrefix(fingerprint, kind[:1]) {
			return kind
		}
	}
	return ""
}

// messageMost is how much of a message tells failures apart, in characters.
const messageMost = 200

// variable are the parts of a message that differ from one time to the next, in the order in which
// they are replaced.
var variable = []struct {
	part *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`\b[a-z][a-z0-9+.-]*://[^\s"'<>]+`), "‹address›"},
	{regexp.MustCompile(`[^\s<>,;:"'()]+@[^\s<>,;:"'()]+`), "‹address›"},
	{regexp.MustCompile(`"(?:[^"\\]|\\.)*"|` + "`[^`]*`" + `|“[^”]*”|‘[^’]*’|«[^»]*»|\B'[^']*'\B`), "‹value›"},
	{regexp.MustCompile(` (is|holds) .+?, which is not`), " $1 ‹value›, which is not"},
	{regexp.MustCompile(`\b[\w-]*\d[\w-]*\b`), "#"},
	{regexp.MustCompile(`\[[#:]+\]`), "#"},
	{regexp.MustCompile(`#(?:[.:,/+-]+#)+`), "#"},
	{regexp.MustCompile(`\s+`), " "},
}

// normalise takes numbers, ids, addresses and quoted values out of a message.
func normalise(message string) string {
	for _, v := range variable {
		message = v.part.ReplaceAllString(message, v.with)
	}
	message = strings.TrimSpace(message)
	if runes := []rune(message); len(runes) > messageMost {
		return string(runes[:messageMost])
	}
	return message
}
