package expr

import (
	"errors"
	"strconv"
	"strings"
)

const (
	maxPath     = 300
	maxSegments = 20
)

// rootNames are the roots of every path, in the order in which messages list them.
var rootNames = []string{"contact", "trigger", "event", "deal", "enrollment", "vars", "account"}

// placeNames are the roots that one place has and no other: the mapping of an inbound webhook, the
// content of a mail to a contact.
var placeNames = []string{"body", "headers", "query", UnsubscribeURL}

// UnsubscribeURL is the root under which the content of a mail finds the contact's way out.
const UnsubscribeURL = "unsubscribe_url"

var errPath = errors.New("a path is written contact.plan, event.items[0].sku or contact.fields[\"my key\"]")

// parsePath splits contact.fields["my key"].items[0] into its segments. It accepts any key; whether
// the root exists is for the caller.
func parsePath(path string) ([]string, error) {
	if path == "" || len(path) > maxPath {
		return nil, errPath
	}
	var segments []string
	rest := path
	for first := true; rest != ""; first = false {
		var segment string
		var ok bool
		if rest[0] == '[' && !first {
			segment, rest, ok = bracket(rest)
		} else {
			if !first {
				if rest[0] != '.' {
					return nil, errPath
				}
				rest = rest[1:]
			}
			segment, rest, ok = bare(rest)
		}
		if !ok || len(segments) == maxSegments {
			return nil, errPath
		}
		segments = append(segments, segment)
	}
	return segments, nil
}

func bare(s string) (segment, rest string, ok bool) {
	end := strings.IndexAny(s, ".[")
	if end < 0 {
		end = len(s)
	}
	segment = s[:end]
	if segment == "" || strings.TrimSpace(segment) != segment || strings.ContainsAny(segment, "]{}\"'|%\n\r\t\x00") {
		return "", "", false
	}
	return segment, s[end:], true
}

func bracket(s string) (segment, rest string, ok bool) {
	if len(s) > 2 && (s[1] == '"' || s[1] == '\'') {
		closing := strings.Index(s[2:], string(s[1])+"]")
		if closing <= 0 {
			return "", "", false
		}
		return s[2 : 2+closing], s[2+closing+2:], true
	}
	closing := strings.IndexByte(s, ']')
	if closing < 2 {
		return "", "", false
	}
	if _, err := strconv.ParseUint(s[1:closing], 10, 31); err != nil {
		return "", "", false
	}
	return s[1:closing], s[closing+1:], true
}

// member is one step into a value: a key of an object, an index of a list, or size, first and last
// of a list. A contact's own key wins over one of its fields.
func member(v any, key string, isContact bool) (any, bool) {
	switch v := plain(v).(type) {
	case map[string]any:
		if found, ok := v[key]; ok {
			return found, true
		}
		if isContact {
			return member(v["fields"], key, false)
		}
	case []any:
		if i, err := strconv.ParseUint(key, 10, 31); err == nil {
			if int(i) < len(v) {
				return v[i], true
			}
			return nil, false
		}
		switch {
		case key == "size":
			return int64(len(v)), true
		case key == "first" && len(v) > 0:
			return v[0], true
		case key == "last" && len(v) > 0:
			return v[len(v)-1], true
		}
	}
	return nil, false
}
