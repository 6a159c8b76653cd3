package nodes

import (
	"fermata/interpreter/nodes/form"
)

// Fields that the deal nodes share.
var (
	pipelineField = form.Field{
		Key: "pipeline", Type: form.Liquid{Ref: form.RefPipeline, Kind: "pipeline"}, Label: "Pipeline", Required: true,
	}
	dealField = form.Field{
		Key: "deal", Type: form.Liquid{}, Label: "Deal", Help: "the id of a deal; unless given, the deal that this passage is about",
	}
	createField = form.Field{
		Key: "create", Type: form.Bool{}, Label: "Create one when there is none", Default: false,
	}
)

func stageField(required bool, help string) form.Field {
	return form.Field{Key: "stage", Type: form.Liquid{Kind: "stage"}, Label: "Stage", Required: required, Help: help}
}

// referStage notes the stage of a node that names pipeline and stage.
func referStage(v *form.Values, r *Report) {
	r.ReferStage(v.Text("pipeline"), v.Text("stage"), form.Join(v.Path, "stage"))
}
