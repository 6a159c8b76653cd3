package events

import (
	"time"

	"fermata/interpreter/calendar"
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
	"fermata/interpreter/rehearse"
	"fermata/store"
)

// RehearsalBase is what this installation adds to every rehearsal: the account, and the templates,
// segments, courses and stages that it has, read through tx when they are asked for. account may be
// nil.
func RehearsalBase(tx *store.Tx, account *store.Account) rehearse.Input {
	in := rehearse.Input{Location: time.UTC}
	if account != nil {
		if location, ok := calendar.Zone(account.Timezone); ok {
			in.Location = location
		}
		in.Account = map[string]any{"name": account.Name, "timezone": account.Timezone, "currency": account.Currency}
	}
	in.Template = func(key string) *nodes.TemplateSource {
		t, err := tx.EmailTemplate(key)
		if err != nil {
			return nil
		}
		return &nodes.TemplateSource{Subject: t.Subject, HTML: t.HTML, Text: t.Text, Class: t.Class}
	}
	in.Segment = func(key string) (any, bool) {
		s, err := tx.Segment(key)
		if err != nil {
			return nil, false
		}
		filter, err := expr.DecodeJSON(s.Filter)
		return filter, err == nil
	}
	in.Course = func(key string) bool {
		_, err := tx.Course(key)
		return err == nil
	}
	in.Stage = func(pipeline, stage string) (string, string, bool) {
		p, err := tx.Pipeline(pipeline)
		if err != nil {
			return "", "", false
		}
		s, found := p.Stage(stage)
		return s.Key, s.Kind, found
	}
	in.Position = func(pipeline, stage string) int {
		p, err := tx.Pipeline(pipeline)
		if err != nil {
			return -1
		}
		return p.Position(stage)
	}
	return in
}
