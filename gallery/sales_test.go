package gallery_test

func postPurchase() []passage {
	bought := event{kind: "purchase.completed", data: object{"order_id": "A-1001", "product": "program-a", "product_name": "Program A", "amount": 497, "currency": "USD"}}
	return []passage{
		{
			name: "six actions", template: "post-purchase", trigger: bought, answers: object{"slack_team": "https://hooks.example/T1", "min_amount": 497},
			story: `
				access Wed 4 Mar 11:30: program-a enrolled true
				receipt Wed 4 Mar 11:30: Your receipt for Program A
				tag Wed 4 Mar 11:30: buyer-program-a
				onboard Wed 4 Mar 11:30: course-onboarding map[order_id:A-1001]
				deal Wed 4 Mar 11:30: sales won
				team Wed 4 Mar 11:30: Ana bought Program A for 497 USD (order A-1001).
				done Wed 4 Mar 11:30
				completed success`,
		},
		{
			name: "without Slack the step is off", template: "post-purchase", trigger: bought,
			story: `
				access Wed 4 Mar 11:30: program-a enrolled true
				receipt Wed 4 Mar 11:30: Your receipt for Program A
				tag Wed 4 Mar 11:30: buyer-program-a
				onboard Wed 4 Mar 11:30: course-onboarding map[order_id:A-1001]
				deal Wed 4 Mar 11:30: sales won
				team Wed 4 Mar 11:30 skipped disabled
				done Wed 4 Mar 11:30
				completed success`,
		},
	}
}

func refund() []passage {
	refunded := func(amount int) event {
		return event{kind: "purchase.refunded", data: object{"order_id": "A-1001", "product": "program-a", "amount": amount, "currency": "USD"}}
	}
	return []passage{
		{
			name: "a small amount", template: "refund", trigger: refunded(49),
			story: `
				revoke Wed 4 Mar 11:30: program-a enrolled false
				untag Wed 4 Mar 11:30: without buyer-program-a
				stop Wed 4 Mar 11:30: course-onboarding A-1001
				deal Wed 4 Mar 11:30: sales refunded
				notice Wed 4 Mar 11:30: Your refund for order A-1001
				large Wed 4 Mar 11:30 else
				done Wed 4 Mar 11:30
				completed success`,
		},
		{
			name: "a large amount", template: "refund", trigger: refunded(497), answers: object{"onboarding": "design-onboarding"},
			story: `
				revoke Wed 4 Mar 11:30: program-a enrolled false
				untag Wed 4 Mar 11:30: without buyer-program-a
				stop Wed 4 Mar 11:30: design-onboarding A-1001
				deal Wed 4 Mar 11:30: sales refunded
				notice Wed 4 Mar 11:30: Your refund for order A-1001
				large Wed 4 Mar 11:30 large
				ask Wed 4 Mar 11:30: Why did Ana ask for 497 USD back?
				done Wed 4 Mar 11:30
				completed success`,
		},
	}
}

func abandonedCart() []passage {
	left := func(amount int) event {
		return event{kind: "cart.abandoned", data: object{"cart_id": "K-1", "amount": amount, "currency": "USD", "url": "https://shop.example/cart/K-1"}}
	}
	return []passage{
		{
			name: "never comes back", template: "abandoned-cart", trigger: left(80),
			story: `
				pause Wed 4 Mar 12:30
				reminder Wed 4 Mar 12:30: You left something in your cart
				large Wed 4 Mar 12:30 else
				next_day Thu 5 Mar 12:30
				questions Thu 5 Mar 12:30: Questions about your order?
				two_days Sat 7 Mar 12:30
				last Sat 7 Mar 12:30: We are about to clear your cart
				watch Wed 11 Mar 12:30 timeout
				gone Wed 11 Mar 12:30
				completed neutral`,
		},
		{
			name: "buys before the first mail", template: "abandoned-cart", trigger: left(80), events: []event{{at: "30m", kind: "purchase.completed"}},
			story: `
				pause Wed 4 Mar 12:00 exited bought
				exited success bought`,
		},
		{
			name: "buys between two mails", template: "abandoned-cart", trigger: left(80), events: []event{{at: "26h", kind: "purchase.completed"}},
			story: `
				pause Wed 4 Mar 12:30
				reminder Wed 4 Mar 12:30: You left something in your cart
				large Wed 4 Mar 12:30 else
				next_day Thu 5 Mar 12:30
				questions Thu 5 Mar 12:30: Questions about your order?
				two_days Thu 5 Mar 13:30 exited bought
				exited success bought`,
		},
		{
			name: "orders", template: "abandoned-cart", trigger: left(80), events: []event{{at: "2h", kind: "order.created"}},
			story: `
				pause Wed 4 Mar 12:30
				reminder Wed 4 Mar 12:30: You left something in your cart
				large Wed 4 Mar 12:30 else
				next_day Wed 4 Mar 13:30 exited ordered
				exited success ordered`,
		},
		{
			name: "unsubscribes", template: "abandoned-cart", trigger: left(80), events: []event{{at: "2h", kind: "email.unsubscribed"}},
			story: `
				pause Wed 4 Mar 12:30
				reminder Wed 4 Mar 12:30: You left something in your cart
				large Wed 4 Mar 12:30 else
				next_day Wed 4 Mar 13:30 exited unsubscribed
				exited neutral unsubscribed`,
		},
		{
			name: "a large cart becomes a task", template: "abandoned-cart", trigger: left(900), events: []event{{at: "5d", kind: "cart.updated"}},
			story: `
				pause Wed 4 Mar 12:30
				reminder Wed 4 Mar 12:30: You left something in your cart
				large Wed 4 Mar 12:30 large
				call Wed 4 Mar 12:30: Large cart of Ana: 900 USD
				next_day Thu 5 Mar 12:30
				questions Thu 5 Mar 12:30: Questions about your order?
				two_days Sat 7 Mar 12:30
				last Sat 7 Mar 12:30: We are about to clear your cart
				watch Mon 9 Mar 11:30 returned
				back Mon 9 Mar 11:30
				completed success`,
		},
		{
			name: "no mail at night", template: "abandoned-cart", trigger: left(80), start: "2026-03-05T02:30:00Z", events: []event{{at: "13h", kind: "purchase.completed"}},
			story: `
				pause Wed 4 Mar 22:30
				reminder Thu 5 Mar 08:00: You left something in your cart
				large Thu 5 Mar 08:00 else
				next_day Thu 5 Mar 10:30 exited bought
				exited success bought`,
		},
	}
}
