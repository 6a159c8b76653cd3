package nodes

import (
	"html"
	"strings"

	"fermata/interpreter/expr"
)

// SampleUnsubscribeURL stands for the contact's way out where no mail is sent.
const SampleUnsubscribeURL = "https://example.com/u/sample"

// wayOut gives a marketing mail the link to unsubscribe where its author has put none.
func wayOut(s *expr.Scope, m *Mail) {
	found, _ := s.Lookup(expr.UnsubscribeURL)
	address, _ := found.(string)
	if address == "" {
		return
	}
	if !strings.Contains(m.Text, address) {
		m.Text = strings.TrimLeft(strings.TrimRight(m.Text, "\r\n")+"\n\n-- \nUnsubscribe: "+address+"\n", "\r\n")
	}
	escaped := html.EscapeString(address)
	if strings.Contains(m.HTML, escaped) || strings.Contains(m.HTML, address) {
		return
	}
	footer := `<p style="font-size:small"><a href="` + escaped + `">Unsubscribe</a></p>` + "\n"
	m.HTML = beforeEnd(m.HTML, footer)
}

// beforeEnd puts markup at the end of the visible content.
func beforeEnd(body, markup string) string {
	lower := strings.ToLower(body)
	for _, end := range []string{"</body>", "</html>"} {
		if at := strings.LastIndex(lower, end); at >= 0 && len(lower) == len(body) {
			return body[:at] + markup + body[at:]
		}
	}
	return body + markup
}
