package mailsink

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxTextBody is the most bytes of a text message with its wrapping.
const maxTextBody = 64 << 10

// Text is a text message that the program handed over, as GET /dev/sms shows it.
type Text struct {
	ID         string    `json:"id"`
	Key        string    `json:"key"`
	From       string    `json:"from"`
	To         string    `json:"to"`
	Text       string    `json:"text"`
	ReceivedAt time.Time `json:"received_at"`
}

// takeText is the gateway for text messages: POST /dev/sms {to, from, text} with an Idempotency-Key.
// A key that came before is accepted again and kept once.
func (s *Sink) takeText(w http.ResponseWriter, r *http.Request) {
	var in struct{ To, From, Text string }
	body := http.MaxBytesReader(w, r.Body, maxTextBody)
	if err := json.NewDecoder(body).Decode(&in); err != nil || in.To == "" || in.Text == "" {
		problem(w, http.StatusUnprocessableEntity, "want {to, from, text}")
		return
	}
	text := &Text{Key: r.Header.Get("Idempotency-Key"), From: in.From, To: in.To, Text: in.Text, ReceivedAt: time.Now().UTC()}
	if text.Key == "" {
		problem(w, http.StatusBadRequest, "want an Idempotency-Key")
		return
	}
	if err := s.box.addText(r.Context(), text); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (s *Sink) listTexts(w http.ResponseWriter, r *http.Request) {
	limit := defaultLimit
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLimit {
			problem(w, http.StatusBadRequest, "limit is a whole number from 1 to 500")
			return
		}
		limit = n
	}
	items, err := s.box.listTexts(r.Context(), r.URL.Query().Get("to"), limit)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, http.StatusOK, "application/json", map[string]any{"items": items})
}

func (s *Sink) removeTexts(w http.ResponseWriter, r *http.Request) {
	if err := s.box.exec(r.Context(), `DELETE FROM texts`); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (b *box) addText(ctx context.Context, t *Text) error {
	data, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode text message: %w", err)
	}
	return b.exec(ctx, `INSERT OR IGNORE INTO texts (key, number, text) VALUES (?, ?, ?)`, t.Key, digits(t.To), string(data))
}

// listTexts returns up to limit text messages to a number (all when empty), newest first.
func (b *box) listTexts(ctx context.Context, to string, limit int) ([]Text, error) {
	rows, err := b.db.QueryContext(ctx, `SELECT id, text FROM texts WHERE (? = '' OR number = ?) ORDER BY id DESC LIMIT ?`, digits(to), digits(to), limit)
	if err != nil {
		return nil, fmt.Errorf("list text messages: %w", err)
	}
	defer func() { _ = rows.Close() }()
	items := []Text{}
	for rows.Next() {
		var id int64
		var raw string
		if err := rows.Scan(&id, &raw); err != nil {
			return nil, fmt.Errorf("list text messages: %w", err)
		}
		var t Text
		if err := json.Unmarshal([]byte(raw), &t); err != nil {
			return nil, fmt.Errorf("decode text message: %w", err)
		}
		t.ID = strconv.FormatInt(id, 10)
		items = append(items, t)
	}
	return items, rows.Err()
}

// eraseTexts deletes the text messages to the numbers among some addresses, and those that mention one.
func (b *box) eraseTexts(ctx context.Context, addresses []string) error {
	for _, address := range addresses {
		if err := b.exec(ctx, `DELETE FROM texts WHERE instr(lower(text), ?) > 0 OR number = ? AND number <> ''`, strings.ToLower(address), digits(address)); err != nil {
			return err
		}
	}
	return nil
}

func (b *box) exec(ctx context.Context, statement string, args ...any) error {
	if _, err := b.db.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("store text messages: %w", err)
	}
	return nil
}

var noDigit = regexp.MustCompile(`[^0-9]`)

// digits are those of a number, which is written in many ways; none of a mail address.
func digits(number string) string {
	if strings.Contains(number, "@") {
		return ""
	}
	return noDigit.ReplaceAllString(number, "")
}
