package gallery_test

func orderStatus() []passage {
	ordered := event{kind: "order.created", data: object{"order_id": "B-1", "amount": 60, "currency": "EUR"}}
	fulfilled := object{"order_id": "B-1", "tracking_url": "https://track.example/1"}
	own := object{"order_id": "B-1"}
	another := object{"order_id": "B-2"}
	return []passage{
		{
			name: "shipped and delivered", template: "order-status", trigger: ordered,
			events: []event{{at: "1d", kind: "order.fulfilled", data: fulfilled}, {at: "4d", kind: "order.delivered", data: own}},
			story: `
				minute Wed 4 Mar 11:31
				confirm Wed 4 Mar 11:31: Order B-1 is confirmed
				shipped Thu 5 Mar 11:30 fulfilled
				ship_mail Thu 5 Mar 11:30: Order B-1 is on its way
				delivered Sun 8 Mar 11:30 arrived
				delivery_mail Sun 8 Mar 11:30: Order B-1 has arrived
				while Sun 15 Mar 11:30
				review Sun 15 Mar 11:30: How do you like it?
				done Sun 15 Mar 11:30
				completed success`,
		},
		{
			name: "shipped within the first minute", template: "order-status", trigger: ordered, events: []event{{at: "10s", kind: "order.fulfilled", data: fulfilled}, {at: "2d", kind: "order.delivered", data: own}},
			story: `
				minute Wed 4 Mar 11:31
				confirm Wed 4 Mar 11:31: Order B-1 is confirmed
				shipped Wed 4 Mar 11:31 fulfilled
				ship_mail Wed 4 Mar 11:31: Order B-1 is on its way
				delivered Fri 6 Mar 11:30 arrived
				delivery_mail Fri 6 Mar 11:30: Order B-1 has arrived
				while Fri 13 Mar 11:30
				review Fri 13 Mar 11:30: How do you like it?
				done Fri 13 Mar 11:30
				completed success`,
		},
		{
			name: "events of another order do nothing", template: "order-status", trigger: ordered,
			events: []event{{at: "1d", kind: "order.fulfilled", data: another}, {at: "1d", kind: "order.canceled", data: another}, {at: "2d", kind: "order.canceled", data: own}},
			story: `
				minute Wed 4 Mar 11:31
				confirm Wed 4 Mar 11:31: Order B-1 is confirmed
				shipped Fri 6 Mar 11:30 exited canceled
				exited neutral canceled`,
		},
		{
			name: "shipped late, and lost", template: "order-status", trigger: ordered, answers: object{"team": "ops@shop.example"}, events: []event{{at: "5d", kind: "order.fulfilled", data: fulfilled}},
			story: `
				minute Wed 4 Mar 11:31
				confirm Wed 4 Mar 11:31: Order B-1 is confirmed
				shipped Sat 7 Mar 11:31 timeout
				overdue Sat 7 Mar 11:31: Order B-1 is not shipped yet
				late Sat 7 Mar 11:31: Order B-1 is not shipped yet to ops@shop.example
				shipped_late Mon 9 Mar 11:30 fulfilled
				ship_mail Mon 9 Mar 11:30: Order B-1 is on its way
				delivered Thu 19 Mar 11:30 timeout
				lost Thu 19 Mar 11:30: Where is order B-1?
				looking Thu 19 Mar 11:30
				completed neutral`,
		},
		{
			name: "canceled after shipping", template: "order-status", trigger: ordered, events: []event{{at: "1d", kind: "order.fulfilled", data: fulfilled}, {at: "2d", kind: "order.canceled", data: own}},
			story: `
				minute Wed 4 Mar 11:31
				confirm Wed 4 Mar 11:31: Order B-1 is confirmed
				shipped Thu 5 Mar 11:30 fulfilled
				ship_mail Thu 5 Mar 11:30: Order B-1 is on its way
				delivered Fri 6 Mar 11:30 exited canceled
				exited neutral canceled`,
		},
		{
			name: "never shipped", template: "order-status", trigger: ordered, answers: object{"ship_within": "1d"},
			story: `
				minute Wed 4 Mar 11:31
				confirm Wed 4 Mar 11:31: Order B-1 is confirmed
				shipped Thu 5 Mar 11:31 timeout
				overdue Thu 5 Mar 11:31: Order B-1 is not shipped yet
				late Thu 5 Mar 11:31 skipped disabled
				shipped_late Thu 5 Mar 11:31 waiting
				waiting`,
		},
	}
}

func reviewRequest() []passage {
	delivered := event{kind: "order.delivered", data: object{"order_id": "B-1"}}
	rated := func(n int) object { return object{"order_id": "B-1", "rating": n} }
	return []passage{
		{
			name: "never answers", template: "review-request", trigger: delivered,
			story: `
				try Wed 11 Mar 11:30
				daytime Wed 11 Mar 11:30
				ask Wed 11 Mar 11:30: How do you like it?
				first Wed 18 Mar 11:30 timeout
				remind Wed 18 Mar 11:30: One minute for a review?
				second Wed 25 Mar 11:30 timeout
				silent Wed 25 Mar 11:30
				completed neutral`,
		},
		{
			name: "happy", template: "review-request", trigger: delivered, events: []event{{at: "8d", kind: "review.posted", data: rated(5)}},
			story: `
				try Wed 11 Mar 11:30
				daytime Wed 11 Mar 11:30
				ask Wed 11 Mar 11:30: How do you like it?
				first Thu 12 Mar 11:30 posted
				happy Thu 12 Mar 11:30 happy
				tag Thu 12 Mar 11:30: happy-customer
				thanks Thu 12 Mar 11:30: Thank you for your review
				done Thu 12 Mar 11:30
				completed success`,
		},
		{
			name: "not happy, after the reminder", template: "review-request", trigger: delivered, events: []event{{at: "15d", kind: "review.posted", data: rated(2)}},
			story: `
				try Wed 11 Mar 11:30
				daytime Wed 11 Mar 11:30
				ask Wed 11 Mar 11:30: How do you like it?
				first Wed 18 Mar 11:30 timeout
				remind Wed 18 Mar 11:30: One minute for a review?
				second Thu 19 Mar 11:30 posted
				happy Thu 19 Mar 11:30 else
				mend Thu 19 Mar 11:30: Ana is not happy with order B-1
				mending Thu 19 Mar 11:30
				completed neutral`,
		},
		{
			name: "replies", template: "review-request", trigger: delivered, events: []event{{at: "8d", kind: "email.replied"}},
			story: `
				try Wed 11 Mar 11:30
				daytime Wed 11 Mar 11:30
				ask Wed 11 Mar 11:30: How do you like it?
				first Thu 12 Mar 11:30 replied
				reply Thu 12 Mar 11:30: Answer Ana about order B-1
				talking Thu 12 Mar 11:30
				completed success`,
		},
		{
			name: "not asked at night", template: "review-request", trigger: delivered, start: "2026-03-05T04:00:00Z", events: []event{{at: "8d", kind: "email.unsubscribed"}},
			story: `
				try Wed 11 Mar 23:00
				daytime Thu 12 Mar 09:00
				ask Thu 12 Mar 09:00: How do you like it?
				first Thu 12 Mar 23:00 exited unsubscribed
				exited neutral unsubscribed`,
		},
		{
			name: "refunded", template: "review-request", trigger: delivered,
			events: []event{{at: "1d", kind: "purchase.refunded", data: object{"order_id": "B-2"}}, {at: "2d", kind: "purchase.refunded", data: object{"order_id": "B-1"}}},
			story: `
				try Fri 6 Mar 11:30 exited refunded
				exited neutral refunded`,
		},
	}
}
