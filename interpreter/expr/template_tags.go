package expr

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/render"
	"github.com/osteele/liquid/tags"
	"github.com/osteele/liquid/values"
)

// runName holds the run among a template's variables; no template can spell it.
const runName = "\x00run"

var (
	errBreak    = errors.New("break")
	errContinue = errors.New("continue")
)

func runOf(ctx render.Context) *run { return ctx.Get(runName).(*run) }

// noFiles stands where the library would read templates from the disk.
type noFiles struct{}

func (noFiles) ReadTemplate(string) ([]byte, error) {
	return nil, errors.New("templates include nothing")
}

// newConfig is the library with our tags; s is the template being compiled, nil for a rendering.
func newConfig(s *scanner) render.Config {
	cfg := render.NewConfig()
	cfg.TemplateStore = noFiles{}
	tags.AddStandardTags(&cfg)
	for _, name := range []string{"include", "render"} {
		cfg.UnregisterTag(name)
	}
	cfg.AddTag("assign", assignTag)
	cfg.AddTag("break", func(string) (func(io.Writer, render.Context) error, error) { return leaveLoop(errBreak), nil })
	cfg.AddTag("continue", func(string) (func(io.Writer, render.Context) error, error) { return leaveLoop(errContinue), nil })
	cfg.AddTag(tagOut, s.outTag)
	cfg.AddTag(tagText, s.textTag)
	cfg.AddBlock(tagFor).Clause("else").Compiler(forBlock)
	cfg.AddBlock(tagCapture).Compiler(captureBlock)
	return cfg
}

func (s *scanner) outTag(args string) (func(io.Writer, render.Context) error, error) {
	i, err := strconv.Atoi(args)
	if err != nil {
		return nil, err
	}
	out := s.outputs[i]
	units := 3 + len(out.source)/10
	return func(w io.Writer, ctx render.Context) error {
		r := runOf(ctx)
		if err := r.spend(units); err != nil {
			return err
		}
		r.missing = ""
		v, err := ctx.Evaluate(out.expression)
		if err != nil {
			return fmt.Errorf("{{ %s }}: %w", clip(out.source), err)
		}
		if v == nil && r.missing == "" {
			r.missing = leadingPath(out.source)
		}
		if r.strict && r.missing != "" {
			return r.fail(&MissingError{Path: r.missing})
		}
		if r.noticed != nil && r.missing != "" {
			r.noticed(r.missing)
		}
		return r.print(w, v)
	}, nil
}

func (s *scanner) textTag(args string) (func(io.Writer, render.Context) error, error) {
	i, err := strconv.Atoi(args)
	if err != nil {
		return nil, err
	}
	text := s.texts[i]
	return func(w io.Writer, ctx render.Context) error {
		if err := runOf(ctx).spend(1 + len(text)/bytesPerUnit); err != nil {
			return err
		}
		_, err := io.WriteString(w, text)
		return err
	}, nil
}

func assignTag(args string) (func(io.Writer, render.Context) error, error) {
	statement, err := parseStatement(expressions.AssignStatementSelector, args)
	if err != nil {
		return nil, err
	}
	name, units := statement.Assignment.Variable, 3+len(args)/10
	return func(_ io.Writer, ctx render.Context) error {
		r := runOf(ctx)
		if err := r.spend(units); err != nil {
			return err
		}
		v, err := ctx.Evaluate(statement.ValueFn)
		if err != nil {
			return err
		}
		ctx.Set(name, r.wrap(v, name))
		return nil
	}, nil
}

func leaveLoop(how error) func(io.Writer, render.Context) error {
	return func(_ io.Writer, ctx render.Context) error { return ctx.WrapError(how) }
}

func captureBlock(node render.BlockNode) (func(io.Writer, render.Context) error, error) {
	return func(_ io.Writer, ctx render.Context) error {
		r := runOf(ctx)
		text, err := ctx.InnerString()
		if err != nil {
			return err
		}
		if err := errors.Join(r.checkSize(text), r.spend(3+r.unitsOf(text))); err != nil {
			return err
		}
		if r.html { // its values are escaped already
			ctx.Set(node.Args, r.wrap(values.SafeValue{Value: text}, node.Args))
		} else {
			ctx.Set(node.Args, r.wrap(text, node.Args))
		}
		return nil
	}, nil
}

