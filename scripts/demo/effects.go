package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// contact is what the demo reads of one.
type contact struct {
	ID      string
	Tags    []string
	Courses []struct{ Course, Status string }
	Deals   []struct{ Pipeline, Stage, Status string }
}

// effect is one of the six: what was found, where to look, and whether it is there.
type effect struct {
	name, found, link string
	there             bool
}

// show prints the effects one per line and returns how many are missing.
func show(ctx context.Context, c *client, s *sink, o order, e *enrollment) int {
	missing := 0
	for i, one := range effects(ctx, c, s, o, e) {
		mark := "ok     "
		if !one.there {
			mark = "MISSING"
			missing++
		}
		fmt.Printf("  %d %s %-11s %-46s %s\n", i+1, mark, one.name, one.found, one.link)
	}
	return missing
}

func effects(ctx context.Context, c *client, s *sink, o order, e *enrollment) []effect {
	who, err := buyer(ctx, c, o)
	if err != nil {
		return lost(err)
	}
	atContact := c.base + "/v1/contacts/" + who.ID
	return []effect{
		access(who, atContact), receipt(ctx, c, o, e), tag(who, atContact),
		onboarding(ctx, c, o), deal(who, atContact), slack(s, o),
	}
}

// lost are six effects that nobody could look for.
func lost(err error) []effect {
	all := make([]effect, 6)
	for i := range all {
		all[i] = effect{name: "?", found: err.Error()}
	}
	return all
}

func buyer(ctx context.Context, c *client, o order) (contact, error) {
	found, err := list[contact](ctx, c, "/v1/contacts", url.Values{"email": {o.email}})
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("%d contacts have the address %s", len(found), o.email)
	}
	if err != nil {
		return contact{}, err
	}
	return found[0], nil
}

func access(who contact, link string) effect {
	out := effect{name: "access", found: "no access to course program-a", link: link}
	for _, one := range who.Courses {
		if one.Course == "program-a" {
			out.found, out.there = "course program-a: "+one.Status, one.Status == "enrolled"
		}
	}
	return out
}

// receipt looks into the mail sink of `make dev`. Where mails go to a real server,
// nobody here can read them, and the step must do.
func receipt(ctx context.Context, c *client, o order, e *enrollment) effect {
	query := url.Values{"to": {o.email}}
	out := effect{name: "receipt", found: "no mail", link: c.base + "/dev/mail?" + query.Encode()}
	mails, err := list[struct{ Subject, Text string }](ctx, c, "/dev/mail", query)
	if status(err) == http.StatusNotFound {
		step := e.step("receipt")
		return effect{name: "receipt", found: "mail server took it: step " + step, link: c.base + "/v1/enrollments/" + e.ID, there: step == "done"}
	}
	if err != nil {
		out.found = err.Error()
		return out
	}
	for _, m := range mails {
		if m.Subject == "Your receipt for Program A" && strings.Contains(m.Text, "Order "+o.id) {
			out.found, out.there = fmt.Sprintf("mail %q", m.Subject), true
		}
	}
	return out
}

func tag(who contact, link string) effect {
	out := effect{name: "tag", found: "no tag", link: link}
	for _, one := range who.Tags {
		if one == "buyer-program-A" {
			out.found, out.there = "tag "+one, true
		}
	}
	return out
}

// onboarding is there once the contact waits for day 3, with the first mail sent.
func onboarding(ctx context.Context, c *client, o order) effect {
	e, err := c.follow(ctx, "onboarding-14", o.email, append([]string{"waiting"}, ended...)...)
	if err != nil {
		return effect{name: "onboarding", found: err.Error()}
	}
	return effect{
		name: "onboarding", found: fmt.Sprintf("onboarding-14 is %s at %q", e.Status, e.Node),
		link: c.base + "/v1/enrollments/" + e.ID, there: e.Key == o.id && e.Status == "waiting",
	}
}

func deal(who contact, link string) effect {
	out := effect{name: "deal", found: "no deal in sales", link: link}
	for _, one := range who.Deals {
		if one.Pipeline == "sales" {
			out.found = fmt.Sprintf("deal in sales at stage %s (%s)", one.Stage, one.Status)
			out.there = one.Stage == "won" && one.Status == "won"
		}
	}
	return out
}

func slack(s *sink, o order) effect {
	n := s.holding(o.email + " bought Program A")
	return effect{name: "team", found: fmt.Sprintf("%d message to the team's Slack", n), link: s.url + "/slack (until this demo ends)", there: n == 1}
}

// links tell where to read on.
func links(c *client, o order, e *enrollment) {
	fmt.Printf(`
Read on:
  the enrollment and its steps  %s/v1/enrollments/%s
  the same in Temporal          %s
  every event, with verdicts    %s/v1/events?contact=%s
  the mails                     %s/dev/mail?to=%s
(the API wants the header "Authorization: Bearer <key>")
`, c.base, e.ID, e.TemporalURL, c.base, url.QueryEscape(o.email), c.base, url.QueryEscape(o.email))
}
