package expr

import (
	"slices"
	"strings"
	"time"

	"fermata/interpreter/calendar"
)

// maxSegmentDepth is enough for segments built on segments and ends those built on themselves.
const maxSegmentDepth = 8

// bound is one limit of a count or a progress: {gte: 1}.
type bound struct {
	op   string
	want float64
}

var boundOperators = []string{"eq", "ne", "gt", "gte", "lt", "lte"}

func (b bound) holds(n float64) bool {
	switch b.op {
	case "eq":
		return n == b.want
	case "ne":
		return n != b.want
	case "gt":
		return n > b.want
	case "gte":
		return n >= b.want
	case "lt":
		return n < b.want
	default:
		return n <= b.want
	}
}

func (b bound) wanted() any {
	if whole := int64(b.want); float64(whole) == b.want {
		return whole
	}
	return b.want
}

// parseBounds reads {gte: 1} or {gte: 1, lt: 5}.
func (p *conditionParser) parseBounds(raw any, path string) []bound {
	object, ok := raw.(map[string]any)
	if !ok || len(object) == 0 {
		p.issue(path, "invalid_value", "write {gte: 1}", "a limit is an object with one of %s", strings.Join(boundOperators, ", "))
		return nil
	}
	var bounds []bound
	for _, op := range keysOf(object) {
		n, isText, ok := numberOf(plain(object[op]))
		switch {
		case !slices.Contains(boundOperators, op):
			p.issue(path+"/"+escape(op), "unknown_operator", didYouMean(op, boundOperators), "unknown operator %q", clip(op))
		case !ok || isText || n.value < 0:
			p.issue(path+"/"+op, "invalid_value", "write {"+op+": 1}", "a limit is a number from 0")
		default:
			bounds = append(bounds, bound{op, n.value})
		}
	}
	return bounds
}

// didRule is {did, where, count, within | since}.
type didRule struct {
	path            string
	event           string
	where           rule
	counts          []bound
	within          calendar.Duration
	sinceEnrollment bool
}

func (p *conditionParser) parseDid(object map[string]any, path string, depth int) rule {
	r := didRule{path: path, counts: []bound{{"gte", 1}}}
	r.event, _ = object["did"].(string)
	if nearest, ok := CheckEventType(r.event); !ok {
		hint := "write it like purchase.completed"
		if nearest != "" {
			hint = "did you mean " + nearest + "?"
		}
		p.issue(path+"/did", "invalid_event", hint, "%q is no event name", clip(r.event))
	}
	p.references.Events = append(p.references.Events, r.event)
	if where, ok := object["where"]; ok {
		outer := p.inDid
		p.inDid = true
		r.where = p.parse(where, path+"/where", depth+1)
		p.inDid = outer
	}
	if count, ok := object["count"]; ok {
		r.counts = p.parseBounds(count, path+"/count")
	}
	within, hasWithin := object["within"]
	since, hasSince := object["since"]
	if hasWithin {
		r.within = p.duration(within, path+"/within")
	}
	if hasSince && since != "enrollment" {
		p.issue(path+"/since", "invalid_value", "write since: enrollment, or within: 60d", "since knows only enrollment")
	}
	if hasWithin && hasSince {
		p.issue(path+"/since", "unexpected_value", "keep one of them", "within and since exclude each other")
	}
	r.sinceEnrollment = hasSince
	p.references.UsesPassage = p.references.UsesPassage || hasSince
	return r
}

func (r didRule) eval(e *evaluation) (bool, error) {
	var since time.Time
	switch {
	case r.sinceEnrollment:
		since = e.scope.Started
	case !r.within.IsZero():
		since = r.within.Before(e.scope.Now, e.scope.location())
	}
	events, err := e.scope.facts().Events(r.event, since)
	if err != nil {
		return false, err
	}
	count := 0
	for _, event := range events {
		matches := true
		if r.where != nil {
			inner := &evaluation{scope: e.scope.WithEvent(event), sees: &sightings{muted: true}, segments: e.segments}
			if matches, err = r.where.eval(inner); err != nil {
				return false, err
			}
		}
		if matches {
			count++
		}
	}
	return e.bounds(r.path, "did:"+r.event, r.counts, float64(count))
}

