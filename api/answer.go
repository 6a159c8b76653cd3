package api

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"fermata/events"
	"fermata/interpreter/nodes"
	"fermata/links"
	"fermata/store"
)

//go:embed answer.html
var answerTemplate string

const (
	answerStyle = publicStyle + " h1 { overflow-wrap: anywhere; } .said { white-space: pre-wrap; overflow-wrap: anywhere; border-left: .25rem solid; padding-left: 1rem; } " +
		"form { display: flex; flex-wrap: wrap; gap: 1rem; } .foot { font-size: .9rem; }"
	// maxAnswer is the most bytes of the form that answers.
	maxAnswer = 4 << 10
)

var (
	answerPage   = template.Must(template.New("answer").Parse(answerTemplate))
	answerPolicy = publicPolicy(answerStyle)
)

// answerView is what the page of a question shows.
type answerView struct {
	Title, Note string
	// Said is the text of the question.
	Said  string
	Ask   bool
	Foot  string
	Style template.CSS
}

func (s *server) answerRoutes(engine *gin.Engine) {
	engine.GET(links.AnswerPath+":token", s.showQuestion)
	engine.HEAD(links.AnswerPath+":token", s.showQuestion)
	engine.POST(links.AnswerPath+":token", s.answer)
}

// showQuestion shows what is asked. It changes nothing: programs that check the links of a mail follow
// them all.
func (s *server) showQuestion(c *gin.Context) {
	s.question(c, func(id string) (q *events.Question, zone *time.Location, err error) {
		err = s.readStore(c.Request.Context(), func(tx *store.Tx) error {
			if q, err = events.ReadQuestion(tx, id); err != nil {
				return err
			}
			zone, err = accountZone(tx)
			return err
		})
		return q, zone, err
	})
}

// answer decides a question: one of the two buttons was pressed.
func (s *server) answer(c *gin.Context) {
	decision, ok := answerForm(c)
	if !ok {
		s.showAnswer(c, http.StatusBadRequest, answerView{
			Title: "Nothing was decided", Note: "Open the link of the mail again, and press one of the two buttons.",
		})
		return
	}
	s.question(c, func(id string) (q *events.Question, zone *time.Location, err error) {
		err = s.writeStore(c.Request.Context(), func(tx *store.Tx) error {
			if q, err = events.Answer(tx, s.Definitions, id, decision, s.now()); err != nil {
				return err
			}
			tx.AfterCommit(s.nudge)
			zone, err = accountZone(tx)
			return err
		})
		return q, zone, err
	})
}

// question answers with the page of a question, after read has read or decided it.
func (s *server) question(c *gin.Context, read func(id string) (*events.Question, *time.Location, error)) {
	id, ok := s.Links.ReadAnswer(c.Param("token"))
	if !ok {
		s.showAnswer(c, http.StatusNotFound, answerView{Title: "This link does not work", Note: "It is not complete. Open it again from the mail."})
		return
	}
	q, zone, err := read(id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.showAnswer(c, http.StatusNotFound, answerView{Title: "This question is gone", Note: "What it was about has been deleted. Nothing is to be decided any more."})
	case err != nil:
		s.report(c, asProblem(err))
		c.Header("Retry-After", strconv.Itoa(retryAfter))
		s.showAnswer(c, http.StatusServiceUnavailable, answerView{Title: "Please try again", Note: "It did not work just now. Nothing was decided."})
	default:
		s.showAnswer(c, http.StatusOK, viewOf(q, zone))
	}
}

func answerForm(c *gin.Context) (decision string, ok bool) {
	r := c.Request
	r.Body = http.MaxBytesReader(c.Writer, r.Body, maxAnswer)
	if _, err := checkMedia(r, []string{formType}); err != nil {
		return "", false
	}
	if err := r.ParseForm(); err != nil || len(r.PostForm["decision"]) != 1 {
		return "", false
	}
	decision = r.PostForm.Get("decision")
	return decision, decision == nodes.PortApproved || decision == nodes.PortRejected
}

func accountZone(tx *store.Tx) (*time.Location, error) {
	account, err := events.Account(tx)
	if err != nil {
		return nil, err
	}
	return events.Zone("", nil, account), nil
}

// closedNotes say what became of a question that nobody can answer any more.
var closedNotes = map[events.Standing]string{
	events.QuestionExpired: "The time to answer is over, and nobody did. The workflow has gone on without an answer.",
	events.QuestionSettled: "An operator went on without an answer.",
	events.QuestionMoved:   "The workflow has changed meanwhile, and this question does not count any more. If it is still open, a newer mail asks it.",
	events.QuestionEnded:   "The passage that it is about ended before anybody answered.",
}

func viewOf(q *events.Question, zone *time.Location) answerView {
	view := answerView{Title: q.Subject, Foot: "Asked by the workflow " + q.Workflow + "."}
	if q.Text != q.Subject {
		view.Said = q.Text
	}
	if view.Title == "" {
		view.Title = "A question"
	}
	switch q.Standing {
	case events.QuestionOpen:
		view.Ask = true
		if q.DueAt != nil {
			view.Foot += " Answer until " + events.Spoken(*q.DueAt, zone) + "."
		}
		view.Foot += " The first answer counts."
	case events.QuestionDecided:
		word := "Approved"
		if q.Decision == nodes.PortRejected {
			word = "Rejected"
		}
		view.Note = word + " by " + q.By + " on " + events.Spoken(q.At, zone) + "."
		if !q.Counted {
			view.Note += " It came too late to count: the passage had gone on another way or ended."
		}
	case events.QuestionExpired, events.QuestionSettled, events.QuestionMoved, events.QuestionEnded:
		view.Note = closedNotes[q.Standing]
	}
	return view
}

func (s *server) showAnswer(c *gin.Context, status int, view answerView) {
	view.Style = answerStyle
	var b bytes.Buffer
	if err := answerPage.Execute(&b, view); err != nil {
		s.fail(c, err)
		return
	}
	publicHTML(c, status, answerPolicy, b.Bytes())
}
