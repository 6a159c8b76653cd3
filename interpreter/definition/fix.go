package definition

import (
	"slices"
	"strings"

	"fermata/interpreter/nodes/form"
)

// fix is the call that creates what is missing. Every one but that of a secret can be carried out
// as it stands; templates and segments then want content by a person.
func (v *validation) fix(r Reference) *Fix {
	post := func(path string, body map[string]any) *Fix { return &Fix{Method: "POST", Path: path, Body: body} }
	switch form.RefKind(r.Kind) {
	case form.RefPipeline:
		return post("/v1/pipelines", map[string]any{"key": r.Key, "name": title(r.Key), "stages": usable(v.withNeeded(r.Key, nil))})
	case form.RefStage:
		c, ok := v.catalog.(StageCatalog)
		if !ok {
			return nil
		}
		return &Fix{Method: "PATCH", Path: "/v1/pipelines/" + r.Of, Body: map[string]any{"stages": v.withNeeded(r.Of, c.Stages(r.Of))}}
	case form.RefCourse:
		return post("/v1/courses", map[string]any{"key": r.Key, "name": title(r.Key)})
	case form.RefTemplate:
		return post("/v1/email-templates", map[string]any{"key": r.Key, "name": title(r.Key), "subject": title(r.Key), "text": title(r.Key)})
	case form.RefSegment:
		// Of nobody, until somebody says who is in it: a guess would take in people whom nobody meant.
		filter := map[string]any{"not": map[string]any{"field": "contact.id", "op": "exists"}}
		return post("/v1/segments", map[string]any{"key": r.Key, "name": title(r.Key), "filter": filter})
	case form.RefSecret:
		return &Fix{Method: "PUT", Path: "/v1/secrets/" + r.Key, Body: map[string]any{"value": ""}}
	case form.RefWorkflow:
		key := strings.ToLower(r.Key)
		return &Fix{Method: "PUT", Path: "/v1/workflows/" + key, Body: map[string]any{
			"schema": schemaNow, "key": key, "name": title(r.Key), "start": "done",
			"nodes": map[string]any{"done": map[string]any{"type": "end"}},
		}}
	case form.RefFile, form.RefSender, form.RefEvent, form.RefGateway:
	}
	return nil
}

// withNeeded is a list of stages with those that the whole definition needs of the
// pipeline, so that repairing one problem after the other loses nothing.
func (v *validation) withNeeded(pipeline string, stages []Stage) []Stage {
	stages = slices.Clone(stages)
	for _, r := range v.used {
		if r.Kind != string(form.RefStage) || !strings.EqualFold(r.Of, pipeline) {
			continue
		}
		if !slices.ContainsFunc(stages, func(s Stage) bool { return strings.EqualFold(s.Key, r.Key) }) {
			stages = append(stages, Stage{Key: r.Key, Name: title(r.Key), Kind: stageKind(r.Key)})
		}
	}
	return stages
}

// usable orders the stages of a new pipeline: open ones first, because a deal that
// names no stage begins at the first. There is always an open one.
func usable(stages []Stage) []Stage {
	rank := map[string]int{"open": 0, "won": 1, "lost": 2}
	slices.SortStableFunc(stages, func(a, b Stage) int { return rank[a.Kind] - rank[b.Kind] })
	if len(stages) == 0 || stages[0].Kind != "open" {
		stages = slices.Insert(stages, 0, Stage{Key: "new", Name: "New", Kind: "open"})
	}
	return stages
}

// stageKind guesses the kind of a stage from the words of its key.
func stageKind(key string) string {
	for _, word := range strings.FieldsFunc(strings.ToLower(key), func(r rune) bool { return r == '-' || r == '_' || r == ' ' }) {
		switch word {
		case "won":
			return "won"
		case "lost", "refunded", "canceled", "cancelled":
			return "lost"
		}
	}
	return "open"
}

// title makes a name for people from a key: program-a → Program a.
func title(key string) string {
	words := strings.NewReplacer("-", " ", "_", " ").Replace(key)
	if words == "" {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
