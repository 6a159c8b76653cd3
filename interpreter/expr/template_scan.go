package expr

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/osteele/liquid/expressions"
)

// The Liquid library finds tags with a regular expression that takes quadratic time on unclosed
// ones, prints values its own way and cannot count work. So templates are scanned here, once and in
// linear time: text passes through, every output and raw block becomes a reference into a table, and
// loops and captures become our own blocks.
const (
	tagOut     = "fermata_out"
	tagText    = "fermata_text"
	tagFor     = "fermata_for"
	tagCapture = "fermata_capture"
)

const (
	maxTag     = 4 << 10 // one {{ … }} or {% … %}
	maxNesting = 50
)

// outputs are the parts of a template that the rewritten source refers to by number.
type output struct {
	expression expressions.Expression
	source     string
}

type scanner struct {
	source  string
	at      int
	line    int
	rewrite strings.Builder
	outputs []output
	texts   []string
	open    []openBlock
}

type openBlock struct {
	name string
	line int
}

// tagRule says how a tag may be used.
type tagRule struct {
	block  bool     // has an end tag
	inside []string // allowed only directly inside one of these blocks
	as     string   // the name that the rewritten source uses
	check  func(args string) error
}

var tagRules = map[string]tagRule{
	"assign":   {check: checkStatement(expressions.AssignStatementSelector)},
	"cycle":    {check: checkStatement(expressions.CycleStatementSelector)},
	"break":    {check: checkNothing},
	"continue": {check: checkNothing},
	"capture":  {block: true, as: tagCapture, check: checkName},
	"for":      {block: true, as: tagFor, check: checkStatement(expressions.LoopStatementSelector)},
	"if":       {block: true, check: checkExpression},
	"unless":   {block: true, check: checkExpression},
	"case":     {block: true, check: checkExpression},
	"elsif":    {inside: []string{"if"}, check: checkExpression},
	"else":     {inside: []string{"if", "unless", "case", "for"}, check: checkNothing},
	"when":     {inside: []string{"case"}, check: checkStatement(expressions.WhenStatementSelector)},
}

var (
	tagNames   = []string{"assign", "break", "capture", "case", "comment", "continue", "cycle", "else", "elsif", "for", "if", "raw", "unless", "when"}
	endRaw     = regexp.MustCompile(`\{%-?\s*endraw\s*-?%\}`)
	endComment = regexp.MustCompile(`\{%-?\s*endcomment\s*-?%\}`)
	tagShape   = regexp.MustCompile(`^([a-zA-Z_]\w*)(?:\s|$|[^\w])`)
	filterName = regexp.MustCompile(`^\s*([\pL_][\pL\pN_-]*)`)
	metaKey    = regexp.MustCompile(`^\.\$[a-z_]+`)
	bareName   = regexp.MustCompile(`^[\pL_][\pL\pN_-]*$`)
)

// scan rewrites a template. Its errors name the line.
func scan(source string) (*scanner, error) {
	s := &scanner{source: source, line: 1}
	for {
		opening := s.next()
		if opening < 0 {
			s.rewrite.WriteString(source[s.at:])
			break
		}
		s.line += strings.Count(source[s.at:opening], "\n")
		s.rewrite.WriteString(source[s.at:opening])
		s.at = opening
		if err := s.tag(); err != nil {
			return nil, err
		}
	}
	if len(s.open) > 0 {
		last := s.open[len(s.open)-1]
		return nil, &TemplateError{Line: last.line, Message: fmt.Sprintf("{%% %s %%} has no {%% end%s %%}", last.name, last.name)}
	}
	return s, nil
}

// next finds the next {{ or {%.
func (s *scanner) next() int {
	for i := s.at; ; i++ {
		found := strings.IndexByte(s.source[i:], '{')
		if found < 0 {
			return -1
		}
		i += found
		if i+1 < len(s.source) && (s.source[i+1] == '{' || s.source[i+1] == '%') {
			return i
		}
	}
}

func (s *scanner) fail(format string, args ...any) error {
	return &TemplateError{Line: s.line, Message: fmt.Sprintf(format, args...)}
}

// tag reads the {{ … }} or {% … %} at s.at.
func (s *scanner) tag() error {
	opening, closing := s.source[s.at:s.at+2], "}}"
	if opening == "{%" {
		closing = "%}"
	}
	length := strings.Index(s.source[s.at+2:], closing)
	if length < 0 {
		return s.fail("%s is not closed by %s", opening, closing)
	}
	if length > maxTag {
		return s.fail("%s … %s is longer than %d characters", opening, closing, maxTag)
	}
	content := s.source[s.at+2 : s.at+2+length]
	s.at += length + 4
	lines := strings.Count(content, "\n")
	left, right := "", ""
	if rest, ok := strings.CutPrefix(content, "-"); ok {
		left, content = "-", rest
	}
	if rest, ok := strings.CutSuffix(content, "-"); ok {
		right, content = "-", rest
	}
	content = withMeta(strings.TrimSpace(content))
	var err error
	if opening == "{{" {
		err = s.output(content, left, right)
	} else {
		err = s.statement(content, left, right)
	}
	s.line += lines
	return err
}

func (s *scanner) emit(left, name, args, right string) {
	s.rewrite.WriteString("{%" + left + " " + name)
	if args != "" {
		s.rewrite.WriteString(" " + args)
	}
	s.rewrite.WriteString(" " + right + "%}")
}

func (s *scanner) output(content, left, right string) error {
	expression, err := parseExpression(content)
	if err != nil {
		return s.fail("%s", err)
	}
	s.emit(left, tagOut, strconv.Itoa(len(s.outputs)), right)
	s.outputs = append(s.outputs, output{expression, content})
	return nil
}

