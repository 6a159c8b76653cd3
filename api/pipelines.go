package api

import (
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/store"
)

const (
	stageOpen = "open"
	stageWon  = "won"
	stageLost = "lost"
)

func pipelineInput(p *store.Pipeline) gen.PipelineInput {
	stages := make([]gen.Stage, len(p.Stages))
	for i, stage := range p.Stages {
		stages[i] = gen.Stage{Key: stage.Key, Name: stage.Name, Kind: ptr(gen.StageKind(stage.Kind))}
	}
	return gen.PipelineInput{Key: p.Key, Name: p.Name, Stages: stages}
}

func shapePipeline(p *store.Pipeline) gen.Pipeline {
	in := pipelineInput(p)
	return gen.Pipeline{Key: in.Key, Name: in.Name, Stages: in.Stages, CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC()}
}

// stagesOf reads stages; a stage key may occur once.
func stagesOf(in []gen.Stage) ([]store.Stage, error) {
	stages, seen := make([]store.Stage, len(in)), map[string]bool{}
	for i, stage := range in {
		key := strings.ToLower(stage.Key)
		if seen[key] {
			return nil, invalid(fmt.Sprintf("/stages/%d/key", i), "is the key of an earlier stage", "")
		}
		seen[key] = true
		stages[i] = store.Stage{Key: stage.Key, Name: stage.Name, Kind: string(or(stage.Kind, stageOpen))}
	}
	return stages, nil
}

func (s *server) CreatePipeline(c *gin.Context, _ gen.CreatePipelineParams) {
	creating(s, c, func(tx *store.Tx, in gen.PipelineInput) (reply, error) {
		stages, err := stagesOf(in.Stages)
		if err != nil {
			return reply{}, err
		}
		p := &store.Pipeline{Key: in.Key, Name: in.Name, Stages: stages}
		if err := tx.CreatePipeline(p); err != nil {
			return reply{}, taken(err, "pipeline", in.Key)
		}
		return created(location("pipelines", p.Key), shapePipeline(p)), nil
	})
}

func (s *server) ListPipelines(c *gin.Context, params gen.ListPipelinesParams) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		rows, next, err := tx.ListPipelines(pageOf(params.Limit, params.Cursor))
		return listReply(rows, next, shapePipeline), err
	})
}

func (s *server) GetPipeline(c *gin.Context, key string) {
	s.read(c, func(tx *store.Tx) (reply, error) {
		p, err := tx.Pipeline(key)
		if err != nil {
			return reply{}, err
		}
		return ok(shapePipeline(p)), nil
	})
}

// PatchPipeline changes name and stages; a stage that deals stand in cannot go.
func (s *server) PatchPipeline(c *gin.Context, key string) {
	s.write(c, func(tx *store.Tx) (reply, error) {
		p, err := tx.LockPipeline(key)
		if err != nil {
			return reply{}, err
		}
		next, err := patched(s, c, "PipelineInput", pipelineInput(p))
		if err != nil {
			return reply{}, err
		}
		p.Name = next.Name
		if p.Stages, err = stagesOf(next.Stages); err != nil {
			return reply{}, err
		}
		if err := tx.UpdatePipeline(p); err != nil {
			return reply{}, err
		}
		return ok(shapePipeline(p)), s.audit(c, tx, "pipeline.update", p.Key, nil)
	})
}

func (s *server) DeletePipeline(c *gin.Context, key string) {
	removing(s, c, func(tx *store.Tx) error {
		if err := s.unused(tx, usePipeline, key); err != nil {
			return err
		}
		if err := tx.DeletePipeline(key); err != nil {
			return err
		}
		return s.audit(c, tx, "pipeline.delete", key, nil)
	})
}
