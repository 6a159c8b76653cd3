package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// readyWait bounds how long a readiness check may take.
const readyWait = 1500 * time.Millisecond

func (s *server) GetHealthz(c *gin.Context) { s.send(c, ok(map[string]any{"status": "ok"})) }

func (s *server) GetReadyz(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyWait)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		p := failure(kindUnavailable, "not ready")
		p.cause = err
		s.fail(c, p)
		return
	}
	s.send(c, ok(map[string]any{"status": "ok"}))
}

func (s *server) GetEngineHealth(c *gin.Context) {
	if s.EngineHealth == nil {
		s.send(c, ok(EngineHealth{Status: "down", Temporal: "not configured", Pollers: map[string]int{}, Details: []HealthDetail{}}))
		return
	}
	health := s.EngineHealth(c.Request.Context())
	if health.Pollers == nil {
		health.Pollers = map[string]int{}
	}
	if health.Details == nil {
		health.Details = []HealthDetail{}
	}
	s.send(c, ok(health))
}

func (s *server) GetOpenapi(c *gin.Context) {
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "application/json", s.document.json)
}

func (s *server) GetDocs(c *gin.Context) { s.page.serve(c) }
