package expr

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
)

const (
	maxExpression   = 4 << 10
	expressionCost  = 50_000
	cachedPrograms  = 2000
	expressionStack = 60 // how deep an expression may nest
)

// program is a compiled expression and the roots that it reads.
type program struct {
	source string
	run    cel.Program
	roots  []string
}

// environment has the roots as variables of any type, now as a timestamp, and no function that
// knows the time by itself.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	options := append(boundedLibrary(),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.ParserRecursionLimit(expressionStack),
		cel.ParserExpressionSizeLimit(maxExpression),
		cel.Variable("now", cel.TimestampType),
	)
	for _, root := range rootNames {
		options = append(options, cel.Variable(root, cel.DynType))
	}
	return cel.NewCustomEnv(options...)
})

// programs keeps compiled expressions; it is emptied when full, which only costs time.
var programs = struct {
	sync.Mutex
	bySource map[string]*program
}{bySource: map[string]*program{}}

func compileExpression(source string) (*program, error) {
	programs.Lock()
	known := programs.bySource[source]
	programs.Unlock()
	if known != nil {
		return known, nil
	}
	compiled, err := newProgram(source)
	if err != nil {
		return nil, err
	}
	programs.Lock()
	defer programs.Unlock()
	if len(programs.bySource) >= cachedPrograms {
		clear(programs.bySource)
	}
	programs.bySource[source] = compiled
	return compiled, nil
}

func newProgram(source string) (p *program, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, errors.New("the expression cannot be compiled")
		}
	}()
	if strings.TrimSpace(source) == "" {
		return nil, errors.New("the expression is empty")
	}
	if len(source) > maxExpression {
		return nil, fmt.Errorf("an expression has at most %d characters", maxExpression)
	}
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("build CEL environment: %w", err)
	}
	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		return nil, compileError(issues)
	}
	if t := checked.OutputType(); !t.IsExactType(cel.BoolType) && !t.IsExactType(cel.DynType) {
		return nil, fmt.Errorf("the expression gives %s, not true or false", t)
	}
	if err := checkPatterns(checked); err != nil {
		return nil, err
	}
	run, err := env.Program(checked, cel.CostLimit(expressionCost), cel.CostTracking(callCosts{}))
	if err != nil {
		return nil, fmt.Errorf("plan expression: %w", err)
	}
	return &program{source: source, run: run, roots: rootsOf(checked)}, nil
}

// compileError puts the first mistake of an expression into one line.
func compileError(issues *cel.Issues) error {
	first := issues.Errors()[0]
	return fmt.Errorf("line %d, column %d: %s", first.Location.Line(), first.Location.Column()+1, first.Message)
}

func expressionHint(err error) string {
	if strings.Contains(err.Error(), "undeclared reference") {
		return "known names: " + strings.Join(rootNames, ", ") + ", now"
	}
	return ""
}

// rootsOf lists the roots that a checked expression reads.
func rootsOf(checked *cel.Ast) []string {
	seen := map[string]bool{}
	visit := celast.NewExprVisitor(func(node celast.Expr) {
		if node.Kind() == celast.IdentKind && slices.Contains(rootNames, node.AsIdent()) {
			seen[node.AsIdent()] = true
		}
	})
	celast.PostOrderVisit(checked.NativeRep().Expr(), visit)
	return slices.Sorted(maps.Keys(seen))
}

// checkPatterns compiles the patterns of matches ahead: they must be literals, so that no run pays
// for compiling them.
func checkPatterns(checked *cel.Ast) (err error) {
	visit := celast.NewExprVisitor(func(node celast.Expr) {
		if node.Kind() != celast.CallKind || node.AsCall().FunctionName() != "matches" {
			return
		}
		args := node.AsCall().Args()
		last := args[len(args)-1]
		text, ok := "", false
		if last.Kind() == celast.LiteralKind {
			text, ok = last.AsLiteral().Value().(string)
		}
		if !ok {
			err = errors.New("matches takes its pattern as a literal string")
		} else if _, bad := patterns.get(text); bad != nil {
			err = bad
		}
	})
	celast.PostOrderVisit(checked.NativeRep().Expr(), visit)
	return err
}

// exprRule is {expr: "CEL"}. An expression that fails while running, for example on a missing key,
// is false: a rule over a missing value is.
type exprRule struct {
	path    string
	program *program
}

func (r exprRule) eval(e *evaluation) (bool, error) {
	v := Value{Path: r.path, Field: "expr", Op: "expr", Expected: r.program.source}
	v.Saw, v.Reason = r.program.eval(e.scope)
	v.Result = v.Saw == true
	if v.Saw != nil && v.Saw != true && v.Saw != false {
		v.Reason = reasonType
	}
	return e.saw(v)
}

// eval returns what the expression gives, or why it gives nothing.
func (p *program) eval(s *Scope) (result any, reason string) {
	defer func() {
		if recover() != nil {
			result, reason = nil, "expression"
		}
	}()
	out, _, err := p.run.Eval(activation(s))
	switch {
	case err == nil:
		return plain(out.Value()), ""
	case strings.Contains(err.Error(), "cost limit"):
		return nil, "cost"
	case strings.Contains(err.Error(), "no such key") || strings.Contains(err.Error(), "no such attribute"):
		return nil, "missing"
	case strings.Contains(err.Error(), "no such overload"):
		return nil, reasonType
	default:
		return nil, "expression"
	}
}

// activation gives CEL the roots; absent ones are empty, and contact.plan is contact.fields.plan.
func activation(s *Scope) map[string]any {
	vars := make(map[string]any, len(rootNames)+1)
	for _, root := range rootNames {
		vars[root] = plain(s.Roots[root])
		if vars[root] == nil {
			vars[root] = map[string]any{}
		}
	}
	if contact, ok := vars["contact"].(map[string]any); ok {
		flat := map[string]any{}
		if fields, ok := plain(contact["fields"]).(map[string]any); ok {
			maps.Copy(flat, fields)
		}
		for key, value := range contact {
			flat[key] = plain(value)
		}
		vars["contact"] = flat
	}
	vars["now"] = s.Now.UTC()
	return vars
}
