package nodes

import (
	"errors"
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
)

// Codes of Failure.
const (
	// CodeMissingValue: a strict step needs a value that is missing.
	CodeMissingValue = "missing_value"
	// CodeNoAddress: there is nobody to send to.
	CodeNoAddress = "no_address"
	// CodeBadAddress: an address is not one, or tries to break out of its header.
	CodeBadAddress = "bad_address"
	// CodeBadURL: the rendered address of a call is not an http(s) address.
	CodeBadURL = "bad_url"
	// CodeBadHeader: a rendered header would break out of its line.
	CodeBadHeader = "bad_header"
	// CodeBadValue: a rendered value does not fit: not a number, not a file name.
	CodeBadValue = "bad_value"
	// CodeNoTemplate: the mail template does not exist (any more).
	CodeNoTemplate = "no_template"
	// CodeTemplate: Liquid could not be rendered.
	CodeTemplate = "template"
	// CodeNoDate: a wait has no instant to wait for.
	CodeNoDate = "no_date"
)

// Failure is a final failure: trying again with the same values would not help.
type Failure struct {
	// Code is safe for history and logs.
	Code string
	// Message may name values and belongs in the store only.
	Message string
}

// Error makes a Failure usable as an error.
func (f *Failure) Error() string { return f.Code + ": " + f.Message }

// PlanInput is what a Plan function knows beside the scope.
type PlanInput struct {
	// Strict makes a missing value a final failure instead of an empty text.
	Strict bool
	// Template is the source of the mail template that the node names, nil when the
	// node names none or there is none.
	Template *TemplateSource
	// Owner is the owner of the workflow, for `to: owner` when the deal has none.
	Owner string
	// Unaddressed lets a mail without anybody to send to be planned: where it is only shown.
	Unaddressed bool
}

// TemplateSource is a stored mail template, unrendered.
type TemplateSource struct{ Subject, HTML, Text, Class string }

// Mail is a mail ready to be sent. HTML holds the preheader already.
type Mail struct {
	To, Cc []string
	// From is empty when the installation's own sender is meant.
	From, ReplyTo, Subject, Preheader, HTML, Text string
	// Class is marketing or transactional.
	Class string
	// Track asks for open and link tracking.
	Track bool
	// Attachments are names of stored files.
	Attachments []string
	// Template is the key of the template that it was made from, or empty.
	Template string
}

// Call is an HTTP call ready to be made. URL and the values of Headers may be
// `secret:name` as a whole, which the caller resolves; SignSecret is either empty
// or `secret:name`.
type Call struct {
	URL, Method string
	Headers     map[string]string
	// Body is nil when the call has none.
	Body        []byte
	ContentType string
	Timeout     time.Duration
	SaveAs      string
	SignSecret  string
}

// SlackMessage is a message for an incoming webhook of Slack; Webhook may be
// `secret:name`.
type SlackMessage struct{ Webhook, Text string }

// Notice is a mail to the people who run the workflow.
type Notice struct {
	To                  []string
	Subject, Text, HTML string
}

// TagChange adds or removes tags, spelled as rendered.
type TagChange struct{ Add, Remove []string }

// FieldChange sets one field of the contact. Exactly one of Value, Clear and
// Increment counts; Field is a contact attribute (first_name) or the key of a
// custom field.
type FieldChange struct {
	Field     string
	Value     any
	Clear     bool
	Increment *float64
}

// Operations of DealChange.
const (
	DealCreateOp = "create"
	DealMoveOp   = "move"
	DealAssignOp = "assign"
)

// DealChange creates, moves or assigns a deal. Empty Stage means the pipeline's
// first; empty Deal means the contract's search order.
type DealChange struct {
	Op, Pipeline, Stage, Title, Currency, Owner, Deal string
	RoundRobin                                        []string
	// Value is nil when none is given, else a number.
	Value               any
	Create, OnlyForward bool
}

// CourseChange enrolls in a course or takes out of it.
type CourseChange struct {
	Course string
	Enroll bool
}

// Task is a task for a person; Due counts from the moment of creation, nil = none.
type Task struct {
	Title, Body, Assignee string
	Due                   *calendar.Duration
}

// EnrollIn asks for an enrollment of the same contact in another workflow.
type EnrollIn struct {
	Workflow string
	Data     map[string]any
}

// Emission is an event about the contact.
type Emission struct {
	Event string
	Data  map[string]any
}

// RemoveFrom ends enrollments of the same contact in another workflow: those with
// the correlation key Correlate, or all of them when it is empty.
type RemoveFrom struct{ Workflow, Correlate string }

// Undo takes back what the contact's passages through another workflow did: those with
// the correlation key Correlate, or all of them when it is empty.
type Undo struct{ Workflow, Correlate string }

// Unsubscribe takes the contact off a channel (email, sms).
type Unsubscribe struct{ Channel string }

// failure turns an error of the renderer into a final failure.
func failure(err error) *Failure {
	if err == nil {
		return nil
	}
	var missing *expr.MissingError
	if errors.As(err, &missing) {
		return &Failure{Code: CodeMissingValue, Message: err.Error()}
	}
	return &Failure{Code: CodeTemplate, Message: err.Error()}
}
