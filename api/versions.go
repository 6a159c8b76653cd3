package api

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"fermata/api/gen"
	"fermata/interpreter/definition"
	"fermata/store"
)

func shapeVersion(v *store.WorkflowVersion) gen.Version {
	return gen.Version{Workflow: v.Workflow, Version: v.Number, Hash: v.Hash, Person: v.Person, CreatedAt: v.CreatedAt.UTC()}
}

// ListVersions lists the versions of a workflow, newest first; the cursor is a version number.
func (s *server) ListVersions(c *gin.Context, key string, params gen.ListVersionsParams) {
	before := 0
	if params.Cursor != nil {
		n, err := strconv.Atoi(*params.Cursor)
		if err != nil || n < 1 {
			s.fail(c, store.ErrCursor)
			return
		}
		before = n
	}
	s.read(c, func(tx *store.Tx) (reply, error) {
		if _, err := tx.Workflow(key); err != nil {
			return reply{}, err
		}
		rows, err := tx.Versions(key)
		if err != nil {
			return reply{}, err
		}
		limit, next := or(params.Limit, store.DefaultLimit), ""
		page := make([]store.WorkflowVersion, 0, min(limit, len(rows)))
		for _, v := range rows {
			if before > 0 && v.Number >= before {
				continue
			}
			if len(page) == limit {
				next = strconv.Itoa(page[limit-1].Number)
				break
			}
			page = append(page, v)
		}
		return listReply(page, next, shapeVersion), nil
	})
}

// GetVersion answers one version, and with ?against what changed from that one to it.
func (s *server) GetVersion(c *gin.Context, key string, n int, params gen.GetVersionParams) {
	var v, against *store.WorkflowVersion
	err := s.readStore(c.Request.Context(), func(tx *store.Tx) (err error) {
		if v, err = tx.Version(key, n); err != nil || params.Against == nil {
			return err
		}
		against, err = tx.Version(key, *params.Against)
		if errors.Is(err, store.ErrNotFound) {
			return invalid("?against", "there is no such version", "")
		}
		return err
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	if wantsYAML(c) {
		s.sendYAML(c, v.Document)
		return
	}
	shown := shapeVersion(v)
	shown.Definition = ptr(json.RawMessage(v.Document))
	if def, _ := definition.Parse(v.Document, false); def != nil {
		shown.Summaries = ptr(shownSummaries(def))
	}
	if against != nil {
		changes, err := changesBetween(against.Document, v.Document)
		if err != nil {
			s.fail(c, err)
			return
		}
		shown.Against, shown.Diff = params.Against, &changes
	}
	s.send(c, ok(shown))
}

// changesBetween lists what differs between two documents, layout left aside: where boxes stand
// changes nothing that they do.
func changesBetween(before, after []byte) ([]gen.Change, error) {
	from, err := decodeObject(before)
	if err != nil {
		return nil, err
	}
	to, err := decodeObject(after)
	if err != nil {
		return nil, err
	}
	changes := []gen.Change{}
	for _, one := range definition.Changes(from, to) {
		var before, after *any
		if one.Op != definition.ChangeAdd {
			before = &one.From
		}
		if one.Op != definition.ChangeRemove {
			after = &one.To
		}
		if err := note(&changes, gen.ChangeOp(one.Op), one.Path, before, after); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

func note(changes *[]gen.Change, op gen.ChangeOp, pointer string, from, to *any) error {
	change := gen.Change{Op: op, Path: pointer, Node: text(nodeOf(pointer))}
	for _, side := range []struct {
		value *any
		into  **gen.Any
	}{{from, &change.From}, {to, &change.To}} {
		if side.value == nil {
			continue
		}
		encoded, err := encode(*side.value)
		if err != nil {
			return err
		}
		*side.into = ptr(json.RawMessage(encoded))
	}
	*changes = append(*changes, change)
	return nil
}

// nodeOf is the id of the node that a pointer leads into, or "".
func nodeOf(pointer string) string {
	rest, inside := strings.CutPrefix(pointer, "/nodes/")
	if !inside {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(id)
}
