package ascode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"fermata/interpreter/definition"
	"fermata/interpreter/expr"
)

// Words for what becomes, or became, of a draft or a version.
const (
	wordNew       = "new"
	wordChanged   = "changed"
	wordSame      = "same"
	wordCreated   = "created"
	wordSaved     = "saved"
	wordPublished = "published"
	wordFailed    = "FAILED"
	wordNotDone   = "not done"
	wordNone      = "-"
)

// state is how a workflow stands on the server; the zero state is one that does not exist.
type state struct {
	Key     string `json:"key"`
	Status  string `json:"status"`
	Version int    `json:"version"`
	Hash    string `json:"hash"`
	Active  int    `json:"active"`
	Draft   struct {
		Definition json.RawMessage `json:"definition"`
		ETag       string          `json:"etag"`
	} `json:"draft"`
	draft map[string]any
}

func (s *state) exists() bool { return s.Key != "" }

// fetch reads how the workflow of a file stands.
func fetch(ctx context.Context, c *Client, f *File) (*state, error) {
	s := &state{}
	err := c.do(ctx, call{method: "GET", path: workflowPath(f.Key, ""), out: s})
	if refused, ok := errors.AsType[*RefusedError](err); ok && refused.Status == http.StatusNotFound {
		return &state{}, nil
	}
	if err != nil {
		return nil, err
	}
	s.draft, err = decode(s.Draft.Definition)
	return s, err
}

func decode(raw []byte) (map[string]any, error) {
	value, err := expr.DecodeJSON(raw)
	if err != nil {
		return nil, fmt.Errorf("read definition of the server: %w", err)
	}
	object, _ := value.(map[string]any)
	return object, nil
}

// Compared is what would change for one file.
type Compared struct {
	File    string              `json:"file"`
	Key     string              `json:"key"`
	Draft   string              `json:"draft"`   // new, changed, same
	Publish string              `json:"publish"` // new, changed, same: against what is published
	Version int                 `json:"version"` // published now, 0 for none
	Inside  int                 `json:"inside"`  // people inside now
	Changes []definition.Change `json:"changes"` // from what is published, else from the draft
}

func (c Compared) differs() bool { return c.Draft != wordSame || c.Publish != wordSame }

// compare says what applying a file would change.
func compare(ctx context.Context, c *Client, f *File, s *state) (Compared, error) {
	out := Compared{File: f.Path, Key: f.Key, Draft: wordSame, Publish: wordSame, Version: s.Version, Inside: s.Active, Changes: []definition.Change{}}
	if !s.exists() {
		out.Draft, out.Publish = wordNew, wordNew
		return out, nil
	}
	drafted := definition.Changes(s.draft, f.Def.Raw)
	_, laidOut := f.Def.Raw["layout"]
	if len(drafted) > 0 || laidOut && !sameLayout(s.draft, f.Def.Raw) {
		out.Draft = wordChanged
	}
	switch {
	case s.Version == 0:
		out.Publish, out.Changes = wordNew, drafted
	case s.Hash != definition.Hash(f.Def.Canonical()):
		out.Publish = wordChanged
		var version struct {
			Definition json.RawMessage `json:"definition"`
		}
		err := c.do(ctx, call{method: "GET", path: workflowPath(f.Key, "/versions/"+strconv.Itoa(s.Version)), out: &version})
		if err != nil {
			return out, err
		}
		published, err := decode(version.Definition)
		if err != nil {
			return out, err
		}
		out.Changes = definition.Changes(published, f.Def.Raw)
	}
	if out.Changes == nil {
		out.Changes = []definition.Change{}
	}
	return out, nil
}

func sameLayout(a, b map[string]any) bool {
	wrap := func(m map[string]any) map[string]any { return map[string]any{"l": m["layout"]} }
	return len(definition.Changes(wrap(a), wrap(b))) == 0
}

// Diff shows what apply would change. It returns *ExitError with ExitDifferences when that is anything.
func Diff(ctx context.Context, c *Client, paths []string, out Output) error {
	files, err := readable(paths, out)
	if err != nil {
		return err
	}
	list := make([]Compared, len(files))
	different := 0
	for i, f := range files {
		s, err := fetch(ctx, c, f)
		if err != nil {
			return err
		}
		if list[i], err = compare(ctx, c, f, s); err != nil {
			return err
		}
		if list[i].differs() {
			different++
		}
		out.compared(list[i])
	}
	if err := out.encode(map[string]any{"items": list}); err != nil {
		return err
	}
	if different > 0 {
		return &ExitError{Code: ExitDifferences, Message: fmt.Sprintf("%d of %d workflows differ", different, len(files))}
	}
	return nil
}

func (o Output) compared(c Compared) {
	switch {
	case !c.differs():
		o.line("%s: same as version %d", c.Key, c.Version)
		return
	case c.Draft == wordNew:
		o.line("%s: new", c.Key)
		return
	case c.Version == 0:
		o.line("%s: draft %s, never published", c.Key, c.Draft)
	default:
		o.line("%s: draft %s, version %d %s, %d inside", c.Key, c.Draft, c.Version, c.Publish, c.Inside)
	}
	for _, change := range c.Changes {
		switch change.Op {
		case definition.ChangeAdd:
			o.line("  + %s: %s", change.Path, brief(change.To))
		case definition.ChangeRemove:
			o.line("  - %s: %s", change.Path, brief(change.From))
		default:
			o.line("  ~ %s: %s → %s", change.Path, brief(change.From), brief(change.To))
		}
	}
}

// brief writes a value on one line.
func brief(v any) string {
	const most = 160
	raw, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	text := []rune(string(raw))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// readable reads files of which each can be used; what is wrong with the others is told.
func readable(paths []string, out Output) ([]*File, error) {
	files, err := Read(paths)
	if err != nil {
		return nil, err
	}
	broken := 0
	for _, f := range files {
		if f.Def == nil || f.Key == "" {
			broken++
			Output{W: out.W}.problems(f.Path, f.Problems)
		}
	}
	if broken > 0 {
		return nil, &ExitError{Code: ExitProblems, Message: fmt.Sprintf("%d of %d files cannot be read", broken, len(files))}
	}
	return files, nil
}
