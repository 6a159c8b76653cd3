package expr

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/osteele/liquid/parser"
	"github.com/osteele/liquid/render"
)

// MaxTemplate is the largest source of a template, in bytes.
const MaxTemplate = 64 << 10

const maxCached = 2 << 20 // bytes of source whose compiled form is kept

// ErrTemplateLimit is wrapped by errors about templates that are too large or do too much.
var ErrTemplateLimit = errors.New("template limit")

func limitError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrTemplateLimit, fmt.Sprintf(format, args...))
}

// MissingError says that a strict template reads a value that is not there.
type MissingError struct{ Path string }

func (e *MissingError) Error() string { return e.Path + " has no value" }

// TemplateError is a mistake in a template. Line counts from 1; 0 is unknown.
type TemplateError struct {
	Line    int
	Message string
}

func (e *TemplateError) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Message)
}

// RenderOptions say how a template is rendered. HTML escapes every printed value. Strict makes it a
// *MissingError to print anything made from a missing or null value, unless a default filter takes it;
// Missing, without Strict, is told the path of each.
type RenderOptions struct {
	HTML    bool
	Strict  bool
	Missing func(path string)
	// Escape, when given, changes what each output prints; HTML comes before it.
	Escape func(text string) string
}

// CheckTemplate reports the first mistake of a template: a *TemplateError, or ErrTemplateLimit.
// There are no includes. Beside Liquid, event.$type, event.$id and event.$occurred_at can be read.
func CheckTemplate(src string) error {
	_, err := compileTemplate(src)
	return err
}

// template is a compiled template; nil root means that the source is its own text.
type template struct {
	root render.Node
	// roots are those that the source mentions.
	roots []string
}

// templates keeps compiled templates; it is emptied when full, which only costs time.
var templates = struct {
	sync.Mutex
	bySource map[string]*template
	size     int
}{bySource: map[string]*template{}}

func compileTemplate(src string) (*template, error) {
	if len(src) > MaxTemplate {
		return nil, limitError("a template has at most %d bytes", MaxTemplate)
	}
	if !strings.Contains(src, "{{") && !strings.Contains(src, "{%") {
		return &template{}, nil
	}
	templates.Lock()
	known := templates.bySource[src]
	templates.Unlock()
	if known != nil {
		return known, nil
	}
	compiled, err := newTemplate(src)
	if err != nil {
		return nil, err
	}
	templates.Lock()
	defer templates.Unlock()
	if templates.size += len(src); templates.size > maxCached {
		clear(templates.bySource)
		templates.size = len(src)
	}
	templates.bySource[strings.Clone(src)] = compiled
	return compiled, nil
}

func newTemplate(src string) (t *template, err error) {
	defer func() {
		if recover() != nil {
			t, err = nil, &TemplateError{Message: "the template cannot be read"}
		}
	}()
	scanned, err := scan(src)
	if err != nil {
		return nil, err
	}
	cfg := newConfig(scanned)
	root, failed := cfg.Compile(scanned.rewrite.String(), parser.SourceLoc{})
	if failed != nil {
		return nil, &TemplateError{Message: failed.Error()}
	}
	t = &template{root: root}
	for _, name := range slices.Concat(rootNames, placeNames) {
		if strings.Contains(src, name) {
			t.roots = append(t.roots, name)
		}
	}
	return t, nil
}

// renderer is the library's configuration for one rendering at a time, with filters that charge
// that rendering.
type renderer struct {
	cfg     render.Config
	filters filterRunner
}

var renderers = sync.Pool{New: func() any {
	r := &renderer{cfg: newConfig(nil)}
	for name, fn := range standardFilters() {
		r.cfg.AddFilter(name, r.filters.filter(name, fn))
	}
	return r
}}

// Render renders a Liquid template. A missing value prints nothing (see RenderOptions.Strict). The
// error is a *TemplateError, a *MissingError, or wraps ErrTemplateLimit; messages may quote values.
// The text has at most 512 KiB, and the work is bounded.
func Render(src string, s *Scope, o RenderOptions) (string, error) {
	t, err := compileTemplate(src)
	if err != nil {
		return "", err
	}
	if t.root == nil {
		return src, nil
	}
	var out bytes.Buffer
	r := &run{scope: s, html: o.HTML, escape: o.escape(), strict: o.Strict, noticed: o.Missing, units: templateUnits, target: &out}
	if err := r.render(t); err != nil {
		return "", err
	}
	return out.String(), nil
}

func (r *run) render(t *template) (err error) {
	shared := renderers.Get().(*renderer)
	shared.filters.run = r
	defer func() {
		shared.filters.run = nil
		renderers.Put(shared)
		// A value of a kind that a filter or a tag cannot take may panic inside the library.
		if p := recover(); p != nil && r.failure == nil {
			r.failure = &TemplateError{Message: "the template cannot be rendered with these values"}
		}
		if r.failure != nil {
			err = r.failure
		}
	}()
	variables := map[string]any{runName: r}
	for _, root := range t.roots {
		// Where there is no inbound webhook its roots are names like any other, free for assign.
		if found, ok := r.scope.Roots[root]; ok || !slices.Contains(placeNames, root) {
			variables[root] = r.wrap(found, root)
		}
	}
	if failed := render.Render(t.root, r, variables, shared.cfg); failed != nil {
		if cause := failed.Cause(); cause != nil { // without the rewritten tag that the library names
			return &TemplateError{Message: cause.Error()}
		}
		return &TemplateError{Message: failed.Error()}
	}
	return nil
}

var (
	onePath   = regexp.MustCompile(`^\{\{-?\s*([^{}|"'\s][^{}|]*?)\s*-?\}\}$`)
	firstPath = regexp.MustCompile(`[\pL_][\pL\pN_$.-]*`)
)

// leadingPath is the first path of an expression, for messages.
func leadingPath(source string) string {
	if path := firstPath.FindString(source); path != "" {
		return path
	}
	return clip(source)
}

// RenderValue renders every string inside v, deeply, and returns a copy. A string that is exactly
// one {{ path }} becomes the value at that path and keeps its type; absent it is "", null stays nil.
func RenderValue(v any, s *Scope, o RenderOptions) (any, error) {
	return renderDeep(v, s, o, 0)
}

func renderDeep(v any, s *Scope, o RenderOptions, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, limitError("values nest at most %d deep", MaxDepth)
	}
	var err error
	switch v := v.(type) {
	case string:
		return renderText(v, s, o)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			if out[i], err = renderDeep(item, s, o, depth+1); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range keysOf(v) {
			if out[key], err = renderDeep(v[key], s, o, depth+1); err != nil {
				return nil, err
			}
		}
		return out, nil
	default:
		return v, nil
	}
}

func renderText(src string, s *Scope, o RenderOptions) (any, error) {
	match := onePath.FindStringSubmatch(src)
	if match == nil {
		return Render(src, s, o)
	}
	found, ok := s.Lookup(match[1])
	if !ok {
		return Render(src, s, o) // missing, or something that only Liquid knows
	}
	text, isText := found.(string)
	switch {
	case found == nil && o.Strict:
		return nil, &MissingError{Path: match[1]}
	case isText && o.HTML:
		return html.EscapeString(text), nil
	default:
		return found, nil
	}
}
