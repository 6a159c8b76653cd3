package gallery_test

func reEngagement() []passage {
	return []passage{
		{
			name: "stays silent", template: "re-engagement", answers: object{"best_url": "https://studio.example/best"},
			story: `
				miss Wed 4 Mar 11:30: Is this still for you, Ana?
				first Wed 11 Mar 11:30 timeout
				last Wed 11 Mar 11:30: Shall we stop writing to you?
				second Wed 18 Mar 11:30 timeout
				tag Wed 18 Mar 11:30: inactive
				gone Wed 18 Mar 11:30
				completed neutral`,
		},
		{
			name: "opens the first mail", template: "re-engagement", events: []event{{at: "1d", kind: "email.opened", data: object{"machine": true}}, {at: "2d", kind: "email.opened", data: object{"machine": false}}},
			story: `
				miss Wed 4 Mar 11:30: Is this still for you, Ana?
				first Fri 6 Mar 11:30 opened
				back Fri 6 Mar 11:30: without inactive
				done Fri 6 Mar 11:30
				completed success`,
		},
		{
			name: "clicks in the last mail", template: "re-engagement", events: []event{{at: "9d", kind: "email.clicked", data: object{"machine": false}}},
			story: `
				miss Wed 4 Mar 11:30: Is this still for you, Ana?
				first Wed 11 Mar 11:30 timeout
				last Wed 11 Mar 11:30: Shall we stop writing to you?
				second Fri 13 Mar 11:30 clicked
				back Fri 13 Mar 11:30: without inactive
				done Fri 13 Mar 11:30
				completed success`,
		},
		{
			name: "unsubscribes", template: "re-engagement", events: []event{{at: "1d", kind: "email.unsubscribed"}},
			story: `
				miss Wed 4 Mar 11:30: Is this still for you, Ana?
				first Thu 5 Mar 11:30 exited unsubscribed
				exited neutral unsubscribed`,
		},
		{
			name: "buys", template: "re-engagement", events: []event{{at: "8d", kind: "purchase.completed"}},
			story: `
				miss Wed 4 Mar 11:30: Is this still for you, Ana?
				first Wed 11 Mar 11:30 timeout
				last Wed 11 Mar 11:30: Shall we stop writing to you?
				second Thu 12 Mar 11:30 exited bought
				exited success bought`,
		},
		{
			name: "not at night", template: "re-engagement", start: "2026-03-05T02:00:00Z", events: []event{{at: "1d", kind: "email.replied"}},
			story: `
				miss Thu 5 Mar 08:00: Is this still for you, Ana?
				first Thu 5 Mar 21:00 replied
				back Thu 5 Mar 21:00: without inactive
				done Thu 5 Mar 21:00
				completed success`,
		},
	}
}

func listHygiene() []passage {
	return []passage{
		{
			name: "no answer", template: "list-hygiene",
			story: `
				ask Wed 4 Mar 11:30: May we keep writing to you?
				answer Wed 18 Mar 11:30 timeout
				tag Wed 18 Mar 11:30: sunset
				off Wed 18 Mar 11:30: email
				gone Wed 18 Mar 11:30
				completed neutral`,
		},
		{
			name: "wants to stay", template: "list-hygiene", answers: object{"stay_url": "https://studio.example/stay"},
			events: []event{{at: "1d", kind: "email.clicked", data: object{"machine": true}}, {at: "3d", kind: "email.clicked", data: object{"machine": false}}},
			story: `
				ask Wed 4 Mar 11:30: May we keep writing to you?
				answer Sat 7 Mar 11:30 clicked
				stay Sat 7 Mar 11:30
				completed success`,
		},
		{
			name: "replies", template: "list-hygiene", events: []event{{at: "13d", kind: "email.replied"}},
			story: `
				ask Wed 4 Mar 11:30: May we keep writing to you?
				answer Tue 17 Mar 11:30 replied
				stay Tue 17 Mar 11:30
				completed success`,
		},
		{
			name: "unsubscribes", template: "list-hygiene", events: []event{{at: "1d", kind: "email.unsubscribed"}},
			story: `
				ask Wed 4 Mar 11:30: May we keep writing to you?
				answer Thu 5 Mar 11:30 exited unsubscribed
				exited neutral unsubscribed`,
		},
		{
			name: "buys", template: "list-hygiene", events: []event{{at: "1d", kind: "purchase.completed"}},
			story: `
				ask Wed 4 Mar 11:30: May we keep writing to you?
				answer Thu 5 Mar 11:30 exited bought
				exited success bought`,
		},
	}
}
