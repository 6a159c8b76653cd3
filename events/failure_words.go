package events

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"fermata/interpreter"
	"fermata/interpreter/nodes"
	"fermata/interpreter/nodes/form"
)

// When a retry of a failure can help.
const (
	HelpsWhenBack     = "when_back"     // the other side must answer again
	HelpsAfterSetting = "after_setting" // a setting must be mended first
	HelpsAfterData    = "after_data"    // the data of each contact must be mended first
	HelpsNever        = "never"
)

// Kinds of Named.
const (
	NamedSetting = "setting" // Name is a pointer into the definition
	NamedSecret  = "secret"  // Name is that of the secret
	NamedData    = "data"    // Name is a path: contact.email
	NamedProgram = "program" // Name is a setting of the program: FERMATA_SMTP_URL
)

// Named is a setting or a piece of data that a failure names.
type Named struct{ Kind, Name string }

// blame is what is known of a code: what it means, what to look at and when a retry helps. Keys are
// the settings of the node that may be wrong.
type blame struct {
	means string
	helps string
	keys  []string
	named []Named
}

var (
	callKeys = []string{"url", "webhook", "headers", "sign"}
	smtp     = []Named{{NamedProgram, "FERMATA_SMTP_URL"}}
)

var blames = map[string]blame{
	"http":                    {"the other side refused the call", HelpsAfterSetting, append(slices.Clone(callKeys), "body"), nil},
	"http_401":                {"the other side does not know who is calling: the key or secret is wrong", HelpsAfterSetting, callKeys, nil},
	"http_403":                {"the other side does not allow the call: the key or secret has not the right", HelpsAfterSetting, callKeys, nil},
	"http_404":                {"there is nothing at the address of the call", HelpsAfterSetting, callKeys, nil},
	"http_410":                {"what the address of the call leads to is gone", HelpsAfterSetting, callKeys, nil},
	"http_429":                {"the other side takes no more calls at present", HelpsWhenBack, callKeys, nil},
	"http_5":                  {"the other side has trouble of its own", HelpsWhenBack, callKeys, nil},
	"http_broken":             {"the connection broke before the answer was there", HelpsWhenBack, callKeys, nil},
	"connect":                 {"no connection to the other side could be made", HelpsWhenBack, callKeys, nil},
	"dns":                     {"the host in the address of the call is not known", HelpsAfterSetting, callKeys, nil},
	"tls":                     {"the certificate of the other side is not trusted", HelpsWhenBack, callKeys, nil},
	"timeout":                 {"the other side did not answer in time", HelpsWhenBack, append(slices.Clone(callKeys), "timeout"), nil},
	"private_target":          {"the address of the call is on a private network, which is not allowed here", HelpsAfterSetting, callKeys, []Named{{NamedProgram, "FERMATA_ALLOW_PRIVATE_TARGETS"}}},
	"bad_request":             {"the call cannot be made as it is written", HelpsAfterSetting, callKeys, nil},
	nodes.CodeBadURL:          {"the address of the call is none", HelpsAfterSetting, callKeys, nil},
	nodes.CodeBadHeader:       {"a header of the call cannot be sent", HelpsAfterSetting, []string{"headers"}, nil},
	"bad_secret":              {"the signing secret cannot be used", HelpsAfterSetting, []string{"sign"}, nil},
	"secret_unreadable":       {"a secret cannot be opened", HelpsAfterSetting, callKeys, []Named{{NamedProgram, "FERMATA_SECRET_KEY"}}},
	"missing_reference":       {"something that the step names is not there", HelpsAfterSetting, nil, nil},
	"smtp":                    {"the mail server did not take the mail", HelpsWhenBack, nil, smtp},
	"smtp_5":                  {"the mail server refused the mail", HelpsAfterData, []string{"to", "from"}, smtp},
	"smtp_connect":            {"the mail server cannot be reached", HelpsWhenBack, nil, smtp},
	"smtp_settings":           {"the mail server is not set up rightly", HelpsAfterSetting, nil, smtp},
	"mail_invalid":            {"the mail cannot be written as it is", HelpsAfterSetting, []string{"from", "reply_to", "to", "subject"}, nil},
	"attachments_too_large":   {"the attachments are too large", HelpsAfterSetting, []string{"attachments"}, nil},
	nodes.CodeNoTemplate:      {"the mail template is not there", HelpsAfterSetting, []string{"template"}, nil},
	nodes.CodeTemplate:        {"a text could not be filled in", HelpsAfterSetting, []string{"template", "subject", "body", "html", "text"}, nil},
	nodes.CodeMissingValue:    {"a value is missing", HelpsAfterData, nil, nil},
	nodes.CodeBadValue:        {"a value does not fit", HelpsAfterData, nil, nil},
	nodes.CodeBadAddress:      {"an address is not one", HelpsAfterData, []string{"to", "from", "reply_to", "cc"}, nil},
	nodes.CodeNoAddress:       {"there is nobody to write to", HelpsAfterData, []string{"to"}, nil},
	nodes.CodeNoDate:          {"there is no date to wait for", HelpsAfterData, []string{"date", "field"}, nil},
	"no_deal":                 {"the contact has no deal to change", HelpsAfterData, []string{"pipeline", "deal", "create"}, nil},
	interpreter.ReasonRunaway: {"it came through one node too often", HelpsNever, nil, nil},
	"terminated_in_temporal":  {"somebody closed its run in Temporal", HelpsNever, nil, nil},
}

