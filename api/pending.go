package api

import (
	"strings"

	"github.com/gin-gonic/gin"
)

// call is a method and path that the contract names and this build does not carry out.
type call struct{ method, path, scope string }

// notAvailable lists the calls that answer 501. They are absent from the document; building one
// means describing it there and taking it from this list.
var notAvailable = []call{}

func findNotAvailable(method, path string) (call, bool) {
	for _, one := range notAvailable {
		if one.method == method && one.path == path {
			return one, true
		}
	}
	return call{}, false
}

func isNotAvailable(method, path string) bool {
	_, ok := findNotAvailable(method, path)
	return ok
}

func notAvailableScope(method, path string) string {
	one, _ := findNotAvailable(method, path)
	return one.scope
}

func (s *server) notAvailable(c *gin.Context) {
	s.fail(c, failure(kindNotAvailable, "%s %s is not available in this build", c.Request.Method, strings.TrimPrefix(c.FullPath(), "/v1")))
}
