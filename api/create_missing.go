package api

import (
	"encoding/json"
	"errors"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/interpreter/definition"
	"fermata/store"
)

// createMissing makes the pipelines, stages and courses that the definition names and nobody has
// made, by the fixes that its problems carry, and judges it again.
func (s *server) createMissing(c *gin.Context, tx *store.Tx, p *publication) error {
	var made []string
	for _, one := range p.problems {
		if one.Code != definition.CodeMissing || one.Fix == nil {
			continue
		}
		name, err := s.carryOut(tx, *one.Fix)
		if err != nil {
			return err
		}
		if name != "" {
			made = append(made, name)
		}
	}
	if len(made) == 0 {
		return nil
	}
	if err := s.audit(c, tx, "workflow.create_missing", p.workflow.Key, map[string]any{"made": made}); err != nil {
		return err
	}
	return s.judge(tx, p)
}

// carryOut does what a fix says when it is about a pipeline, its stages or a course, and returns
// what it made.
func (s *server) carryOut(tx *store.Tx, fix definition.Fix) (string, error) {
	encoded, err := json.Marshal(fix.Body)
	if err != nil {
		return "", err
	}
	family, key := fixTarget(fix.Path)
	switch family {
	case "courses":
		var in gen.CourseInput
		if err := json.Unmarshal(encoded, &in); err != nil {
			return "", err
		}
		_, err := tx.EnsureCourse(in.Key, firstText(in.Name, in.Key))
		return "course " + in.Key, err
	case "pipelines":
		var in gen.PipelineInput
		if err := json.Unmarshal(encoded, &in); err != nil {
			return "", err
		}
		in.Key = firstText(key, in.Key)
		return "pipeline " + in.Key, ensureStages(tx, in)
	}
	return "", nil
}

// ensureStages makes the pipeline, or adds the stages that it lacks.
func ensureStages(tx *store.Tx, in gen.PipelineInput) error {
	stages, err := stagesOf(in.Stages)
	if err != nil {
		return err
	}
	err = tx.CreatePipeline(&store.Pipeline{Key: in.Key, Name: firstText(in.Name, in.Key), Stages: stages})
	if errors.Is(err, store.ErrConflict) {
		_, _, err = addStages(tx, in.Key, stages)
	}
	return err
}

// addStages puts the stages that a pipeline lacks at its end, and returns them.
func addStages(tx *store.Tx, key string, stages []store.Stage) (*store.Pipeline, []store.Stage, error) {
	p, err := tx.LockPipeline(key)
	if err != nil {
		return nil, nil, err
	}
	var added []store.Stage
	for _, stage := range stages {
		if _, there := p.Stage(stage.Key); !there {
			added = append(added, stage)
		}
	}
	if len(added) == 0 {
		return p, nil, nil
	}
	p.Stages = append(p.Stages, added...)
	return p, added, tx.UpdatePipeline(p)
}
