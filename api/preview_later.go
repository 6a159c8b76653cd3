package api

import (
	"github.com/gin-gonic/gin"

	"fermata/api/gen"
)

// ListPaths answers not_available.
func (s *server) ListPaths(c *gin.Context, _ string, _ gen.ListPathsParams) { s.notAvailable(c) }

// ListEventTypes answers not_available.
func (s *server) ListEventTypes(c *gin.Context) { s.notAvailable(c) }
