package nodes

import (
	"html"
	"regexp"
	"strings"
)

// link finds addresses in plain text; punctuation at the end belongs to the sentence.
var link = regexp.MustCompile(`https?://[^\s<>"'{}|\\^` + "`" + `]*[^\s<>"'{}|\\^` + "`" + `.,;:!?)\]]`)

// textToHTML makes the HTML part of a mail from its text: paragraphs at empty lines,
// line breaks, clickable links, everything else escaped.
func textToHTML(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	for _, paragraph := range emptyLines.Split(strings.Trim(text, "\n"), -1) {
		if strings.TrimSpace(paragraph) == "" {
			continue
		}
		b.WriteString("<p>")
		for i, line := range strings.Split(paragraph, "\n") {
			if i > 0 {
				b.WriteString("<br>\n")
			}
			writeLine(&b, line)
		}
		b.WriteString("</p>\n")
	}
	return b.String()
}

var emptyLines = regexp.MustCompile(`\n[ \t]*(?:\n[ \t]*)+`)

func writeLine(b *strings.Builder, line string) {
	last := 0
	for _, at := range link.FindAllStringIndex(line, -1) {
		b.WriteString(html.EscapeString(line[last:at[0]]))
		address := html.EscapeString(line[at[0]:at[1]])
		b.WriteString(`<a href="` + address + `">` + address + `</a>`)
		last = at[1]
	}
	b.WriteString(html.EscapeString(line[last:]))
}

// withPreheader puts the preview line in front of the visible content, where mail
// programs take it from without showing it.
func withPreheader(body, preheader string) string {
	if preheader == "" {
		return body
	}
	hidden := `<div style="display:none;max-height:0;overflow:hidden">` + html.EscapeString(preheader) + "</div>\n"
	if at := bodyTag.FindStringIndex(body); at != nil {
		return body[:at[1]] + "\n" + hidden + body[at[1]:]
	}
	return hidden + body
}

var bodyTag = regexp.MustCompile(`(?i)<body\b[^>]*>`)

// Elements that htmlToText leaves out with all they hold, and those that start a
// new line or paragraph.
var (
	silent     = map[string]bool{"head": true, "style": true, "script": true, "title": true, "template": true}
	paragraphs = map[string]bool{
		"p": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true,
		"table": true, "ul": true, "ol": true, "blockquote": true, "pre": true, "hr": true, "section": true, "article": true,
	}
	lines = map[string]bool{"br": true, "div": true, "tr": true, "li": true, "dt": true, "dd": true}
	token = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)|<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|'[^']*'|[^'">])*)>`)
	href  = regexp.MustCompile(`(?i)\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)
)

// textWriter collects the text of an HTML document.
type textWriter struct {
	b strings.Builder
	// mute is the element that is being left out, link the target of the open link
	// and linkAt where its text began.
	mute, link string
	linkAt     int
}

// htmlToText makes the text part of a mail from its HTML: no styles, links with
// their target in brackets, list items with a dash.
func htmlToText(source string) string {
	w := &textWriter{}
	last := 0
	for _, at := range token.FindAllStringSubmatchIndex(source, -1) {
		w.text(source[last:at[0]])
		last = at[1]
		if at[4] >= 0 {
			closing := at[2] < at[3]
			w.tag(strings.ToLower(source[at[4]:at[5]]), source[at[6]:at[7]], closing)
		}
	}
	w.text(source[last:])
	return tidy(w.b.String())
}

func (w *textWriter) text(raw string) {
	if w.mute != "" || raw == "" {
		return
	}
	text := html.UnescapeString(raw)
	words := strings.Join(strings.Fields(text), " ")
	if words == "" {
		w.space()
		return
	}
	if strings.TrimLeft(text, " \t\r\n") != text {
		w.space()
	}
	w.b.WriteString(words)
	if strings.TrimRight(text, " \t\r\n") != text {
		w.space()
	}
}

// space separates words once.
func (w *textWriter) space() {
	if s := w.b.String(); s != "" && !strings.HasSuffix(s, " ") && !strings.HasSuffix(s, "\n") {
		w.b.WriteByte(' ')
	}
}

func (w *textWriter) tag(name, attributes string, closing bool) {
	switch {
	case w.mute != "":
		if closing && name == w.mute {
			w.mute = ""
		}
	case silent[name] && !closing:
		w.mute = name
	case name == "a" && !closing:
		w.link, w.linkAt = target(attributes), w.b.Len()
	case name == "a":
		w.closeLink()
	case paragraphs[name]:
		w.b.WriteString("\n\n")
	case lines[name]:
		w.b.WriteString("\n")
		if name == "li" && !closing {
			w.b.WriteString("- ")
		}
	}
}

func target(attributes string) string {
	m := href.FindStringSubmatch(attributes)
	if m == nil {
		return ""
	}
	return html.UnescapeString(strings.TrimSpace(m[1] + m[2] + m[3]))
}

func (w *textWriter) closeLink() {
	shown := strings.TrimSpace(w.b.String()[min(w.linkAt, w.b.Len()):])
	if w.link != "" && !strings.HasPrefix(w.link, "#") && shown != w.link && "mailto:"+shown != w.link {
		w.b.WriteString(" (" + w.link + ")")
	}
	w.link = ""
}

var manyBreaks = regexp.MustCompile(`\n{3,}`)

func tidy(s string) string {
	rows := strings.Split(s, "\n")
	for i, row := range rows {
		rows[i] = strings.TrimSpace(row)
	}
	return strings.TrimSpace(manyBreaks.ReplaceAllString(strings.Join(rows, "\n"), "\n\n"))
}
