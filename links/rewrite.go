package links

import (
	stdhtml "html"
	"strings"

	"golang.org/x/net/html"
)

// Rewrite returns an HTML mail whose links lead where address says, and which holds the
// image pixel at its end. Only the values of href are replaced; every other byte of the
// mail stays as it is. A link for which address returns false stays, too.
func Rewrite(source, pixel string, address func(target string) (string, bool)) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(source))
	read, end := 0, -1
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		raw := string(z.Raw())
		read += len(raw)
		name, hasAttributes := z.TagName()
		switch {
		case kind == html.EndTagToken && string(name) == "body":
			end = out.Len()
		case (kind == html.StartTagToken || kind == html.SelfClosingTagToken) && hasAttributes && (string(name) == "a" || string(name) == "area"):
			raw = rewriteTag(z, raw, address)
		}
		out.WriteString(raw)
	}
	out.WriteString(source[min(read, len(source)):]) // a tag that never ends
	rewritten, image := out.String(), ""
	if pixel != "" {
		image = `<img src="` + stdhtml.EscapeString(pixel) + `" width="1" height="1" alt="">`
	}
	if end < 0 {
		end = len(rewritten)
	}
	return rewritten[:end] + image + rewritten[end:]
}

// rewriteTag replaces the value of the first href of a tag. What the attribute means is read by the
// tokenizer, where it stands by a scan of the same rules; when they differ the tag stays.
func rewriteTag(z *html.Tokenizer, raw string, address func(string) (string, bool)) string {
	target, index := "", -1
	for i, more := 0, true; more; i++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		if string(key) == "href" && index < 0 {
			target, index = strings.TrimSpace(string(value)), i
		}
	}
	if index < 0 {
		return raw
	}
	places := attributes(raw)
	if index >= len(places) || !strings.EqualFold(places[index].name, "href") {
		return raw
	}
	to, ok := address(target)
	if !ok {
		return raw
	}
	at := places[index]
	return raw[:at.from] + `"` + stdhtml.EscapeString(to) + `"` + raw[at.to:]
}

// attribute is where the value of an attribute stands in its tag, with its quotes.
type attribute struct {
	name     string
	from, to int
}

// attributes finds the attributes of a start tag.
func attributes(tag string) []attribute {
	const space = " \n\r\t\f"
	var list []attribute
	i := 1 + strings.IndexAny(tag[1:], space+"/>")
	for i < len(tag) {
		i += len(tag[i:]) - len(strings.TrimLeft(tag[i:], space+"/"))
		if i >= len(tag) || tag[i] == '>' {
			return list
		}
		size := strings.IndexAny(tag[i+1:], space+"/>=")
		if size < 0 {
			return list
		}
		a := attribute{name: tag[i : i+1+size]}
		i += 1 + size
		rest := strings.TrimLeft(tag[i:], space)
		if !strings.HasPrefix(rest, "=") {
			a.from, a.to = i, i
			list = append(list, a)
			continue
		}
		rest = strings.TrimLeft(rest[1:], space)
		a.from = len(tag) - len(rest)
		a.to = a.from + valueLength(rest)
		i = a.to
		list = append(list, a)
	}
	return list
}

// valueLength is the length of the attribute value that s begins with.
func valueLength(s string) int {
	if s == "" {
		return 0
	}
	if s[0] == '"' || s[0] == '\'' {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return end + 2
		}
		return len(s)
	}
	if end := strings.IndexAny(s, " \n\r\t\f>"); end >= 0 {
		return end
	}
	return len(s)
}
