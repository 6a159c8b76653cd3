package definition

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fermata/interpreter/expr"
	"fermata/interpreter/nodes"
)

const (
	manyNodes = 25
	longWait  = 90 * 24 * time.Hour
)

// validation is one run of Validate.
type validation struct {
	*Definition
	catalog Catalog
	used    []Reference
	found   []Problem
}

// Validate returns all problems at once, in document order: those of Parse, those of
// the graph, what this build cannot run and, with a Catalog, what the installation
// does not have. Only errors stop a publish.
func (d *Definition) Validate(c Catalog) []Problem {
	v := &validation{Definition: d, catalog: c, used: d.References(), found: d.Problems()}
	v.notAvailable()
	v.cycles()
	v.ports()
	v.reach()
	v.size()
	v.exitless()
	if c != nil {
		v.references()
		v.events()
		v.templates()
	}
	return inDocumentOrder(v.found, d.root)
}

func (v *validation) add(severity, code, path, message, hint string) {
	v.found = append(v.found, Problem{
		Severity: severity, Code: code, Node: nodeOf(path), Path: path, Message: message, Hint: hint,
	})
}

func (v *validation) warn(code, path, message, hint string) {
	v.add(SeverityWarning, code, path, message, hint)
}

// cycles reports each cycle that would spin.
func (v *validation) cycles() {
	for _, group := range v.spinning() {
		v.add(SeverityError, CodeCycle, nodePath(group[0])+"/next",
			"a cycle without a wait: "+strings.Join(group, ", "), "put a wait into the cycle")
	}
}

// ports reports open ports that are easily forgotten, and branches that decide
// nothing.
func (v *validation) ports() {
	for _, id := range v.Order {
		n := v.Nodes[id]
		if n.Settings == nil || !n.complete || n.Disabled {
			continue
		}
		for _, port := range n.Settings.Ports() {
			if _, wired := n.Target(port); !wired && !quietPort(n, port) {
				v.warn(CodeOpenPort, nodePath(id)+"/next", fmt.Sprintf("the port %q is open: it ends the passage with outcome neutral", port), "wire it, or leave it so")
			}
		}
		if _, branch := n.Settings.(*nodes.Branch); branch {
			v.sameTarget(n)
		}
	}
}

func (v *validation) sameTarget(n *Node) {
	first, same := "", true
	for i, port := range n.Settings.Ports() {
		target, wired := n.Target(port)
		if i == 0 {
			first = target
		}
		same = same && wired && target == first
	}
	if same {
		v.warn(CodeSameTarget, nodePath(n.ID)+"/next", fmt.Sprintf("all ports lead to %q", first), "the branch decides nothing")
	}
}

func (v *validation) reach() {
	if v.Nodes[v.Start] == nil || v.given() > len(v.Order) {
		return // the way may lead over a node that could not be read
	}
	reachable := v.reachable()
	for _, id := range v.Order {
		if !reachable[id] {
			v.warn(CodeUnreachable, nodePath(id), "nothing leads to this node", "wire it or remove it")
		}
	}
}

// given counts the nodes of the document, read or not.
func (v *validation) given() int {
	nodes, _ := v.Raw["nodes"].(map[string]any)
	return len(nodes)
}

func (v *validation) size() {
	if n := v.given(); n > manyNodes {
		v.warn(CodeManyNodes, "/nodes", fmt.Sprintf("there are %d nodes", n), fmt.Sprintf("more than %d are hard to follow; split the workflow", manyNodes))
	}
}

// exitless reports long waits and marketing mails of a workflow that nothing but
// its own end can stop.
func (v *validation) exitless() {
	if len(v.Exits) > 0 {
		return
	}
	for _, id := range v.Order {
		n := v.Nodes[id]
		if n.Disabled {
			continue
		}
		wait, waits := n.Settings.(interface{ Longest() time.Duration })
		if waits && wait.Longest() > longWait {
			v.warn(CodeNoExit, nodePath(id), "waits for more than 90 days, and the workflow has no exit", "add an exit for the event that makes the wait pointless")
		}
		if mail, ok := n.Settings.(*nodes.Email); ok && v.class(mail) == nodes.ClassMarketing {
			v.warn(CodeNoExit, nodePath(id), "sends marketing mail, and the workflow has no exit", "add an exit for the event that makes the mail pointless, such as a purchase")
		}
	}
}

// class is the class of a mail, as far as it is known before it is sent.
func (v *validation) class(mail *nodes.Email) string {
	var source *nodes.TemplateSource
	if c, ok := v.catalog.(TemplateClassCatalog); ok && mail.Template != "" {
		source = &nodes.TemplateSource{Class: c.TemplateClass(mail.Template)}
	}
	return mail.EffectiveClass(source)
}

// mails calls f for every mail that sends a template named outright.
func (v *validation) mails(f func(path string, mail *nodes.Email)) {
	for _, id := range v.Order {
		n := v.Nodes[id]
		mail, ok := n.Settings.(*nodes.Email)
		if ok && mail.Template != "" && !strings.Contains(mail.Template, "{{") {
			f(nodePath(id)+"/with/template", mail)
		}
	}
}

// templates reports marketing templates without a way out of the list, and those
// that another workflow sends to the same people.
func (v *validation) templates() {
	users, asksUsers := v.catalog.(TemplateUseCatalog)
	v.mails(func(path string, mail *nodes.Email) {
		text, ok := v.catalog.TemplateText(mail.Template)
		if ok && v.class(mail) == nodes.ClassMarketing && !strings.Contains(text, expr.UnsubscribeURL) {
			v.warn(CodeNoUnsubscribe, path, fmt.Sprintf("the template %q has no unsubscribe link: one is put at the end of each mail", mail.Template), "put {{ unsubscribe_url }} where you want it")
		}
		if !asksUsers {
			return
		}
		for _, event := range v.TriggerEvents() {
			others := slices.DeleteFunc(slices.Clone(users.TemplateUsers(mail.Template, event)), func(key string) bool { return key == v.Key })
			if len(others) > 0 {
				v.warn(CodeSameTemplate, path, fmt.Sprintf("%s also sends the template %q on %s", strings.Join(others, ", "), mail.Template, event), "the same contact would get it twice")
			}
		}
	})
}
