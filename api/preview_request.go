package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
	"fermata/outgoing"
	"fermata/store"
)

// tryWait is how long a call that is tried may take, whatever its own timeout says.
const tryWait = 30 * time.Second

// tried is a call that is about to be made, and how it may be shown.
type tried struct {
	request  outgoing.Request
	mask     outgoing.Mask
	shown    gen.TriedRequest
	problems []gen.PreviewProblem
}

// TryRequest makes the call of a webhook or slack node once. It belongs to no enrollment, and what it
// answers is kept nowhere.
func (s *server) TryRequest(c *gin.Context) {
	if s.Caller == nil {
		s.fail(c, failure(kindNotAvailable, "trying a call is not available in this build"))
		return
	}
	in, err := bind[gen.RequestPreviewRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	var call *tried
	err = s.readStore(c.Request.Context(), func(tx *store.Tx) (err error) {
		call, err = s.planTry(tx, in)
		return err
	})
	if err == nil {
		err = s.mayReachOut(c)
	}
	if err == nil {
		err = s.auditReach(c, "preview.request", in.Workflow, map[string]any{"method": call.shown.Method, "host": hostOf(call.shown.Url)})
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	answer, err := s.try(c.Request.Context(), call)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.send(c, ok(answer))
}

// planTry renders the call by the code of a real step.
func (s *server) planTry(tx *store.Tx, in gen.RequestPreviewRequest) (*tried, error) {
	settings, with, problems, err := readSettings(string(in.Type), &in.With)
	if err != nil {
		return nil, err
	}
	if failed(problems) {
		return nil, refusedPreview(problems)
	}
	st, err := s.stage(tx, seenFrom{contact: in.Contact, workflow: in.Workflow, trigger: in.Trigger, event: in.Event})
	if err != nil {
		return nil, err
	}
	call := &tried{problems: append(problems, gapProblems(outgoing.Gaps(with, st.scope), "")...)}
	failure, err := s.resolveCall(call, settings, st)
	if err != nil {
		return nil, err
	}
	if failure != nil {
		at := failurePlace[failure.Code]
		if in.Type == gen.Slack && at == "/url" {
			at = "/webhook"
		}
		return nil, refusedPreview([]gen.PreviewProblem{previewError(at, failure.Message, "")})
	}
	call.request.Timeout = min(call.request.Timeout, tryWait)
	call.mask = outgoing.NewMask(call.request)
	return call, nil
}

// failurePlace is the setting that a failure is about.
var failurePlace = map[string]string{nodes.CodeBadURL: "/url", nodes.CodeBadHeader: "/headers", nodes.CodeBadValue: "/body"}

// resolveCall plans the call and resolves its secrets; what is shown is written from the plan, which
// never holds one.
func (s *server) resolveCall(call *tried, settings nodes.Settings, st *stage) (*nodes.Failure, error) {
	desk, key := outgoing.Desk{Tx: st.tx, Secrets: s.SecretBox}, store.NewID("try")
	in := nodes.PlanInput{Owner: st.settings.Owner}
	var failure *nodes.Failure
	var err error
	address, headers := "", map[string]string{}
	switch settings := settings.(type) {
	case *nodes.Webhook:
		var plan nodes.Call
		if plan, failure = settings.Plan(st.scope, in); failure != nil {
			return failure, nil
		}
		call.request, failure, err = desk.Call(plan, key, s.now())
		address, headers = plan.URL, plan.Headers
	case *nodes.Slack:
		var plan nodes.SlackMessage
		if plan, failure = settings.Plan(st.scope, in); failure != nil {
			return failure, nil
		}
		call.request, failure, err = desk.Slack(plan, key)
		address = plan.Webhook
	default:
		return nil, fmt.Errorf("try call: %T makes none", settings)
	}
	if err != nil || failure != nil {
		return failure, err
	}
	call.shown, err = showRequest(call.request, address, headers)
	return nil, err
}

// showRequest writes a call without its secrets: planned are its address and headers before those
// were put in.
func showRequest(r outgoing.Request, address string, planned map[string]string) (gen.TriedRequest, error) {
	shown := gen.TriedRequest{Method: r.Method, Url: masked(address), Headers: map[string]string{}}
	for name := range r.Headers {
		shown.Headers[name] = masked(firstText(planned[name], r.Headers[name]))
		if strings.EqualFold(name, "webhook-signature") && planned[name] == "" {
			shown.Headers[name] = outgoing.Masked // made with a secret
		}
	}
	if len(r.Body) > 0 && r.ContentType != "" {
		shown.Headers["Content-Type"] = r.ContentType
	}
	var err error
	shown.Body, err = anyJSON(outgoing.ParseAnswer(r.Body))
	return shown, err
}

func masked(value string) string {
	if strings.HasPrefix(value, form.SecretPrefix) {
		return outgoing.Masked
	}
	if u, err := url.Parse(value); err == nil && u.Host != "" && u.User != nil {
		return u.Redacted()
	}
	return value
}

// try makes the call and shows what came back.
func (s *server) try(ctx context.Context, call *tried) (gen.RequestPreview, error) {
	began := time.Now()
	answer, err := s.Caller.Do(ctx, call.request)
	shown := gen.RequestPreview{
		DurationMs: time.Since(began).Milliseconds(), Request: call.shown, Headers: map[string]string{}, Problems: call.problems,
	}
	if answer.Status > 0 {
		shown.Status = &answer.Status
	}
	for _, name := range shownHeaders {
		if value := answer.Header.Get(name); value != "" {
			shown.Headers[name] = call.mask.Text(outgoing.Plain(value))
		}
	}
	if err != nil {
		code, said := reasonOf(err)
		shown.Error = &gen.RequestError{Code: code, Message: call.mask.Text(outgoing.Plain(said))}
	}
	shown.Body, err = anyJSON(call.mask.Value(outgoing.ParseAnswer(answer.Body)))
	return shown, err
}

// shownHeaders are the headers of an answer that help to understand it.
var shownHeaders = []string{"Content-Type", "Date", "Location", "Retry-After", "Server", "Www-Authenticate", "X-Request-Id"}

func anyJSON(v any) (*json.RawMessage, error) {
	encoded, err := encode(v)
	if err != nil {
		return nil, err
	}
	return ptr(json.RawMessage(encoded)), nil
}

// hostOf is the host of an address, for the audit; never its path.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Host
}
