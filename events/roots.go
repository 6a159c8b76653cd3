package events

import (
	"fmt"

	"fermata/store"
)

// ContactShape returns a contact as answers and conditions show it: {id, external_id, email,
// first_name, last_name, phone, country, timezone, fields, tags, deals, courses, subscribed,
// consent, created_at}; what it does not have is nil.
func ContactShape(tx *store.Tx, c *store.Contact, a *store.Account) (map[string]any, error) {
	shape, err := ownShape(c, a)
	if err != nil {
		return nil, err
	}
	deals, err := tx.DealsOfContact(c.ID, "")
	if err != nil {
		return nil, fmt.Errorf("read deals of contact %s: %w", c.ID, err)
	}
	tags, err := tx.ContactTags(c.ID)
	if err != nil {
		return nil, fmt.Errorf("read tags of contact %s: %w", c.ID, err)
	}
	courses, err := tx.ContactCourses(c.ID)
	if err != nil {
		return nil, fmt.Errorf("read courses of contact %s: %w", c.ID, err)
	}
	shape["tags"], shape["deals"], shape["courses"] = tagList(tags), dealList(deals), courseList(courses)
	return shape, nil
}

// ownShape is the part of the shape that the contact's own row holds.
func ownShape(c *store.Contact, a *store.Account) (map[string]any, error) {
	fields, err := decodeObject(c.Fields)
	if err != nil {
		return nil, fmt.Errorf("read fields of contact %s: %w", c.ID, err)
	}
	consent, err := decodeObject(c.Consent)
	if err != nil {
		return nil, fmt.Errorf("read consent of contact %s: %w", c.ID, err)
	}
	state, err := ConsentState(c, "email", a)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"id": c.ID, "external_id": value(c.ExternalID), "email": value(c.Email), "phone": value(c.Phone),
		"first_name": blank(c.FirstName), "last_name": blank(c.LastName), "country": blank(c.Country),
		"timezone": blank(c.Timezone), "fields": fields, "subscribed": state == Subscribed, "consent": consent,
		"created_at": instant(c.CreatedAt),
	}, nil
}

func tagList(tags []string) []any {
	list := make([]any, len(tags))
	for i, tag := range tags {
		list[i] = tag
	}
	return list
}

func dealList(deals []store.Deal) []any {
	list := make([]any, len(deals))
	for i, deal := range deals {
		list[i] = dealRoot(deal)
	}
	return list
}

func courseList(courses []store.ContactCourse) []any {
	list := make([]any, len(courses))
	for i, course := range courses {
		list[i] = map[string]any{"course": course.Course, "status": course.Status, "progress": course.Progress}
	}
	return list
}

func dealRoot(d store.Deal) map[string]any {
	var amount any
	if d.Value != nil {
		amount = *d.Value
	}
	return map[string]any{
		"id": d.ID, "title": blank(d.Title), "pipeline": d.Pipeline, "stage": d.Stage, "status": d.Status,
		"value": amount, "currency": blank(d.Currency), "owner": blank(d.Owner), "contact": d.ContactID,
	}
}

func accountRoot(a *store.Account) map[string]any {
	return map[string]any{
		"name": blank(a.Name), "timezone": blank(a.Timezone), "currency": blank(a.Currency), "mail_from": blank(a.MailFrom),
	}
}
