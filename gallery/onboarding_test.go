package gallery_test

func agencyOnboarding() []passage {
	signed := event{kind: "contract.signed", data: object{"contract_id": "C-1", "plan": "retainer", "signed_at": "2026-02-27"}}
	return []passage{
		{
			name: "assets in time", template: "agency-onboarding", trigger: signed, events: []event{{at: "2d", kind: "assets.uploaded"}},
			story: `
				welcome Wed 4 Mar 11:30: Welcome aboard, Ana
				kickoff Wed 4 Mar 11:30: When shall we have our kickoff call?
				prepare Wed 4 Mar 11:30: Kickoff call with Ana
				assets Wed 4 Mar 11:30: Your brand assets, please
				arrived Fri 6 Mar 11:30 got
				day7 Wed 11 Mar 09:00
				strategy Wed 11 Mar 09:00: Your strategy document
				day14 Wed 18 Mar 09:00
				draft Wed 18 Mar 09:00: Your first draft
				day21 Wed 25 Mar 09:00
				route Wed 25 Mar 09:00: clients onboarding Account manager
				handover Wed 25 Mar 09:00: Who looks after you from here
				done Wed 25 Mar 09:00
				completed success`,
		},
		{
			name: "days at the weekend move to Monday", template: "agency-onboarding", trigger: signed, start: "2026-03-07T16:30:00Z",
			answers: object{"account_manager": "kim@agency.example", "at": "08:30"},
			story: `
				welcome Sat 7 Mar 11:30: Welcome aboard, Ana
				kickoff Sat 7 Mar 11:30: When shall we have our kickoff call?
				prepare Sat 7 Mar 11:30: Kickoff call with Ana
				assets Sat 7 Mar 11:30: Your brand assets, please
				arrived Wed 11 Mar 11:30 timeout
				business Wed 11 Mar 11:30
				remind Wed 11 Mar 11:30: We still need your brand assets
				day7 Mon 16 Mar 08:30
				strategy Mon 16 Mar 08:30: Your strategy document
				day14 Mon 23 Mar 08:30
				draft Mon 23 Mar 08:30: Your first draft
				day21 Mon 30 Mar 08:30
				route Mon 30 Mar 08:30: clients onboarding kim@agency.example
				handover Mon 30 Mar 08:30: Who looks after you from here
				done Mon 30 Mar 08:30
				completed success`,
		},
		{
			name: "canceled while waiting", template: "agency-onboarding", trigger: signed, events: []event{{at: "9d", kind: "contract.canceled"}},
			story: `
				welcome Wed 4 Mar 11:30: Welcome aboard, Ana
				kickoff Wed 4 Mar 11:30: When shall we have our kickoff call?
				prepare Wed 4 Mar 11:30: Kickoff call with Ana
				assets Wed 4 Mar 11:30: Your brand assets, please
				arrived Sun 8 Mar 11:30 timeout
				business Mon 9 Mar 09:00
				remind Mon 9 Mar 09:00: We still need your brand assets
				day7 Wed 11 Mar 09:00
				strategy Wed 11 Mar 09:00: Your strategy document
				day14 Fri 13 Mar 11:30 exited canceled
				exited failed canceled`,
		},
		{
			name: "the event comes days after the signature", template: "agency-onboarding", trigger: signed, occurred: "2026-03-02T22:00:00Z",
			story: `
				welcome Wed 4 Mar 11:30: Welcome aboard, Ana
				kickoff Wed 4 Mar 11:30: When shall we have our kickoff call?
				prepare Wed 4 Mar 11:30: Kickoff call with Ana
				assets Wed 4 Mar 11:30: Your brand assets, please
				arrived Sun 8 Mar 11:30 timeout
				business Mon 9 Mar 09:00
				remind Mon 9 Mar 09:00: We still need your brand assets
				day7 Mon 9 Mar 09:00
				strategy Mon 9 Mar 09:00: Your strategy document
				day14 Mon 16 Mar 09:00
				draft Mon 16 Mar 09:00: Your first draft
				day21 Mon 23 Mar 09:00
				route Mon 23 Mar 09:00: clients onboarding Account manager
				handover Mon 23 Mar 09:00: Who looks after you from here
				done Mon 23 Mar 09:00
				completed success`,
		},
		{
			name: "counted from signed_at", template: "agency-onboarding", trigger: signed, answers: object{"anchor": "trigger.signed_at"},
			story: `
				welcome Wed 4 Mar 11:30: Welcome aboard, Ana
				kickoff Wed 4 Mar 11:30: When shall we have our kickoff call?
				prepare Wed 4 Mar 11:30: Kickoff call with Ana
				assets Wed 4 Mar 11:30: Your brand assets, please
				arrived Sun 8 Mar 11:30 timeout
				business Mon 9 Mar 09:00
				remind Mon 9 Mar 09:00: We still need your brand assets
				day7 Mon 9 Mar 09:00
				strategy Mon 9 Mar 09:00: Your strategy document
				day14 Fri 13 Mar 09:00
				draft Fri 13 Mar 09:00: Your first draft
				day21 Fri 20 Mar 09:00
				route Fri 20 Mar 09:00: clients onboarding Account manager
				handover Fri 20 Mar 09:00: Who looks after you from here
				done Fri 20 Mar 09:00
				completed success`,
		},
		{
			name: "in the zone of a client in Tokyo", template: "agency-onboarding", trigger: signed, contact: object{"timezone": "Asia/Tokyo"}, events: []event{{at: "1h", kind: "assets.uploaded"}},
			story: `
				welcome Thu 5 Mar 01:30: Welcome aboard, Ana
				kickoff Thu 5 Mar 01:30: When shall we have our kickoff call?
				prepare Thu 5 Mar 01:30: Kickoff call with Ana
				assets Thu 5 Mar 01:30: Your brand assets, please
				arrived Thu 5 Mar 02:30 got
				day7 Thu 12 Mar 09:00
				strategy Thu 12 Mar 09:00: Your strategy document
				day14 Thu 19 Mar 09:00
				draft Thu 19 Mar 09:00: Your first draft
				day21 Thu 26 Mar 09:00
				route Thu 26 Mar 09:00: clients onboarding Account manager
				handover Thu 26 Mar 09:00: Who looks after you from here
				done Thu 26 Mar 09:00
				completed success`,
		},
	}
}

