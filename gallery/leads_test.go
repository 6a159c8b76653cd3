package gallery_test

func welcome() []passage {
	signup := event{kind: "form.submitted", data: object{"form": "newsletter"}}
	return []passage{
		{
			name: "somebody who does not click", template: "welcome", trigger: signup,
			story: `
				tag Wed 4 Mar 11:30: subscriber
				hello Wed 4 Mar 11:30: Welcome, Ana
				day2 Fri 6 Mar 09:00
				useful Fri 6 Mar 09:00: Where most people start
				day5 Mon 9 Mar 09:00
				engaged Mon 9 Mar 09:00 else
				question Mon 9 Mar 09:00: One question
				done Mon 9 Mar 09:00
				completed success`,
		},
		{
			name: "somebody who clicks", template: "welcome", trigger: signup, answers: object{"offer_url": "https://studio.example/offer"},
			events: []event{{at: "3d", kind: "email.clicked", data: object{"machine": false}}},
			story: `
				tag Wed 4 Mar 11:30: subscriber
				hello Wed 4 Mar 11:30: Welcome, Ana
				day2 Fri 6 Mar 09:00
				useful Fri 6 Mar 09:00: Where most people start
				day5 Mon 9 Mar 09:00
				engaged Mon 9 Mar 09:00 clicked
				offer Mon 9 Mar 09:00: The next step, if you want one
				done Mon 9 Mar 09:00
				completed success`,
		},
		{
			name: "clicks of a machine do not count", template: "welcome", trigger: signup, events: []event{{at: "3d", kind: "email.clicked", data: object{"machine": true}}},
			story: `
				tag Wed 4 Mar 11:30: subscriber
				hello Wed 4 Mar 11:30: Welcome, Ana
				day2 Fri 6 Mar 09:00
				useful Fri 6 Mar 09:00: Where most people start
				day5 Mon 9 Mar 09:00
				engaged Mon 9 Mar 09:00 else
				question Mon 9 Mar 09:00: One question
				done Mon 9 Mar 09:00
				completed success`,
		},
		{
			name: "bought", template: "welcome", trigger: signup, events: []event{{at: "1d", kind: "purchase.completed"}},
			story: `
				tag Wed 4 Mar 11:30: subscriber
				hello Wed 4 Mar 11:30: Welcome, Ana
				day2 Thu 5 Mar 11:30 exited bought
				exited success bought`,
		},
		{
			name: "unsubscribed", template: "welcome", trigger: signup, events: []event{{at: "1h", kind: "email.unsubscribed"}},
			story: `
				tag Wed 4 Mar 11:30: subscriber
				hello Wed 4 Mar 11:30: Welcome, Ana
				day2 Wed 4 Mar 12:30 exited unsubscribed
				exited neutral unsubscribed`,
		},
		{
			name: "by hand, in Berlin, late in the evening", template: "welcome", contact: object{"timezone": "Europe/Berlin", "first_name": nil}, start: "2026-03-04T22:30:00Z",
			story: `
				tag Wed 4 Mar 23:30: subscriber
				hello Wed 4 Mar 23:30: Welcome, and thank you for joining
				day2 Fri 6 Mar 09:00
				useful Fri 6 Mar 09:00: Where most people start
				day5 Mon 9 Mar 09:00
				engaged Mon 9 Mar 09:00 else
				question Mon 9 Mar 09:00: One question
				done Mon 9 Mar 09:00
				completed success`,
		},
	}
}

func leadMagnet() []passage {
	asked := event{kind: "form.submitted", data: object{"form": "checklist"}}
	return []passage{
		{
			name: "no answer", template: "lead-magnet", trigger: asked,
			story: `
				deliver Wed 4 Mar 11:30: Your planning checklist with planning-checklist.txt
				tag Wed 4 Mar 11:30: lead-checklist
				day2 Fri 6 Mar 10:00
				helped Fri 6 Mar 10:00: Did the planning checklist help?
				answer Tue 10 Mar 10:00 timeout
				invite Tue 10 Mar 10:00: Shall we look at it together?
				done Tue 10 Mar 10:00
				completed success`,
		},
		{
			name: "a reply becomes a task", template: "lead-magnet", trigger: asked, answers: object{"title": "guide to better sleep", "file": "sleep.pdf"},
			events: []event{{at: "3d", kind: "email.replied"}},
			story: `
				deliver Wed 4 Mar 11:30: Your guide to better sleep with sleep.pdf
				tag Wed 4 Mar 11:30: lead-checklist
				day2 Fri 6 Mar 10:00
				helped Fri 6 Mar 10:00: Did the guide to better sleep help?
				answer Sat 7 Mar 11:30 replied
				follow_up Sat 7 Mar 11:30: Answer Ana about the guide to better sleep
				talking Sat 7 Mar 11:30
				completed success`,
		},
		{
			name: "bought", template: "lead-magnet", trigger: asked, events: []event{{at: "1d", kind: "purchase.completed"}},
			story: `
				deliver Wed 4 Mar 11:30: Your planning checklist with planning-checklist.txt
				tag Wed 4 Mar 11:30: lead-checklist
				day2 Thu 5 Mar 11:30 exited bought
				exited success bought`,
		},
		{
			name: "unsubscribed", template: "lead-magnet", trigger: asked, events: []event{{at: "5d", kind: "email.unsubscribed"}},
			story: `
				deliver Wed 4 Mar 11:30: Your planning checklist with planning-checklist.txt
				tag Wed 4 Mar 11:30: lead-checklist
				day2 Fri 6 Mar 10:00
				helped Fri 6 Mar 10:00: Did the planning checklist help?
				answer Mon 9 Mar 11:30 exited unsubscribed
				exited neutral unsubscribed`,
		},
	}
}