// blameOf finds what is known of a code: http_503 as http_503, http_5 or http.
func blameOf(code string) (blame, bool) {
	family, rest, _ := strings.Cut(code, "_")
	for _, name := range []string{code, family + "_" + rest[:min(1, len(rest))], family} {
		if known, ok := blames[name]; ok {
			return known, true
		}
	}
	return blame{}, false
}

// meansOf says in words, and with its code, why a step failed.
func meansOf(code string) string {
	if known, ok := blameOf(code); ok {
		return fmt.Sprintf("%s (%s)", known.means, code)
	}
	return "of " + code
}

// causeOf says in words why steps failed.
func causeOf(title, code, message string) string {
	known, ok := blameOf(code)
	switch {
	case !ok && message == "":
		return fmt.Sprintf("%s failed: %s", title, code)
	case !ok:
		return fmt.Sprintf("%s failed: %s", title, message)
	case message == "" || strings.HasPrefix(code, "http_"):
		return fmt.Sprintf("%s failed: %s", title, meansOf(code))
	}
	return fmt.Sprintf("%s failed: %s (%s)", title, known.means, message)
}

// dataPath finds paths of data in a message.
var dataPath = regexp.MustCompile(`\b(?:contact|trigger|event|deal|vars)(?:\.\w+)+`)

// contactField finds the field of a contact in our own messages.
var contactField = regexp.MustCompile(`\bfield (\w+)`)

// namedBy lists the settings and data that a failure of a node with these settings names.
func namedBy(node, code, message string, with map[string]any) []Named {
	known, _ := blameOf(code)
	var list []Named
	add := func(n Named) {
		if !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	keys := known.keys
	if code == "missing_reference" {
		keys = sortedKeys(with)
	}
	for _, key := range keys {
		value, given := with[key]
		if !given || code == "missing_reference" && !mentions(value, message) {
			continue
		}
		add(Named{NamedSetting, "/nodes/" + node + "/with/" + key})
		for _, secret := range secretsIn(value) {
			add(Named{NamedSecret, secret})
		}
	}
	for _, path := range dataPath.FindAllString(message, -1) {
		add(Named{NamedData, path})
	}
	if field := contactField.FindStringSubmatch(message); field != nil {
		add(Named{NamedData, "contact." + field[1]})
	}
	if code == nodes.CodeBadAddress || code == nodes.CodeNoAddress || strings.HasPrefix(code, "smtp_5") {
		if _, given := with["to"]; !given {
			add(Named{NamedData, "contact.email"})
		}
	}
	for _, n := range known.named {
		add(n)
	}
	return list
}

// mentions reports whether a message ends with the name that a setting gives.
func mentions(value any, message string) bool {
	name, ok := value.(string)
	name = strings.TrimPrefix(name, form.SecretPrefix)
	return ok && name != "" && strings.HasSuffix(message, " "+name) || len(secretsIn(value)) > 0 && strings.Contains(message, "secret")
}

// secretsIn lists the secrets that a setting names.
func secretsIn(value any) []string {
	switch v := value.(type) {
	case string:
		if name, ok := strings.CutPrefix(v, form.SecretPrefix); ok {
			return []string{name}
		}
	case map[string]any:
		var list []string
		for _, key := range sortedKeys(v) {
			list = append(list, secretsIn(v[key])...)
		}
		return list
	}
	return nil
}
