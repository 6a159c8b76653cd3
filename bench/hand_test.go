//go:build bench

package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"fermata/activities"
	"fermata/events"
	"fermata/outgoing"
	"fermata/store"
)

const handQueue = "by-hand"

// hand is the purchase as an engineer would write it for Temporal: the same rows,
// mail and call as the drawn workflow, without an interpreter.
type hand struct {
	store  *store.Store
	mailer *activities.SMTP
	caller *activities.Caller
	client client.Client
	slack  string
}

func empty(workflow.Context) error { return nil }

func parked(ctx workflow.Context) error { return workflow.Sleep(ctx, 14*24*time.Hour) }

var steps = []string{"Course", "Receipt", "Tag", "Enroll", "Deal", "Team"}

func regular(ctx workflow.Context, contact string) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 30 * time.Second})
	for _, step := range steps {
		if err := workflow.ExecuteActivity(ctx, step, contact).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

func local(ctx workflow.Context, contact string) error {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 30 * time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 5},
	})
	for _, step := range steps {
		if err := workflow.ExecuteLocalActivity(ctx, step, contact).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

func (h *hand) register(w worker.Worker) {
	w.RegisterWorkflow(empty)
	w.RegisterWorkflow(parked)
	w.RegisterWorkflow(regular)
	w.RegisterWorkflow(local)
	w.RegisterActivity(h)
}

// effect writes one effect, its ledger row and its event in one transaction.
func (h *hand) effect(ctx context.Context, contact, kind, event string, data map[string]any, do func(tx *store.Tx) error) error {
	return h.store.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.LockContact(contact)
		if err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		now := time.Now().UTC()
		_, _, err = tx.InsertEffect(&store.Effect{
			EnrollmentID: contact, Node: kind, Visit: 1, Kind: kind, Key: contact + kind, State: store.EffectDone, CreatedAt: now, UpdatedAt: now,
		})
		if err != nil {
			return err
		}
		_, err = events.Append(tx, events.Draft{Contact: c, Type: event, Data: data, OccurredAt: now, Now: now, Source: "bench"})
		return err
	})
}

func (h *hand) Course(ctx context.Context, contact string) error {
	return h.effect(ctx, contact, "course", "course.enrolled", map[string]any{"course": "program-a"}, func(tx *store.Tx) error {
		return tx.SetContactCourse(&store.ContactCourse{ContactID: contact, Course: "program-a", Status: "enrolled"})
	})
}

func (h *hand) Receipt(ctx context.Context, contact string) error {
	id := uuid.NewString()
	err := h.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockContact(contact); err != nil {
			return err
		}
		return tx.CreateSend(&store.Send{ID: id, ContactID: contact, EnrollmentID: contact, Channel: "email", MessageID: id, State: "claimed", CreatedAt: time.Now().UTC()})
	})
	if err != nil {
		return err
	}
	err = h.mailer.Send(ctx, outgoing.Message{
		ID: id + "@bench.test", From: "bench@bench.test", To: []string{"ana@example.com"}, Subject: "Your receipt", Text: "Thank you.", HTML: "<p>Thank you.</p>",
	})
	if err != nil {
		return err
	}
	return h.effect(ctx, contact, "email", "email.sent", map[string]any{"send_id": id}, func(tx *store.Tx) error {
		send, err := tx.SendByMessageID(id)
		if err != nil {
			return err
		}
		send.State = "sent"
		return tx.SaveSend(send)
	})
}

func (h *hand) Tag(ctx context.Context, contact string) error {
	return h.effect(ctx, contact, "tag", "tag.added", map[string]any{"tag": "buyer-program-A"}, func(tx *store.Tx) error {
		_, _, err := tx.AddContactTag(contact, "buyer-program-A")
		return err
	})
}

func (h *hand) Enroll(ctx context.Context, contact string) error {
	_, err := h.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "onboarding-" + contact, TaskQueue: handQueue, EnableEagerStart: true}, parked)
	if err != nil {
		return err
	}
	return h.effect(ctx, contact, "enroll", "onboarding.started", map[string]any{}, func(*store.Tx) error { return nil })
}

func (h *hand) Deal(ctx context.Context, contact string) error {
	return h.effect(ctx, contact, "deal", "deal.created", map[string]any{"pipeline": "sales"}, func(tx *store.Tx) error {
		return tx.CreateDeal(&store.Deal{ID: store.NewID("deal"), Title: "Program A", Pipeline: "sales", Stage: "won", Status: "won", Currency: "USD", ContactID: contact})
	})
}

func (h *hand) Team(ctx context.Context, contact string) error {
	_, err := h.caller.Do(ctx, outgoing.Request{
		Method: "POST", URL: h.slack, Body: []byte(`{"text":"bought"}`), ContentType: "application/json", Timeout: 10 * time.Second,
		Headers: map[string]string{"Idempotency-Key": contact},
	})
	if err != nil {
		return err
	}
	return h.effect(ctx, contact, "slack", "team.told", map[string]any{}, func(*store.Tx) error { return nil })
}

// begin makes the contact of one flow, as intake would.
func (h *hand) begin(ctx context.Context, n int) (string, error) {
	id := store.NewID("con")
	email := fmt.Sprintf("hand%s@example.com", id)
	err := h.store.Write(ctx, func(tx *store.Tx) error {
		c := &store.Contact{ID: id, Email: &email, FirstName: "Ana"}
		if err := tx.CreateContact(c); err != nil {
			return err
		}
		now := time.Now().UTC()
		_, err := events.Append(tx, events.Draft{Contact: c, Type: "purchase.noted", Data: map[string]any{"n": n}, OccurredAt: now, Now: now, Source: "bench"})
		return err
	})
	return id, err
}
