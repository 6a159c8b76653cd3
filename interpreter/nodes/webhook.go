package nodes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

var (
	headerName = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]{1,100}$`)
	httpURL    = regexp.MustCompile(`^(?i:https?)://[^\s/?#]+\S*$`)
	methods    = []string{"POST", "PUT", "PATCH", "GET", "DELETE", "HEAD"}
	// bodyless methods send no default body.
	bodyless = []string{"GET", "HEAD"}
)

// Webhook makes one HTTP call and may keep its answer.
type Webhook struct {
	// URL is Liquid or `secret:name`.
	URL, Method string
	Headers     map[string]string
	// Body is any JSON value whose strings are Liquid; HasBody is false when the
	// default body is meant.
	Body    any
	HasBody bool
	Timeout time.Duration
	// SaveAs is the name under vars that takes the answer, or empty.
	SaveAs string
	// Sign is empty or `secret:name`.
	Sign string
}

func webhookSpec() Spec {
	return action(Spec{
		Type: "webhook", Title: "HTTP call", Group: "Messages", Icon: "webhook", Kind: KindOutward, MainPort: PortOK,
		Description: "Calls an address and may keep the answer under vars.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			{Key: "url", Type: urlType{}, Label: "Address", Required: true, Placeholder: "https://example.com/hook"},
			{Key: "method", Type: form.Choice{Words: methods}, Label: "Method", Default: "POST"},
			{Key: "headers", Label: "Headers", Widget: "headers", Type: form.Map{
				Of: form.Liquid{Secret: true, Empty: true}, Key: headerName, Expected: "the name of a header", Max: 50,
			}},
			{Key: "body", Type: form.Value{Kind: "json"}, Label: "Body", Help: "event, contact and enrollment unless given"},
			{Key: "timeout", Type: form.Duration{Max: 5 * time.Minute}, Label: "Give up after", Default: "10s"},
			{Key: "save_as", Type: form.Text{Pattern: form.NodeID, Expected: "a name of small letters, digits and _"}, Label: "Keep the answer as", Placeholder: "booking"},
			{Key: "sign", Type: form.Secret{}, Label: "Sign with", Help: "the secret of a Standard-Webhooks signature"},
		},
	}, func(v *form.Values, _ *Report) Settings {
		w := &Webhook{
			URL: v.Text("url"), Method: v.TextOr("method", "POST"), Headers: map[string]string{},
			Body: v.Any("body"), HasBody: v.Has("body"), Timeout: 10 * time.Second,
			SaveAs: v.Text("save_as"), Sign: v.Text("sign"),
		}
		for name, value := range v.Map("headers") {
			w.Headers[name], _ = value.(string)
		}
		if t := v.DurationAt("timeout"); t != nil {
			w.Timeout = t.Approx()
		}
		return w
	})
}

// urlType is an http(s) address, Liquid, or `secret:name`.
type urlType struct{}

func (urlType) Schema() map[string]any { return map[string]any{"type": "string", "minLength": 1} }

func (urlType) Widget() string { return "url" }

func (urlType) Read(raw any, at string, r *Report) any {
	s, ok := form.Liquid{Secret: true}.Read(raw, at, r).(string)
	if !ok {
		return nil
	}
	if !isSecret(s) && !form.HasLiquid(s) && !httpURL.MatchString(s) {
		r.Error(at, form.CodeValue, fmt.Sprintf("%s is not an http or https address", quoted(s)), "write https://… or secret:name")
		return nil
	}
	return s
}

// isSecret reports whether a setting, as the author wrote it, stands for a secret.
// Rendered values never do: data of an event must not be able to name a secret.
func isSecret(source string) bool { return strings.HasPrefix(source, form.SecretPrefix) }

// url renders an address; only the author's own `secret:name` passes unresolved.
func (r *renderer) url(src string) string {
	if isSecret(src) {
		return src
	}
	u := r.trimmed(src)
	if r.failed == nil && (!httpURL.MatchString(u) || strings.ContainsFunc(u, breaksLine)) {
		r.fail(CodeBadURL, "%s is not an http or https address", quoted(u))
	}
	return u
}

// Plan renders the call.
func (w *Webhook) Plan(s *expr.Scope, in PlanInput) (Call, *Failure) {
	r := render(s, in)
	c := Call{
		URL: r.url(w.URL), Method: w.Method, Headers: map[string]string{},
		Timeout: w.Timeout, SaveAs: w.SaveAs, SignSecret: w.Sign,
	}
	for _, name := range slices.Sorted(maps.Keys(w.Headers)) {
		c.Headers[name] = r.header(name, w.Headers[name])
	}
	c.Body, c.ContentType = w.planBody(r)
	for name, value := range c.Headers {
		if strings.EqualFold(name, "Content-Type") {
			c.ContentType = value
			delete(c.Headers, name)
		}
	}
	return done(r, c)
}

func (r *renderer) header(name, src string) string {
	if isSecret(src) {
		return src
	}
	value := strings.TrimSpace(r.text(src))
	if strings.ContainsFunc(value, breaksLine) || isSecret(value) {
		r.fail(CodeBadHeader, "the value of header %s cannot be sent", name)
	}
	return value
}

func (w *Webhook) planBody(r *renderer) (body []byte, contentType string) {
	const asJSON, asText = "application/json", "text/plain; charset=utf-8"
	if !w.HasBody {
		if slices.Contains(bodyless, w.Method) {
			return nil, ""
		}
		roots := map[string]any{}
		for _, root := range []string{"event", "contact", "enrollment"} {
			roots[root] = r.scope.Roots[root]
		}
		return r.json(roots), asJSON
	}
	switch value := r.value(w.Body).(type) {
	case string:
		text := strings.TrimSpace(value)
		if (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) && json.Valid([]byte(text)) {
			return []byte(value), asJSON
		}
		return []byte(value), asText
	default:
		return r.json(value), asJSON
	}
}

// json encodes a rendered value with sorted keys and without escaping for HTML.
func (r *renderer) json(v any) []byte {
	if r.failed != nil {
		return nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		r.fail(CodeBadValue, "the body cannot be written as JSON: %v", err)
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Ports are ok and error.
func (w *Webhook) Ports() []string { return []string{PortOK, PortError} }

// Summary names the method and the host, never a path or a secret.
func (w *Webhook) Summary() string {
	if isSecret(w.URL) {
		return w.Method + " to a secret address"
	}
	_, rest, found := strings.Cut(w.URL, "://")
	host, _, _ := strings.Cut(rest, "/")
	host = host[strings.LastIndexByte(host, '@')+1:]
	if host, _, _ = strings.Cut(host, "?"); !found || host == "" || form.HasLiquid(host) {
		return w.Method + " to an address"
	}
	return w.Method + " to " + host
}
