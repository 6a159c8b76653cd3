package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"fermata/store"
)

const (
	// hitSettle is how long a hit waits for others of its mail to be compared with.
	hitSettle = 1250 * time.Millisecond
	// scannerSpan: who follows two links of a mail within it is a program.
	scannerSpan = time.Second
	// scannerSoon: what asks so soon after the sending checks the mail and does not read it.
	scannerSoon = 2 * time.Second
	// hitKept is how long a hit that was reported is kept.
	hitKept = time.Minute
	// hitBatch is the most mails looked at in one round.
	hitBatch = 100
)

// NewHit is the note of one request of an address in a mail: of a link when url is given, else of
// the pixel. machine is what the request itself says about who asks.
func NewHit(send, url string, machine bool, at time.Time) *store.MailHit {
	h := &store.MailHit{SendID: send, Kind: store.HitOpen, URL: url, Machine: machine, At: at, ReadyAt: at.Add(hitSettle)}
	if url != "" {
		h.Kind = store.HitClick
	}
	return h
}

// HitRecorder turns noted requests into events: email.opened once per send for people and once for
// machines; email.clicked with link.clicked once per send, address and minute, again for people and
// machines apart. Nothing is left out as a machine's: it is flagged. Any number may run in parallel;
// they meet at the contact's lock. It needs the store alone.
type HitRecorder struct {
	Store *store.Store
	Now   func() time.Time // default: time.Now
	Log   *slog.Logger     // default: slog.Default
	Poll  time.Duration    // how often it looks; default 1s
	// Wrote, when set, is called after events were written: the router has work.
	Wrote func()
}

// Run records until ctx ends.
func (r *HitRecorder) Run(ctx context.Context) error {
	tick := time.NewTicker(orDefault(r.Poll, defaultPoll))
	defer tick.Stop()
	for {
		if err := r.Tick(ctx); err != nil && ctx.Err() == nil {
			r.log().ErrorContext(ctx, "record opens and clicks", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (r *HitRecorder) log() *slog.Logger {
	if r.Log == nil {
		return slog.Default()
	}
	return r.Log
}

func (r *HitRecorder) now() time.Time {
	if r.Now == nil {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return r.Now().UTC().Truncate(time.Microsecond)
}

// Tick records everything that is ready now. A mail whose hits cannot be recorded holds back no other.
func (r *HitRecorder) Tick(ctx context.Context) error {
	for more := true; more; {
		var sends []string
		err := r.Store.Read(ctx, func(tx *store.Tx) (err error) {
			sends, err = tx.SendsHit(r.now(), hitBatch)
			return err
		})
		if err != nil {
			return fmt.Errorf("read hits: %w", err)
		}
		if len(sends) == 0 {
			return nil
		}
		for _, send := range sends {
			if err := r.one(ctx, send); err != nil {
				return err
			}
		}
		if r.Wrote != nil {
			r.Wrote()
		}
		more = len(sends) == hitBatch
	}
	return nil
}

// one records the hits of one send. An error of its own puts them off; one of the store is returned.
func (r *HitRecorder) one(ctx context.Context, send string) error {
	now := r.now()
	err := r.Store.Write(ctx, func(tx *store.Tx) error {
		if err := recordHits(tx, send, now); err != nil {
			return err
		}
		return tx.ClearMailHits(now.Add(-hitKept))
	})
	if err == nil || store.IsTransient(err) || ctx.Err() != nil {
		return err
	}
	r.log().ErrorContext(ctx, "record hits", slog.String("send", send), slog.Any("error", err))
	return r.Store.Write(ctx, func(tx *store.Tx) error { return tx.DelayMailHits(send, now.Add(hitKept)) })
}

func recordHits(tx *store.Tx, id string, now time.Time) error {
	send, c, err := LockSend(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return tx.DropMailHits(id)
	}
	if err != nil {
		return err
	}
	hits, err := tx.MailHits(id)
	if err != nil {
		return fmt.Errorf("read hits: %w", err)
	}
	var done []string
	for i := range hits {
		hit := &hits[i]
		if hit.Recorded || hit.ReadyAt.After(now) {
			continue
		}
		if err := reportHit(tx, send, c, hit, byMachine(hit, hits, send), now); err != nil {
			return err
		}
		done = append(done, hit.ID)
	}
	return tx.RecordMailHits(done)
}

// byMachine decides whether a person can have made a request.
func byMachine(hit *store.MailHit, all []store.MailHit, send *store.Send) bool {
	sent := send.CreatedAt
	if send.SentAt != nil {
		sent = *send.SentAt
	}
	if hit.Machine || hit.At.Sub(sent) < scannerSoon {
		return true
	}
	for i := range all {
		other := &all[i]
		if hit.Kind == store.HitClick && other.Kind == store.HitClick && other.URL != hit.URL && other.At.Sub(hit.At).Abs() <= scannerSpan {
			return true
		}
	}
	return false
}

func reportHit(tx *store.Tx, send *store.Send, c *store.Contact, hit *store.MailHit, machine bool, now time.Time) error {
	who := "person"
	if machine {
		who = "machine"
	}
	drafts := []Draft{sendEvent(c, send, TypeEmailOpened, who, now, map[string]any{"machine": machine})}
	if hit.Kind == store.HitClick {
		key := strings.Join([]string{who, instant(hit.At.Truncate(time.Minute)), hit.URL}, "\x00")
		drafts = []Draft{
			sendEvent(c, send, TypeEmailClicked, key, now, map[string]any{"url": hit.URL, "machine": machine}),
			sendEvent(c, send, TypeLinkClicked, key, now, map[string]any{"link": linkName(hit.URL), "url": hit.URL, "machine": machine}),
		}
	}
	for _, draft := range drafts {
		draft.OccurredAt = hit.At
		if _, err := Append(tx, draft); err != nil {
			return fmt.Errorf("report %s: %w", draft.Type, err)
		}
	}
	return nil
}

// linkName is a link without what changes from mail to mail: its address up to ? or #.
func linkName(url string) string {
	if end := strings.IndexAny(url, "?#"); end >= 0 {
		return url[:end]
	}
	return url
}
