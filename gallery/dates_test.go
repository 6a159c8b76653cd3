package gallery_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

func appointmentReminders() []passage {
	at := func(start string) object {
		return object{"appointment_id": "M-1", "calendar": "studio", "start": start}
	}
	booked := event{kind: "appointment.booked", data: at("2026-03-11T15:00:00Z")}
	return []passage{
		{
			name: "reminded twice", template: "appointment-reminders", trigger: booked, answers: object{"place": "12 Main Street"},
			story: `
				why Wed 4 Mar 11:30 else
				confirm Wed 4 Mar 11:30: Your appointment on Wednesday, March 11
				soon Wed 4 Mar 11:30 else
				day_before Tue 10 Mar 11:00
				remind Tue 10 Mar 11:00: Reminder: Wednesday at 11:00
				before Wed 11 Mar 10:00
				last Wed 11 Mar 10:00: Today at 11:00
				done Wed 11 Mar 10:00
				completed success`,
		},
		{
			name: "booked for soon", template: "appointment-reminders", trigger: event{kind: "appointment.booked", data: at("2026-03-04T21:00:00Z")},
			story: `
				why Wed 4 Mar 11:30 else
				confirm Wed 4 Mar 11:30: Your appointment on Wednesday, March 4
				soon Wed 4 Mar 11:30 soon
				before Wed 4 Mar 15:00
				last Wed 4 Mar 15:00: Today at 16:00
				done Wed 4 Mar 15:00
				completed success`,
		},
		{
			name: "moved before the first reminder", template: "appointment-reminders", trigger: booked, events: []event{{at: "1d", kind: "appointment.rescheduled", data: at("2026-03-13T18:00:00Z")}},
			story: `
				why Wed 4 Mar 11:30 else
				confirm Wed 4 Mar 11:30: Your appointment on Wednesday, March 11
				soon Wed 4 Mar 11:30 else
				day_before Thu 12 Mar 14:00
				remind Thu 12 Mar 14:00: Reminder: Friday at 14:00
				before Fri 13 Mar 13:00
				last Fri 13 Mar 13:00: Today at 14:00
				done Fri 13 Mar 13:00
				completed success`,
		},
		{
			name: "moved between the reminders", template: "appointment-reminders", trigger: booked, events: []event{{at: "155h", kind: "appointment.rescheduled", data: at("2026-03-20T15:00:00Z")}},
			story: `
				why Wed 4 Mar 11:30 else
				confirm Wed 4 Mar 11:30: Your appointment on Wednesday, March 11
				soon Wed 4 Mar 11:30 else
				day_before Tue 10 Mar 11:00
				remind Tue 10 Mar 11:00: Reminder: Wednesday at 11:00
				before Fri 20 Mar 10:00
				last Fri 20 Mar 10:00: Today at 11:00
				done Fri 20 Mar 10:00
				completed success`,
		},
		{
			name: "another appointment is moved", template: "appointment-reminders", trigger: booked,
			events: []event{{at: "1d", kind: "appointment.rescheduled", data: object{"appointment_id": "M-2", "start": "2026-03-05T18:00:00Z"}}},
			story: `
				why Wed 4 Mar 11:30 else
				confirm Wed 4 Mar 11:30: Your appointment on Wednesday, March 11
				soon Wed 4 Mar 11:30 else
				day_before Tue 10 Mar 11:00
				remind Tue 10 Mar 11:00: Reminder: Wednesday at 11:00
				before Wed 11 Mar 10:00
				last Wed 11 Mar 10:00: Today at 11:00
				done Wed 11 Mar 10:00
				completed success`,
		},
		{
			name: "canceled", template: "appointment-reminders", trigger: booked,
			events: []event{{at: "1d", kind: "appointment.canceled", data: object{"appointment_id": "M-2"}}, {at: "2d", kind: "appointment.canceled", data: at("2026-03-11T15:00:00Z")}},
			story: `
				why Wed 4 Mar 11:30 else
				confirm Wed 4 Mar 11:30: Your appointment on Wednesday, March 11
				soon Wed 4 Mar 11:30 else
				day_before Fri 6 Mar 11:30 exited canceled
				exited neutral canceled`,
		},
		{
			name: "moved after the reminders", template: "appointment-reminders", trigger: event{kind: "appointment.rescheduled", data: at("2026-03-20T15:00:00Z")},
			story: `
				why Wed 4 Mar 11:30 moved
				moved Wed 4 Mar 11:30: Your new time: Friday, March 20, 11:00
				soon Wed 4 Mar 11:30 else
				day_before Thu 19 Mar 11:00
				remind Thu 19 Mar 11:00: Reminder: Friday at 11:00
				before Fri 20 Mar 10:00
				last Fri 20 Mar 10:00: Today at 11:00
				done Fri 20 Mar 10:00
				completed success`,
		},
		{
			name: "no show, no answer", template: "appointment-reminders", trigger: event{kind: "appointment.no_show", data: at("2026-03-04T15:00:00Z")},
			story: `
				why Wed 4 Mar 11:30 missed
				sorry Wed 4 Mar 11:30: We missed you today
				again Sat 7 Mar 11:30 timeout
				call Sat 7 Mar 11:30: Call Ana about the missed appointment
				open Sat 7 Mar 11:30
				completed neutral`,
		},
		{
			name: "no show, and a reply", template: "appointment-reminders", trigger: event{kind: "appointment.no_show", data: at("2026-03-04T15:00:00Z")}, events: []event{{at: "1d", kind: "email.replied"}},
			story: `
				why Wed 4 Mar 11:30 missed
				sorry Wed 4 Mar 11:30: We missed you today
				again Thu 5 Mar 11:30 replied
				talking Thu 5 Mar 11:30
				completed success`,
		},
	}
}