func courseOnboarding() []passage {
	start := object{"order_id": "A-1"}
	return []passage{
		{
			name: "a student who never begins", template: "course-onboarding", trigger: event{data: start},
			story: `
				hello Wed 4 Mar 11:30: Welcome to Program A
				day3 Sat 7 Mar 09:00
				begun Sat 7 Mar 09:00 else
				nudge Sat 7 Mar 09:00: Lesson one takes ten minutes
				day7 Wed 11 Mar 09:00
				half Wed 11 Mar 09:00 else
				help Wed 11 Mar 09:00: Can we help?
				day14 Wed 18 Mar 09:00
				survey Wed 18 Mar 09:00: Two questions about your first two weeks
				done Wed 18 Mar 09:00
				completed success`,
		},
		{
			name: "a student on track", template: "course-onboarding", trigger: event{data: start},
			events: []event{{at: "1d", kind: "course.progressed", data: object{"course": "program-a", "progress": 10}}, {at: "6d", kind: "course.progressed", data: object{"course": "program-a", "progress": 50}}},
			story: `
				hello Wed 4 Mar 11:30: Welcome to Program A
				day3 Sat 7 Mar 09:00
				begun Sat 7 Mar 09:00 begun
				day7 Wed 11 Mar 09:00
				half Wed 11 Mar 09:00 on_track
				praise Wed 11 Mar 09:00: Half way after one week
				day14 Wed 18 Mar 09:00
				survey Wed 18 Mar 09:00: Two questions about your first two weeks
				done Wed 18 Mar 09:00
				completed success`,
		},
		{
			name: "progress in another course does not count", template: "course-onboarding", trigger: event{data: start}, answers: object{"course": "design"},
			events: []event{{at: "1d", kind: "course.progressed", data: object{"course": "program-a", "progress": 80}}, {at: "8d", kind: "course.completed", data: object{"course": "program-a"}}},
			story: `
				hello Wed 4 Mar 11:30: Welcome to Program A
				day3 Sat 7 Mar 09:00
				begun Sat 7 Mar 09:00 else
				nudge Sat 7 Mar 09:00: Lesson one takes ten minutes
				day7 Wed 11 Mar 09:00
				half Wed 11 Mar 09:00 else
				help Wed 11 Mar 09:00: Can we help?
				day14 Wed 18 Mar 09:00
				survey Wed 18 Mar 09:00: Two questions about your first two weeks
				done Wed 18 Mar 09:00
				completed success`,
		},
		{
			name: "finished", template: "course-onboarding", trigger: event{data: start}, events: []event{{at: "8d", kind: "course.completed", data: object{"course": "program-a"}}},
			story: `
				hello Wed 4 Mar 11:30: Welcome to Program A
				day3 Sat 7 Mar 09:00
				begun Sat 7 Mar 09:00 else
				nudge Sat 7 Mar 09:00: Lesson one takes ten minutes
				day7 Wed 11 Mar 09:00
				half Wed 11 Mar 09:00 else
				help Wed 11 Mar 09:00: Can we help?
				day14 Thu 12 Mar 11:30 exited finished
				exited success finished`,
		},
		{
			name: "refunded", template: "course-onboarding", trigger: event{data: start},
			events: []event{{at: "1d", kind: "purchase.refunded", data: object{"order_id": "A-2"}}, {at: "4d", kind: "purchase.refunded", data: object{"order_id": "A-1"}}},
			story: `
				hello Wed 4 Mar 11:30: Welcome to Program A
				day3 Sat 7 Mar 09:00
				begun Sat 7 Mar 09:00 else
				nudge Sat 7 Mar 09:00: Lesson one takes ten minutes
				day7 Sun 8 Mar 11:30 exited refunded
				exited neutral refunded`,
		},
	}
}
