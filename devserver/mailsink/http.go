package mailsink

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
)

const (
	defaultLimit = 100
	maxLimit     = 500
)

// page is the answer to GET /dev/mail.
type page struct {
	Items []json.RawMessage `json:"items"`
	Next  *string           `json:"next"`
}

// Handler serves the box: GET /dev/mail?to=&limit=&cursor= lists mails, newest first; GET
// /dev/mail/{id} is one mail's source; DELETE /dev/mail?to= empties the box (204). The same for text messages: POST
// /dev/sms takes one, GET /dev/sms?to=&limit= lists them, DELETE /dev/sms empties (204). Errors are
// application/problem+json.
func (s *Sink) Handler() *Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /dev/mail", s.list)
	mux.HandleFunc("GET /dev/mail/{id}", s.source)
	mux.HandleFunc("DELETE /dev/mail", s.remove)
	mux.HandleFunc("POST /dev/sms", s.takeText)
	mux.HandleFunc("GET /dev/sms", s.listTexts)
	mux.HandleFunc("DELETE /dev/sms", s.removeTexts)
	return &Handler{Handler: mux, box: s.box}
}

// Handler serves the box, and can forget what it holds of a person.
type Handler struct {
	http.Handler
	box *box
}

// Erase deletes the mails to these addresses, those that mention one, and those whose Message-ID
// begins with one of messages.
func (h *Handler) Erase(ctx context.Context, addresses, messages []string) error {
	return h.box.erase(ctx, addresses, messages)
}

func (s *Sink) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit := defaultLimit
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLimit {
			problem(w, http.StatusBadRequest, "limit is a whole number from 1 to 500")
			return
		}
		limit = n
	}
	// One more than asked for tells whether there is a next page.
	items, err := s.box.list(r.Context(), q.Get("to"), q.Get("cursor"), limit+1)
	if err != nil {
		fail(w, err)
		return
	}
	p := page{Items: items}
	if len(items) > limit {
		p.Items = items[:limit]
		var last struct{ ID string }
		if err := json.Unmarshal(items[limit-1], &last); err != nil {
			fail(w, err)
			return
		}
		p.Next = &last.ID
	}
	answer(w, http.StatusOK, "application/json", p)
}

// source answers as plain text: a browser must never render what a mail carries.
func (s *Sink) source(w http.ResponseWriter, r *http.Request) {
	raw, err := s.box.source(r.Context(), r.PathValue("id"))
	if errors.Is(err, errNoMail) {
		problem(w, http.StatusNotFound, "there is no mail with this id")
		return
	}
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(raw)
}

func (s *Sink) remove(w http.ResponseWriter, r *http.Request) {
	if err := s.box.remove(r.Context(), r.URL.Query().Get("to")); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func fail(w http.ResponseWriter, err error) {
	slog.Error("serve mail box", "error", err)
	problem(w, http.StatusInternalServerError, "the mail box could not be read")
}

func problem(w http.ResponseWriter, status int, detail string) {
	answer(w, status, "application/problem+json", map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail,
	})
}

func answer(w http.ResponseWriter, status int, kind string, body any) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