func birthday() []passage {
	return []passage{
		{
			name: "a greeting", template: "birthday",
			story: `
				greet Wed 4 Mar 11:30: Happy birthday, Ana
				week Wed 4 Mar 11:30 skipped disabled
				remind Wed 4 Mar 11:30 skipped disabled
				done Wed 4 Mar 11:30
				completed success`,
		},
		{
			name: "with a gift", template: "birthday", answers: object{"code": "CAKE-10", "shop_url": "https://shop.example"},
			story: `
				greet Wed 4 Mar 11:30: Happy birthday, Ana
				week Wed 11 Mar 11:30
				remind Wed 11 Mar 11:30: Your birthday present is still here
				done Wed 11 Mar 11:30
				completed success`,
		},
		{
			name: "the gift is used", template: "birthday", answers: object{"code": "CAKE-10"}, events: []event{{at: "2d", kind: "purchase.completed"}},
			story: `
				greet Wed 4 Mar 11:30: Happy birthday, Ana
				week Fri 6 Mar 11:30 exited bought
				exited success bought`,
		},
		{
			name: "unsubscribed", template: "birthday", answers: object{"code": "CAKE-10"}, events: []event{{at: "2d", kind: "email.unsubscribed"}},
			story: `
				greet Wed 4 Mar 11:30: Happy birthday, Ana
				week Fri 6 Mar 11:30 exited unsubscribed
				exited neutral unsubscribed`,
		},
	}
}

func failedPayment() []passage {
	failed := func(amount int) event {
		return event{kind: "payment.failed", data: object{"payment_id": "P-1", "order_id": "B-1", "amount": amount, "currency": "EUR", "attempt": 1}}
	}
	return []passage{
		{
			name: "never paid", template: "failed-payment", trigger: failed(80), answers: object{"team": "billing@shop.example"},
			story: `
				tell Wed 4 Mar 11:30: Your payment for order B-1 did not go through
				day3 Sat 7 Mar 09:00
				remind Sat 7 Mar 09:00: Order B-1 is still unpaid
				large Sat 7 Mar 09:00 else
				day7 Wed 11 Mar 09:00
				last Wed 11 Mar 09:00: Last reminder for order B-1
				grace Sat 14 Mar 09:00
				tag Sat 14 Mar 09:00: payment-overdue
				decide Sat 14 Mar 09:00: Order B-1 stays unpaid
				team Sat 14 Mar 09:00: Order B-1 stays unpaid to billing@shop.example
				unpaid Sat 14 Mar 09:00
				completed failed`,
		},
		{
			name: "paid after the first reminder", template: "failed-payment", trigger: failed(80),
			events: []event{{at: "1d", kind: "payment.received", data: object{"order_id": "B-2"}}, {at: "4d", kind: "payment.received", data: object{"order_id": "B-1"}}},
			story: `
				tell Wed 4 Mar 11:30: Your payment for order B-1 did not go through
				day3 Sat 7 Mar 09:00
				remind Sat 7 Mar 09:00: Order B-1 is still unpaid
				large Sat 7 Mar 09:00 else
				day7 Sun 8 Mar 11:30 exited paid
				exited success paid`,
		},
		{
			name: "a large amount becomes a task", template: "failed-payment", trigger: failed(900), events: []event{{at: "8d", kind: "payment.received", data: object{"order_id": "B-1"}}},
			story: `
				tell Wed 4 Mar 11:30: Your payment for order B-1 did not go through
				day3 Sat 7 Mar 09:00
				remind Sat 7 Mar 09:00: Order B-1 is still unpaid
				large Sat 7 Mar 09:00 large
				call Sat 7 Mar 09:00: Call Ana about 900 EUR
				day7 Wed 11 Mar 09:00
				last Wed 11 Mar 09:00: Last reminder for order B-1
				grace Thu 12 Mar 11:30 exited paid
				exited success paid`,
		},
		{
			name: "the order is canceled", template: "failed-payment", trigger: failed(80), events: []event{{at: "8d", kind: "order.canceled", data: object{"order_id": "B-1"}}},
			story: `
				tell Wed 4 Mar 11:30: Your payment for order B-1 did not go through
				day3 Sat 7 Mar 09:00
				remind Sat 7 Mar 09:00: Order B-1 is still unpaid
				large Sat 7 Mar 09:00 else
				day7 Wed 11 Mar 09:00
				last Wed 11 Mar 09:00: Last reminder for order B-1
				grace Thu 12 Mar 11:30 exited canceled
				exited neutral canceled`,
		},
	}
}

