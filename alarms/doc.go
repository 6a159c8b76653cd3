// Package alarms notices trouble before customers do: it looks at the rows of the store once a minute,
// keeps one open alarm for each kind of trouble and workflow, names what was changed nearby, tells
// channels (mail, Slack, webhooks) at least once, and says when it is over. It sums up the days after
// each publish. It needs the store alone, so that it also works while Temporal is away, and any number
// of processes may run it: a round and each notice are claimed with a lease. It changes nothing about
// enrollments.
package alarms
