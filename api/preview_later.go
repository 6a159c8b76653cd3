package api

import (
	"github.com/gin-gonic/gin"

	"fermata/api/gen"
)

// PreviewEmail answers not_available.
func (s *server) PreviewEmail(c *gin.Context) { s.notAvailable(c) }

// SendTestEmail answers not_available.
func (s *server) SendTestEmail(c *gin.Context) { s.notAvailable(c) }

// TryRequest answers not_available.
func (s *server) TryRequest(c *gin.Context) { s.notAvailable(c) }

// PreviewText answers not_available.
func (s *server) PreviewText(c *gin.Context) { s.notAvailable(c) }

// ListPaths answers not_available.
func (s *server) ListPaths(c *gin.Context, _ string, _ gen.ListPathsParams) { s.notAvailable(c) }

// ListEventTypes answers not_available.
func (s *server) ListEventTypes(c *gin.Context) { s.notAvailable(c) }