func trialEnd() []passage {
	trial := object{"fields": object{"trial_ends_on": "2026-03-07"}}
	return []passage{
		{
			name: "not active, and gone", template: "trial-end", contact: trial, start: "2026-03-04T14:00:00Z",
			story: `
				active Wed 4 Mar 09:00 else
				help Wed 4 Mar 09:00: Did our product not fit yet?
				last_day Sat 7 Mar 09:00
				today Sat 7 Mar 09:00: Your trial ends today
				after Tue 10 Mar 09:00
				return Tue 10 Mar 09:00: The door stays open
				reason Tue 17 Mar 09:00 timeout
				gone Tue 17 Mar 09:00
				completed neutral`,
		},
		{
			name: "replies after the end", template: "trial-end", contact: trial, start: "2026-03-04T14:00:00Z", answers: object{"product_name": "Planner", "at": "10:15"},
			events: []event{{at: "8d", kind: "email.replied"}},
			story: `
				active Wed 4 Mar 09:00 else
				help Wed 4 Mar 09:00: Did Planner not fit yet?
				last_day Sat 7 Mar 10:15
				today Sat 7 Mar 10:15: Your trial ends today
				after Tue 10 Mar 10:15
				return Tue 10 Mar 10:15: The door stays open
				reason Thu 12 Mar 09:00 replied
				answer Thu 12 Mar 09:00: Answer Ana about the trial
				talking Thu 12 Mar 09:00
				completed neutral`,
		},
		{
			name: "buys on the last day", template: "trial-end", contact: trial, start: "2026-03-04T14:00:00Z", events: []event{{at: "74h", kind: "purchase.completed"}},
			story: `
				active Wed 4 Mar 09:00 else
				help Wed 4 Mar 09:00: Did our product not fit yet?
				last_day Sat 7 Mar 09:00
				today Sat 7 Mar 09:00: Your trial ends today
				after Sat 7 Mar 11:00 exited bought
				exited success bought`,
		},
		{
			name: "unsubscribes", template: "trial-end", contact: trial, start: "2026-03-04T14:00:00Z", events: []event{{at: "1d", kind: "email.unsubscribed"}},
			story: `
				active Wed 4 Mar 09:00 else
				help Wed 4 Mar 09:00: Did our product not fit yet?
				last_day Thu 5 Mar 09:00 exited unsubscribed
				exited neutral unsubscribed`,
		},
	}
}

// used is a contact who has used the product so many times.
type used int

func (u used) Events(kind string, _ time.Time) ([]expr.Event, error) {
	return make([]expr.Event, map[string]int{"feature.used": int(u)}[kind]), nil
}
func (used) Tagged(string) (bool, error)                    { return false, nil }
func (used) EnrolledIn(string) (bool, error)                { return false, nil }
func (used) Course(string) (float64, bool, error)           { return 0, false, nil }
func (used) DealStage(string, string) (string, bool, error) { return "", false, nil }
func (used) Segment(string) (any, bool, error)              { return nil, false, nil }

// TestTrialOfSomebodyActive: what happened before the passage is in no rehearsal, so the
// branch is asked by itself.
func TestTrialOfSomebodyActive(t *testing.T) {
	t.Parallel()
	w := install(t, "trial-end", nil)
	branch, ok := w.definition.Nodes["active"].Settings.(*nodes.Branch)
	require.True(t, ok)
	for times, want := range map[used]string{0: "else", 2: "else", 3: "active", 9: "active"} {
		port, _, err := branch.Decide(&expr.Scope{Now: instant(t, wednesday), Facts: times})
		require.NoError(t, err)
		require.Equal(t, want, port, times)
	}
	target, wired := w.definition.Nodes["active"].Target("active")
	require.True(t, wired)
	require.Equal(t, "keep", target)
}