// forBlock is Liquid's for with a price for each turn, and with objects in the order of their keys.
func forBlock(node render.BlockNode) (func(io.Writer, render.Context) error, error) {
	statement, err := parseStatement(expressions.LoopStatementSelector, node.Args)
	if err != nil {
		return nil, err
	}
	if statement.Cols != nil {
		return nil, errors.New("for takes limit, offset and reversed")
	}
	loop := forLoop{Loop: statement.Loop, units: bodyUnits(node.Body)}
	return func(w io.Writer, ctx render.Context) error {
		items, err := loop.items(ctx)
		if err != nil {
			return err
		}
		if len(items) > 0 {
			return loop.turns(w, ctx, items)
		}
		for _, clause := range node.Clauses {
			return ctx.RenderBlock(w, clause)
		}
		return nil
	}, nil
}

type forLoop struct {
	expressions.Loop
	units int // of one turn
}

func (l forLoop) items(ctx render.Context) ([]any, error) {
	r := runOf(ctx)
	v, err := ctx.Evaluate(l.Expr)
	if err != nil {
		return nil, err
	}
	items, err := r.itemsOf(v)
	if err != nil {
		return nil, err
	}
	offset, err := wholeOf(ctx, l.Offset, 0)
	if err != nil {
		return nil, err
	}
	limit, err := wholeOf(ctx, l.Limit, len(items))
	if err != nil {
		return nil, err
	}
	items = items[min(offset, len(items)):]
	items = items[:min(limit, len(items))]
	if l.Reversed {
		turned := make([]any, len(items))
		for i, item := range items {
			turned[len(items)-1-i] = item
		}
		return turned, nil
	}
	return items, nil
}

// itemsOf lists what a loop runs over; nothing for what is no list, range or object.
func (r *run) itemsOf(v any) ([]any, error) {
	switch v := v.(type) {
	case []any:
		return v, r.checkSize(v)
	case []string:
		return listOf(v), r.checkSize(v)
	case values.Range:
		if v.Len() <= 0 {
			return nil, nil
		}
		if v.Len() > maxItems {
			return nil, r.fail(limitError("a range has over %d items", maxItems))
		}
		return v.AsArray(), r.spend(v.Len())
	case map[string]any:
		pairs := make([]any, 0, len(v))
		for _, key := range keysOf(v) {
			pairs = append(pairs, []any{key, v[key]})
		}
		return pairs, r.spend(len(v))
	default:
		if rv := reflect.ValueOf(v); rv.IsValid() && rv.Kind() == reflect.Slice {
			return r.itemsOf(plain(v))
		}
		return nil, nil
	}
}

func wholeOf(ctx render.Context, expression expressions.Expression, otherwise int) (int, error) {
	if expression == nil {
		return otherwise, nil
	}
	v, err := ctx.Evaluate(expression)
	if err != nil {
		return 0, err
	}
	n, _, ok := numberOf(plain(v))
	if !ok || n.value < 0 || n.value > maxItems {
		return 0, ctx.Errorf("limit and offset take a whole number")
	}
	return int(n.value), nil
}

func (l forLoop) turns(w io.Writer, ctx render.Context, items []any) error {
	r := runOf(ctx)
	outer, shadowed := ctx.Get("forloop"), ctx.Get(l.Variable)
	defer func() {
		ctx.Set("forloop", outer)
		ctx.Set(l.Variable, shadowed)
	}()
	state := map[string]any{".cycles": map[string]int{}, "length": len(items), "parentloop": outer}
	for i, item := range items {
		if err := r.spend(l.units); err != nil {
			return err
		}
		state["index"], state["index0"] = i+1, i
		state["rindex"], state["rindex0"] = len(items)-i, len(items)-i-1
		state["first"], state["last"] = i == 0, i == len(items)-1
		ctx.Set("forloop", state)
		ctx.Set(l.Variable, r.wrap(item, l.Variable))
		err := ctx.RenderChildren(w)
		switch {
		case err == nil || errors.Is(err.Cause(), errContinue):
		case errors.Is(err.Cause(), errBreak):
			return nil
		default:
			return err
		}
	}
	return nil
}

// bodyUnits is the price of what the library itself does in one turn: text and choices.
func bodyUnits(nodes []render.Node) int {
	units := 5
	for _, node := range nodes {
		switch node := node.(type) {
		case *render.TextNode:
			units += 1 + len(node.Source)/bytesPerUnit
		case *render.BlockNode:
			units += 3 + len(node.Args)/10 + bodyUnits(node.Body)
			for _, clause := range node.Clauses {
				units += 3 + len(clause.Args)/10 + bodyUnits(clause.Body)
			}
		default:
			units++
		}
	}
	return units
}
