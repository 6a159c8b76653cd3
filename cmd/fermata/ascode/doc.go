// Package ascode keeps workflows as files: it checks, compares and applies definitions in YAML or
// JSON against a server, for people at a terminal and for CI. It speaks to the server by its API
// alone, and it must never do half of something without saying which half.
package ascode

import "fmt"

// Exit codes of the commands. They are part of what scripts rely on.
const (
	// ExitProblems: a file has errors, a test failed, or the server refused something.
	ExitProblems = 1
	// ExitDifferences: diff found what apply would change.
	ExitDifferences = 2
	// ExitUnreachable: the server gave no answer, or did not let the key in.
	ExitUnreachable = 3
)

// ExitError ends a command with a code. Everything is said already when its message is empty.
type ExitError struct {
	Code    int
	Message string
}

// Error implements error.
func (e *ExitError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Message
}
