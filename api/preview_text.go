package api

import (
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/outgoing"
	"fermata/store"
)

// previewSend is the send that a preview pretends to be; the addresses made for it lead nowhere.
const previewSend = "send_preview"

// PreviewText renders one Liquid text.
func (s *server) PreviewText(c *gin.Context) {
	in, err := bind[gen.TextPreviewRequest](c)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.read(c, func(tx *store.Tx) (reply, error) {
		st, err := s.stage(tx, seenFrom{contact: in.Contact, workflow: in.Workflow, trigger: in.Trigger, event: in.Event})
		if err != nil {
			return reply{}, err
		}
		scope := s.mailScope(st)
		answer := gen.TextPreview{Problems: gapProblems(outgoing.Gaps(in.Text, scope), "")}
		if !failed(answer.Problems) {
			answer.Text, err = expr.Render(in.Text, scope, expr.RenderOptions{HTML: or(in.Kind, "") == gen.TextPreviewRequestKindHtml})
		}
		return ok(answer), err
	})
}

// mailScope is the scope of a mail that is only shown.
func (s *server) mailScope(st *stage) *expr.Scope {
	return st.scope.With(expr.UnsubscribeURL, s.previewWayOut())
}

// previewWayOut is the address under which a preview shows the way to unsubscribe; it leads nowhere.
func (s *server) previewWayOut() string {
	if s.Links == nil {
		return nodes.SampleUnsubscribeURL
	}
	return s.Links.Unsubscribe(previewSend)
}

// gapProblems says in words what is missing in texts; at is put before each path.
func gapProblems(gaps []outgoing.Gap, at string) []gen.PreviewProblem {
	list := []gen.PreviewProblem{}
	for _, gap := range gaps {
		if gap.Err != nil {
			list = append(list, previewError(at+gap.Path, gap.Err.Error(), "mend the Liquid"))
			continue
		}
		_, name, _ := strings.Cut(gap.Missing, ".")
		list = append(list, gen.PreviewProblem{
			Severity: severityWarning, Path: at + gap.Path,
			Message: gap.Missing + " has no value here, and nothing stands in its place",
			Hint:    "give it a default: {{ " + gap.Missing + " | default: '" + strings.ReplaceAll(name, "_", " ") + "' }}",
		})
	}
	return list
}
