package expr

import (
	"regexp"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// CEL's own cost model counts calls. These charges add what a call on values of any type really
// costs, so that the limit bounds the time: one unit is about 100 ns.
const (
	bytesPerUnit = 100
	matchPerUnit = 20 // subject bytes × program instructions
)

// callCosts implements CEL's ActualCostEstimator.
type callCosts struct{}

// CallCost charges every call for the size of its arguments.
func (callCosts) CallCost(function, _ string, args []ref.Val, _ ref.Val) *uint64 {
	units := uint64(1)
	switch function {
	case "matches":
		if len(args) == 2 {
			text, _ := args[0].Value().(string)
			source, _ := args[1].Value().(string)
			if p, err := patterns.get(source); err == nil {
				units += uint64(len(text)) * uint64(p.size) / matchPerUnit
			}
		}
	case "_==_", "_!=_", "_+_", "@in":
		for _, arg := range args {
			units += deepUnits(arg)
		}
	case "_[_]", "size":
		return nil
	default:
		for _, arg := range args {
			units += textUnits(arg)
		}
	}
	return &units
}

func textUnits(v ref.Val) uint64 {
	switch v := v.(type) {
	case types.String:
		return uint64(len(v)) / bytesPerUnit
	case types.Bytes:
		return uint64(len(v)) / bytesPerUnit
	default:
		return 0
	}
}

// deepUnits walks a value once; that costs no more than comparing it.
func deepUnits(v ref.Val) uint64 {
	units := 1 + textUnits(v)
	switch v := v.(type) {
	case traits.Mapper:
		for it := v.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			units += deepUnits(v.Get(key))
			if units > expressionCost {
				return units
			}
		}
	case traits.Lister:
		for it := v.Iterator(); it.HasNext() == types.True; {
			units += deepUnits(it.Next())
			if units > expressionCost {
				return units
			}
		}
	}
	return units
}

// boundedLibrary is CEL's standard library with a matches that only takes patterns and subjects of
// bounded size.
func boundedLibrary() []cel.EnvOption {
	match := cel.BinaryBinding(func(subject, pattern ref.Val) ref.Val {
		text, okText := subject.(types.String)
		source, okPattern := pattern.(types.String)
		if !okText || !okPattern {
			return types.MaybeNoSuchOverloadErr(subject)
		}
		compiled, err := patterns.get(string(source))
		if err != nil {
			return types.NewErr("matches: %v", err)
		}
		if !compiled.fits(string(text)) {
			return types.NewErr("matches: the text is too long for this pattern")
		}
		return types.Bool(compiled.MatchString(string(text)))
	})
	without := &env.LibrarySubset{ExcludeFunctions: []*env.Function{env.NewFunction("matches")}}
	strings := []*cel.Type{cel.StringType, cel.StringType}
	return []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(without)),
		cel.Function("matches",
			cel.Overload("bounded_matches", strings, cel.BoolType, match),
			cel.MemberOverload("bounded_matches_string", strings, cel.BoolType, match)),
	}
}

// patternCache keeps compiled patterns; it is emptied when full, which only costs time.
type patternCache struct {
	sync.Mutex
	bySource map[string]*pattern
}

var patterns = patternCache{bySource: map[string]*pattern{}}

func (c *patternCache) get(source string) (*pattern, error) {
	if len(source) > maxPattern {
		return nil, errPatternSize
	}
	c.Lock()
	defer c.Unlock()
	if known := c.bySource[source]; known != nil {
		return known, nil
	}
	compiled, err := compilePattern(source)
	if err != nil {
		return nil, err
	}
	if len(c.bySource) >= cachedPrograms {
		clear(c.bySource)
	}
	c.bySource[source] = compiled
	return compiled, nil
}

// pattern is a regular expression with the size of its program.
type pattern struct {
	*regexp.Regexp
	size int
}

// fits reports whether matching s stays short: RE2 takes subject times program.
func (p *pattern) fits(s string) bool {
	return len(s) <= maxSubject && len(s)*p.size <= maxMatch
}