func (s *scanner) statement(content, left, right string) error {
	if strings.HasPrefix(content, "#") { // a comment on one line
		return nil
	}
	shape := tagShape.FindStringSubmatch(content)
	if shape == nil {
		return s.fail("{%% %s %%} names no tag", clip(content))
	}
	name := shape[1]
	args := strings.TrimSpace(content[len(name):])
	switch name {
	case "comment":
		_, err := s.skipTo(endComment, name)
		return err
	case "raw":
		text, err := s.skipTo(endRaw, name)
		s.emit(left, tagText, strconv.Itoa(len(s.texts)), right)
		s.texts = append(s.texts, text)
		return err
	}
	if block, ok := strings.CutPrefix(name, "end"); ok {
		return s.end(block, name, left, right)
	}
	rule, ok := tagRules[name]
	if !ok {
		return s.fail("unknown tag %q: %s", clip(name), didYouMean(name, tagNames))
	}
	if err := rule.check(args); err != nil {
		return s.fail("{%% %s %%}: %s", name, err)
	}
	if rule.inside != nil && (len(s.open) == 0 || !slices.Contains(rule.inside, s.open[len(s.open)-1].name)) {
		return s.fail("{%% %s %%} stands outside %s", name, strings.Join(rule.inside, ", "))
	}
	if rule.block {
		if len(s.open) == maxNesting {
			return s.fail("blocks nest at most %d deep", maxNesting)
		}
		s.open = append(s.open, openBlock{name, s.line})
	}
	if rule.as != "" {
		name = rule.as
	}
	s.emit(left, name, args, right)
	return nil
}

func (s *scanner) end(block, name, left, right string) error {
	if len(s.open) == 0 || s.open[len(s.open)-1].name != block {
		return s.fail("{%% %s %%} closes nothing", clip(name))
	}
	s.open = s.open[:len(s.open)-1]
	if as := tagRules[block].as; as != "" {
		block = as
	}
	s.emit(left, "end"+block, "", right)
	return nil
}

// skipTo returns the text up to an end tag and moves behind it.
func (s *scanner) skipTo(end *regexp.Regexp, name string) (string, error) {
	found := end.FindStringIndex(s.source[s.at:])
	if found == nil {
		return "", s.fail("{%% %s %%} has no {%% end%s %%}", name, name)
	}
	text := s.source[s.at : s.at+found[0]]
	s.line += strings.Count(s.source[s.at:s.at+found[1]], "\n")
	s.at += found[1]
	return text, nil
}

// parseExpression reads what stands between {{ and }}, with filters that exist.
func parseExpression(source string) (expression expressions.Expression, err error) {
	defer func() {
		if recover() != nil { // the library panics on numbers and names that it cannot read
			expression, err = nil, fmt.Errorf("cannot read %q", clip(source))
		}
	}()
	if err := checkFilters(source); err != nil {
		return nil, err
	}
	// The parser takes these two prefixes for statements.
	if source == "" || source[0] == '%' || source[0] == '{' {
		return nil, fmt.Errorf("cannot read %q", clip(source))
	}
	if expression, err = expressions.Parse(source); err != nil {
		return nil, fmt.Errorf("cannot read %q", clip(source))
	}
	return expression, nil
}

func checkExpression(args string) error {
	_, err := parseExpression(args)
	return err
}

func checkStatement(selector string) func(string) error {
	return func(args string) error {
		_, err := parseStatement(selector, args)
		return err
	}
}

func parseStatement(selector, args string) (statement *expressions.Statement, err error) {
	defer func() {
		if recover() != nil {
			statement, err = nil, fmt.Errorf("cannot read %q", clip(args))
		}
	}()
	if err := checkFilters(args); err != nil {
		return nil, err
	}
	if statement, err = expressions.ParseStatement(selector, args); err != nil {
		return nil, fmt.Errorf("cannot read %q", clip(args))
	}
	if len(statement.Path) > 1 {
		return nil, fmt.Errorf("cannot assign to %q: a name has no dots", clip(strings.Join(statement.Path, ".")))
	}
	return statement, nil
}

func checkNothing(args string) error {
	if args != "" {
		return fmt.Errorf("takes nothing, got %q", clip(args))
	}
	return nil
}

func checkName(args string) error {
	if !bareName.MatchString(args) {
		return fmt.Errorf("takes one name, got %q", clip(args))
	}
	return nil
}

// outside calls visit for every byte that is not inside a quoted string, until it returns false.
func outside(source string, visit func(at int) bool) {
	quote := byte(0)
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case !visit(i):
			return
		}
	}
}

// checkFilters finds filters that do not exist: the library would only notice while rendering.
func checkFilters(source string) (err error) {
	outside(source, func(at int) bool {
		if source[at] != '|' {
			return true
		}
		name := filterName.FindStringSubmatch(source[at+1:])
		if name == nil {
			err = fmt.Errorf("cannot read %q: | is followed by a filter", clip(source))
		} else if !slices.Contains(filterNames(), name[1]) {
			err = fmt.Errorf("unknown filter %q: %s", clip(name[1]), didYouMean(name[1], filterNames()))
		}
		return err == nil
	})
	return err
}

// withMeta writes event.$type, which Liquid cannot read, as event["$type"].
func withMeta(source string) string {
	if !strings.Contains(source, ".$") {
		return source
	}
	var b strings.Builder
	done := 0
	outside(source, func(at int) bool {
		if at < done {
			return true
		}
		if key := metaKey.FindString(source[at:]); key != "" {
			b.WriteString(source[done:at] + `["` + key[1:] + `"]`)
			done = at + len(key)
		}
		return true
	})
	b.WriteString(source[done:])
	return b.String()
}