// bounds records each limit up to the first that does not hold.
func (e *evaluation) bounds(path, field string, bounds []bound, n float64) (bool, error) {
	for _, b := range bounds {
		saw := bound{want: n}.wanted()
		ok, err := e.saw(Value{Path: path, Field: field, Op: b.op, Expected: b.wanted(), Saw: saw, Result: b.holds(n)})
		if !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// factRule is one of {tag}, {enrolled_in}, {course, progress}, {deal, stage} and {segment}.
type factRule struct {
	path     string
	kind     string
	key      string
	stage    string
	progress []bound
}

func (p *conditionParser) parseFact(kind string, object map[string]any, path string) rule {
	r := factRule{path: path, kind: kind}
	r.key = p.name(object[kind], path+"/"+kind)
	refs := &p.references
	switch kind {
	case "tag":
		refs.Tags = append(refs.Tags, r.key)
	case "enrolled_in":
		refs.Workflows = append(refs.Workflows, r.key)
	case "segment":
		refs.Segments = append(refs.Segments, r.key)
	case "course":
		refs.Courses = append(refs.Courses, r.key)
		if progress, ok := object["progress"]; ok {
			r.progress = p.parseBounds(progress, path+"/progress")
		}
	case "deal":
		refs.Pipelines = append(refs.Pipelines, r.key)
		if stage, ok := object["stage"]; ok {
			r.stage = p.name(stage, path+"/stage")
			refs.addStage(r.key, r.stage)
		}
	}
	return r
}

func (p *conditionParser) name(raw any, path string) string {
	name, ok := raw.(string)
	switch {
	case !ok || strings.TrimSpace(name) == "" || len(name) > 200:
		p.issue(path, "invalid_value", "write the name or key as a string", "a name has 1 to 200 characters")
	case strings.Contains(name, "{{"):
		p.noLiquid(name, path)
	}
	return name
}

func (r factRule) eval(e *evaluation) (bool, error) {
	facts := e.scope.facts()
	switch r.kind {
	case "tag":
		tagged, err := facts.Tagged(r.key)
		return e.has(r, "tag", tagged, err)
	case "enrolled_in":
		enrolled, err := facts.EnrolledIn(r.key)
		return e.has(r, "enrolled_in", enrolled, err)
	case "course":
		return r.evalCourse(e, facts)
	case "deal":
		return r.evalDeal(e, facts)
	default:
		return r.evalSegment(e, facts)
	}
}

func (e *evaluation) has(r factRule, field string, holds bool, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	return e.saw(Value{Path: r.path, Field: field, Op: "has", Expected: r.key, Saw: holds, Result: holds})
}

func (r factRule) evalCourse(e *evaluation, facts Facts) (bool, error) {
	progress, enrolled, err := facts.Course(r.key)
	if err != nil || len(r.progress) == 0 {
		return e.has(r, "course", enrolled, err)
	}
	field := "course:" + r.key
	if !enrolled {
		first := r.progress[0]
		return e.saw(Value{Path: r.path, Field: field, Op: first.op, Expected: first.wanted(), Result: first.op == "ne", Reason: "missing"})
	}
	return e.bounds(r.path, field, r.progress, progress)
}

func (r factRule) evalDeal(e *evaluation, facts Facts) (bool, error) {
	stage, found, err := facts.DealStage(r.key, r.stage)
	if err != nil || r.stage == "" {
		return e.has(r, "deal", found, err)
	}
	v := Value{Path: r.path, Field: "deal:" + r.key, Op: "eq", Expected: r.stage}
	if !found {
		v.Reason = "missing"
		return e.saw(v)
	}
	v.Saw, v.Result = stage, strings.EqualFold(stage, r.stage)
	return e.saw(v)
}

func (r factRule) evalSegment(e *evaluation, facts Facts) (bool, error) {
	v := Value{Path: r.path, Field: "segment", Op: "has", Expected: r.key}
	if e.segments >= maxSegmentDepth {
		v.Reason = "depth"
		return e.saw(v)
	}
	filter, found, err := facts.Segment(r.key)
	if err != nil {
		return false, err
	}
	condition, issues := ParseCondition(filter)
	if !found || len(issues) > 0 {
		v.Reason = "missing_segment"
		return e.saw(v)
	}
	member := true
	if !condition.Always() {
		inner := &evaluation{scope: e.scope, sees: e.sees, prefix: e.prefix + r.path + "/segment", segments: e.segments + 1}
		if member, err = condition.root.eval(inner); err != nil {
			return false, err
		}
	}
	v.Saw, v.Result = member, member
	return e.saw(v)
}
