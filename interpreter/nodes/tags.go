package nodes

import (
	"fermata/interpreter/expr"
	"fermata/interpreter/nodes/form"
)

// maxTag is the longest tag, in characters.
const maxTag = 100

// TagAdd adds tags to the contact.
type TagAdd struct {
	actionPorts
	Tags []string
}

// TagRemove takes tags off the contact.
type TagRemove struct {
	actionPorts
	Tags []string
}

var tagFields = form.Object{
	Fields: []form.Field{
		{Key: "tag", Type: form.Liquid{Kind: "tag"}, Label: "Tag"},
		{Key: "tags", Type: form.List{Of: form.Liquid{Kind: "tag"}, Min: 1, Max: 50}, Label: "Tags", Widget: "tags"},
	},
	OneOf: [][]string{{"tag", "tags"}},
}

func tagAddSpec() Spec {
	return action(Spec{
		Type: "tag_add", Title: "Add tag", Group: "Contact", Icon: "tag", Kind: KindStore,
		Description: "Adds one or more tags to the contact; new tags are created.", Available: true,
	}).with(tagFields, func(v *form.Values, _ *Report) Settings { return &TagAdd{Tags: readTags(v)} })
}

func tagRemoveSpec() Spec {
	return action(Spec{
		Type: "tag_remove", Title: "Remove tag", Group: "Contact", Icon: "tag", Kind: KindStore,
		Description: "Takes one or more tags off the contact.", Available: true,
	}).with(tagFields, func(v *form.Values, _ *Report) Settings { return &TagRemove{Tags: readTags(v)} })
}

func readTags(v *form.Values) []string {
	if tag := v.Text("tag"); tag != "" {
		return []string{tag}
	}
	return v.Texts("tags")
}

// planTags renders tags; one that comes out empty is left out, but not all of them.
func planTags(r *renderer, sources []string) []string {
	tags := r.names(sources)
	if len(tags) == 0 {
		r.fail(CodeMissingValue, "there is no tag")
	}
	for i, tag := range tags {
		tags[i] = oneLine(tag)
		if len([]rune(tag)) > maxTag {
			r.fail(CodeBadValue, "the tag %s is longer than %d characters", quoted(tag), maxTag)
		}
	}
	return tags
}

// Plan renders the tags to add.
func (n *TagAdd) Plan(s *expr.Scope, in PlanInput) (TagChange, *Failure) {
	r := render(s, in)
	return done(r, TagChange{Add: planTags(r, n.Tags)})
}

// Plan renders the tags to remove.
func (n *TagRemove) Plan(s *expr.Scope, in PlanInput) (TagChange, *Failure) {
	r := render(s, in)
	return done(r, TagChange{Remove: planTags(r, n.Tags)})
}

// Summary names the tags.
func (n *TagAdd) Summary() string { return "Add tag " + named(n.Tags) }

// Summary names the tags.
func (n *TagRemove) Summary() string { return "Remove tag " + named(n.Tags) }
