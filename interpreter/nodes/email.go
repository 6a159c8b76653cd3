package nodes

import (
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// Email sends one mail to the contact, or to given addresses.
type Email struct {
	actionPorts
	// Template is the key of a stored template; without it Subject and Body (plain
	// text) or HTML are given. All of them are Liquid.
	Template, Subject, Body, HTML string
	// To is empty for the contact's own address.
	To, Cc                   []string
	From, ReplyTo, Preheader string
	Attachments              []string
	// Class is empty when neither the node nor its template says one: marketing.
	Class string
	// Track is nil when the class decides.
	Track *bool
}

func emailSpec() Spec {
	return action(Spec{
		Type: "email", Title: "Send email", Group: "Messages", Icon: "mail", Kind: KindOutward, Message: true,
		Description: "Sends a mail, from a template or written here. Marketing mail respects consent.", Available: true,
	}).with(form.Object{
		Fields: []form.Field{
			{Key: "template", Type: form.Liquid{Ref: form.RefTemplate, Kind: "template"}, Label: "Template", Group: "content"},
			{Key: "subject", Type: form.Liquid{}, Label: "Subject", Placeholder: "Welcome aboard", Group: "content"},
			{Key: "body", Type: form.Liquid{Lines: true}, Label: "Text", Help: "plain text; the HTML part is made from it", Group: "content"},
			{Key: "html", Type: form.Liquid{Lines: true, Kind: "html"}, Label: "HTML", Help: "the text part is made from it unless there is one", Group: "content"},
			{Key: "preheader", Type: form.Liquid{}, Label: "Preview line", Group: "content"},
			{Key: "to", Type: addresses(), Label: "To", Help: "the contact's address unless given", Group: "addresses", Default: "{{ contact.email }}"},
			{Key: "cc", Type: addresses(), Label: "Copy to", Group: "addresses"},
			{Key: "from", Type: address{sender: true}, Label: "From", Group: "addresses"},
			{Key: "reply_to", Type: address{}, Label: "Reply to", Group: "addresses"},
			{
				Key: "attachments", Label: "Attachments", Help: "names of stored files", Widget: "files",
				Type: form.List{Of: form.Liquid{Ref: form.RefFile}, Single: true, Max: 20},
			},
			{
				Key: "class", Type: choice(ClassMarketing, ClassTransactional), Label: "Class", Default: ClassMarketing,
				Help: "transactional mail is sent whatever the consent, and again after a crash",
			},
			{Key: "track", Type: form.Bool{}, Label: "Track opens and links", Help: "on for marketing mail unless given"},
		},
		Extra: map[string]any{
			"anyOf": []any{
				map[string]any{"required": []any{"template"}},
				map[string]any{"required": []any{"subject", "body"}},
				map[string]any{"required": []any{"subject", "html"}},
			},
			"not": map[string]any{"anyOf": []any{
				map[string]any{"required": []any{"template", "body"}},
				map[string]any{"required": []any{"template", "html"}},
			}},
		},
		Check: checkEmail,
	}, decodeEmail)
}

func checkEmail(v *form.Values, r *Report) {
	if v.Has("template") {
		for _, key := range []string{"body", "html"} {
			if v.Has(key) {
				r.Error(form.Join(v.Path, key), form.CodeConflict, "a template brings its own content", "remove template or "+key)
			}
		}
		return
	}
	if !v.Has("subject") {
		r.Error(form.Join(v.Path, "subject"), form.CodeRequired, "a mail needs a template, or a subject and a text", "add template or subject")
	}
	requireOneOf(v, r, "body", "html")
}

func decodeEmail(v *form.Values, _ *Report) Settings {
	e := &Email{
		Template: v.Text("template"), Subject: v.Text("subject"), Body: v.Text("body"), HTML: v.Text("html"),
		To: v.Texts("to"), Cc: v.Texts("cc"), From: v.Text("from"), ReplyTo: v.Text("reply_to"), Preheader: v.Text("preheader"),
		Attachments: v.Texts("attachments"), Class: v.Text("class"),
	}
	if v.Has("track") {
		track := v.Bool("track", true)
		e.Track = &track
	}
	return e
}

// TemplateKey renders the key of the template to load before Plan; it is empty for
// a mail that brings its own content.
func (e *Email) TemplateKey(s *expr.Scope) (string, *Failure) {
	if e.Template == "" {
		return "", nil
	}
	r := &renderer{scope: s}
	return done(r, r.required("template", e.Template))
}

// EffectiveClass is the node's class, else the template's, else marketing.
func (e *Email) EffectiveClass(t *TemplateSource) string {
	switch {
	case e.Class != "":
		return e.Class
	case t != nil && t.Class != "":
		return t.Class
	}
	return ClassMarketing
}

// Plan renders the mail. It fails with no_address when there is nobody to send to,
// and with no_template when the template was not passed in.
func (e *Email) Plan(s *expr.Scope, in PlanInput) (Mail, *Failure) {
	r := render(s, in)
	m := Mail{Class: e.EffectiveClass(in.Template)}
	m.Track = m.Class == ClassMarketing
	if e.Track != nil {
		m.Track = *e.Track
	}
	if m.Template = r.trimmed(e.Template); e.Template != "" && in.Template == nil {
		r.fail(CodeNoTemplate, "there is no mail template %q", m.Template)
	}
	e.planContent(r, &m, in.Template)
	if m.Class == ClassMarketing {
		wayOut(s, &m)
	}
	e.planAddresses(r, &m, in.Unaddressed)
	m.Attachments = r.names(e.Attachments)
	return done(r, m)
}

func (e *Email) planContent(r *renderer, m *Mail, t *TemplateSource) {
	subject, body, html := e.Subject, e.Body, e.HTML
	if t != nil && e.Template != "" {
		body, html = t.Text, t.HTML
		if subject == "" {
			subject = t.Subject
		}
	}
	m.Subject, m.Preheader = r.line(subject), r.line(e.Preheader)
	m.Text, m.HTML = r.text(body), r.html(html)
	switch {
	case html == "":
		m.HTML = textToHTML(m.Text)
	case body == "":
		m.Text = htmlToText(m.HTML)
	}
	m.HTML = withPreheader(m.HTML, m.Preheader)
}

func (e *Email) planAddresses(r *renderer, m *Mail, unaddressed bool) {
	to := e.To
	if len(to) == 0 {
		// Read without strictness: having no address has its own code.
		own, _ := r.scope.Lookup("contact.email")
		if own, ok := own.(string); ok {
			m.To = r.checked(own)
		}
	} else {
		m.To = r.addresses(to)
	}
	if len(m.To) == 0 && !unaddressed {
		r.fail(CodeNoAddress, "there is no address to send to")
	}
	m.Cc = r.addresses(e.Cc)
	m.From, m.ReplyTo = r.address(e.From), r.address(e.ReplyTo)
}

// Summary quotes the subject or names the template, unrendered.
func (e *Email) Summary() string {
	switch {
	case e.Subject != "":
		return "Send " + quoted(e.Subject)
	case e.Template != "":
		return "Send template " + e.Template
	}
	return "Send a mail"
}
