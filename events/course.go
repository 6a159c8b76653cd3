package events

import (
	"math"
	"strconv"
	"strings"
)

// courseStatus maps the course events that a client may post to the status that they report.
var courseStatus = map[string]string{
	TypeCourseEnrolled:   "enrolled",
	TypeCourseProgressed: "enrolled",
	TypeCourseCompleted:  "completed",
	TypeCourseUnenrolled: "unenrolled",
}

// progressOf reads a progress of 0 to 100 from a number or a numeric string.
func progressOf(value any) (float64, bool) {
	var progress float64
	switch v := value.(type) {
	case int64:
		progress = float64(v)
	case int:
		progress = float64(v)
	case float64:
		progress = v
	case string:
		parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return 0, false
		}
		progress = parsed
	default:
		return 0, false
	}
	return progress, !math.IsNaN(progress) && progress >= 0 && progress <= 100
}
