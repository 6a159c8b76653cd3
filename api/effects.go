package api

import (
	"context"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/outgoing"
	"fermata/store"
)

// MarkEffectSent notes that an effect of unknown outcome was carried out.
func (s *server) MarkEffectSent(c *gin.Context, id string) {
	s.resolve(c, id, func(ctx context.Context, d outgoing.Doubt) error { return s.Effects.MarkSent(ctx, d) })
}

// ResendEffect carries out an effect of unknown outcome once more.
func (s *server) ResendEffect(c *gin.Context, id string) {
	s.resolve(c, id, func(ctx context.Context, d outgoing.Doubt) error { return s.Effects.Resend(ctx, d) })
}

// resolve carries out a decision about an effect and answers the enrollment as it then stands.
func (s *server) resolve(c *gin.Context, id string, decide func(ctx context.Context, d outgoing.Doubt) error) {
	if s.Effects == nil {
		s.fail(c, failure(kindNotAvailable, "resolving effects is not available in this build"))
		return
	}
	in, err := bind[gen.EffectRequest](c)
	if err == nil {
		ctx, cancel := context.WithTimeout(c.Request.Context(), 2*storeWork)
		defer cancel()
		err = decide(ctx, outgoing.Doubt{Enrollment: id, Node: in.Node, Visit: or(in.Visit, 0), Person: callerOf(c).person})
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	s.read(c, func(tx *store.Tx) (reply, error) { return s.enrollment(tx, id) })
}
