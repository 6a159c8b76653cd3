package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/events"
	"fermata/interpreter/definition"
	"fermata/store"
)

// kind is one stable `type` of problem with its status and title.
type kind struct {
	slug   string
	status int
	title  string
}

// The kinds of problem. The slugs are part of the contract with clients and never change.
var (
	kindMalformed    = kind{"malformed", http.StatusBadRequest, "The body cannot be read"}
	kindUnauthorized = kind{"unauthorized", http.StatusUnauthorized, "A valid key is needed"}
	kindForbidden    = kind{"forbidden", http.StatusForbidden, "The key lacks the scope"}
	kindCrossOrigin  = kind{"cross-origin", http.StatusForbidden, "The request comes from another site"}
	kindNotFound     = kind{"not-found", http.StatusNotFound, "There is no such thing"}
	kindMethod       = kind{"method-not-allowed", http.StatusMethodNotAllowed, "The path has no such method"}
	kindKeyExists    = kind{"key-exists", http.StatusConflict, "The key is taken"}
	kindInUse        = kind{"in-use", http.StatusConflict, "It is in use"}
	kindState        = kind{"wrong-state", http.StatusConflict, "The state does not allow it"}
	kindDecision     = kind{"needs-decision", http.StatusConflict, "Somebody must decide"}
	kindPrecondition = kind{"precondition-failed", http.StatusPreconditionFailed, "It was changed meanwhile"}
	kindTooLarge     = kind{"payload-too-large", http.StatusRequestEntityTooLarge, "The body is too large"}
	kindMediaType    = kind{"unsupported-media-type", http.StatusUnsupportedMediaType, "The content type is not taken here"}
	kindValidation   = kind{"validation", http.StatusUnprocessableEntity, "The request is not valid"}
	kindIdempotency  = kind{"idempotency-mismatch", http.StatusUnprocessableEntity, "The Idempotency-Key was used with another body"}
	kindTooMany      = kind{"too-many-attempts", http.StatusTooManyRequests, "Too many attempts"}
	kindNotAccepted  = kind{"not-accepted", http.StatusBadGateway, "The other side did not accept it"}
	kindInternal     = kind{"internal", http.StatusInternalServerError, "Something went wrong here"}
	kindNotAvailable = kind{"not_available", http.StatusNotImplemented, "This build cannot do that"}
	kindStreams      = kind{"too-many-streams", http.StatusServiceUnavailable, "Too many streams are open"}
	kindUnavailable  = kind{"unavailable", http.StatusServiceUnavailable, "The store cannot be reached"}
)

// retryAfter is what a client is told to wait when the store is away, in seconds.
const retryAfter = 2

// problem is the one coded error of the package: every error becomes one before it is answered.
type problem struct {
	kind
	detail   string
	fields   []gen.FieldError
	problems []gen.DefinitionProblem
	users    []string
	count    *int
	header   map[string]string
	cause    error // what an internal problem hides from the client
}

func (p *problem) Error() string { return p.slug + ": " + p.detail }
func (p *problem) Unwrap() error { return p.cause }

func failure(k kind, format string, args ...any) *problem {
	return &problem{kind: k, detail: fmt.Sprintf(format, args...)}
}

// invalid is a validation problem about one place of the request.
func invalid(pointer, message, hint string) *problem {
	return invalidFields([]gen.FieldError{{Pointer: pointer, Message: message, Hint: hint}})
}

func invalidFields(fields []gen.FieldError) *problem {
	p := &problem{kind: kindValidation, fields: fields}
	if len(fields) > 0 {
		p.detail = fields[0].Message
		if fields[0].Pointer != "" {
			p.detail = fields[0].Pointer + ": " + fields[0].Message
		}
	}
	return p
}

func invalidRequest(list []events.FieldError) *problem {
	fields := make([]gen.FieldError, len(list))
	for i, f := range list {
		fields[i] = gen.FieldError{Pointer: f.Pointer, Message: f.Message, Hint: f.Hint}
	}
	return invalidFields(fields)
}

// invalidDefinition answers a definition that cannot be taken, with every error that it has.
func invalidDefinition(list []definition.Problem) *problem {
	var fields []gen.FieldError
	for _, one := range list {
		if one.Severity == "error" {
			fields = append(fields, gen.FieldError{Pointer: one.Path, Message: one.Message, Hint: one.Hint})
		}
	}
	p := invalidFields(fields)
	p.problems = shownProblems(list)
	return p
}

// asProblem maps any error to its problem. Nothing else in the package decides a status.
func asProblem(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if e, ok := errors.AsType[*events.InvalidError](err); ok {
		return invalidRequest(e.Fields)
	}
	if e, ok := errors.AsType[*events.RefusedError](err); ok {
		if e.Pointer != "" {
			return invalid(e.Pointer, e.Message, e.Hint)
		}
		refused := failure(kindState, "%s", e.Message)
		if e.Hint != "" {
			refused.fields = []gen.FieldError{{Message: e.Message, Hint: e.Hint}}
		}
		return refused
	}
	if e, ok := errors.AsType[*store.InUseError](err); ok {
		return &problem{kind: kindInUse, detail: "in use by others", users: e.Users}
	}
	switch {
	case errors.Is(err, store.ErrInUse):
		return failure(kindInUse, "in use by others")
	case errors.Is(err, store.ErrNotFound):
		return failure(kindNotFound, "there is nothing with this id or key")
	case errors.Is(err, store.ErrConflict):
		return failure(kindKeyExists, "another one has this key")
	case errors.Is(err, store.ErrCursor):
		return invalid("?cursor", "was not given by this list", "use `next` of the page before")
	case errors.Is(err, store.ErrUnstorable):
		return invalid("", "holds text that cannot be stored", "leave out U+0000 and broken UTF-8")
	case store.IsTransient(err), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &problem{kind: kindUnavailable, detail: "try again", cause: err}
	}
	return &problem{kind: kindInternal, detail: "the error is in the log of the server", cause: err}
}

// fail answers err as application/problem+json and ends the request.
func (s *server) fail(c *gin.Context, err error) {
	p := asProblem(err)
	s.report(c, p)
	body := gen.Problem{Type: p.slug, Title: p.title, Status: p.status, Count: p.count}
	if p.detail != "" {
		body.Detail = &p.detail
	}
	if len(p.fields) > 0 {
		body.Errors = &p.fields
	}
	if len(p.problems) > 0 {
		body.Problems = &p.problems
	}
	if len(p.users) > 0 {
		body.Users = &p.users
	}
	for name, value := range p.header {
		c.Header(name, value)
	}
	switch p.status {
	case http.StatusServiceUnavailable:
		c.Header("Retry-After", strconv.Itoa(retryAfter))
	case http.StatusUnauthorized:
		c.Header("WWW-Authenticate", `Bearer realm="fermata"`)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		raw = []byte(`{"type":"internal","title":"Something went wrong here","status":500}`)
	}
	c.Data(p.status, "application/problem+json", raw)
	c.Abort()
}

// report logs what is not the client's doing, once, with the route and never the raw path.
func (s *server) report(c *gin.Context, p *problem) {
	if p.status < http.StatusInternalServerError || p.kind == kindNotAvailable || p.kind == kindStreams || p.kind == kindNotAccepted || c.Request.Context().Err() != nil {
		return
	}
	s.Log.Error("request failed", "method", c.Request.Method, "route", c.FullPath(), "status", p.status, "error", p.cause)
}
