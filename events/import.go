package events

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fermata/interpreter/expr"
	"fermata/store"
)

const (
	// maxCell is the most bytes of one cell of a file.
	maxCell = 64 << 10
	// MaxImportRows is how many rows a file of contacts may have.
	MaxImportRows = 500_000
	importSource  = "import"
	fieldsColumn  = "fields."
	tagsColumn    = "tags"
	tagsSeparator = ";"
)

// importColumns are the columns that a file of contacts may have beside fields.x and tags.
var importColumns = []string{"id", "external_id", "email", "phone", "first_name", "last_name", "country", "timezone"}

// ImportFile is a file of contacts whose header has been read. Rows are read from Data at Start on.
type ImportFile struct {
	Columns []string // "email", "tags", "fields.plan"
	Data    []byte
	Start   int
	Rows    int // those that cannot be read among them; blank lines are none
}

// ReadImport reads the header of a file of contacts in CSV and counts its rows. A byte order mark is
// dropped, and lines may end with LF, CR LF or CR. Pointers of what is wrong name the column.
func ReadImport(data []byte) (*ImportFile, []FieldError) {
	p := &problems{}
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		p.add("", "the file is UTF-16", "save it as CSV UTF-8")
		return nil, p.list
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !bytes.ContainsRune(data, '\n') {
		data = bytes.ReplaceAll(data, []byte{'\r'}, []byte{'\n'})
	}
	f := &ImportFile{Data: data}
	header, ok := f.header()
	if !ok {
		p.add("", "the file has no header", "its first row names the columns: email,first_name,fields.plan")
		return nil, p.list
	}
	for i, name := range header {
		f.Columns = append(f.Columns, p.column(strings.TrimSpace(name), i, f.Columns))
	}
	if len(header) == 1 && strings.ContainsAny(header[0], ";\t") {
		p.add("", "the header has one column", "separate columns by commas")
	}
	names := slices.ContainsFunc([]string{"id", "external_id", "email"}, func(s string) bool { return slices.Contains(f.Columns, s) })
	if len(p.list) == 0 && !names {
		p.add("", "no column says who a contact is", "email, external_id or id")
	}
	if len(p.list) > 0 {
		return nil, p.list
	}
	for at := f.Start; at < len(data) && f.Rows <= MaxImportRows; {
		record, _ := readRecord(data[at:], true)
		if at += record.Size; record.Cells != nil || record.Err != "" {
			f.Rows++
		}
	}
	switch {
	case f.Rows == 0:
		p.add("", "the file has no row below its header", "")
	case f.Rows > MaxImportRows:
		p.add("", fmt.Sprintf("the file has more than %d rows", MaxImportRows), "import it in parts")
	}
	return f, p.list
}

// header reads the first row that is not blank.
func (f *ImportFile) header() ([]string, bool) {
	for f.Start < len(f.Data) {
		record, _ := readRecord(f.Data[f.Start:], true)
		f.Start += record.Size
		if record.Cells != nil || record.Err != "" {
			return record.Cells, record.Err == "" && utf8.ValidString(strings.Join(record.Cells, ""))
		}
	}
	return nil, false
}

// column returns the name that a header stands for, and reports one that is no column.
func (p *problems) column(name string, index int, before []string) string {
	at := child("", name)
	known := strings.ToLower(name)
	key, isField := strings.CutPrefix(name, fieldsColumn)
	switch {
	case name == "":
		p.add("", fmt.Sprintf("column %d has no name", index+1), "name it, or remove it")
		return ""
	case isField:
		if !fieldKeyPattern.MatchString(key) {
			p.add(at, "a field's key is a letter and then letters, digits, _ or -, at most 64", "fields.plan")
		}
		known = name
	case known == tagsColumn || slices.Contains(importColumns, known):
	case known == "consent" || strings.HasPrefix(known, "consent."):
		p.add(at, "an import changes no consent", "PUT /v1/contacts/{id}/consent")
	default:
		hint := fieldsColumn + name
		if near, ok := nearest(known, append([]string{tagsColumn}, importColumns...)); ok {
			hint = fmt.Sprintf("did you mean %s? A field of your own is %s", near, hint)
		}
		p.add(at, fmt.Sprintf("%q is not a column of contacts", name), hint)
	}
	if slices.Contains(before, known) {
		p.add(at, "the column is there twice", "")
	}
	return known
}

// importRow is one row that has been read: a contact with its tags, or what is wrong with it.
type importRow struct {
	line  int // the header is 1; blank lines are not counted
	in    ContactInput
	tags  []string
	wrong []store.JobError
}

// identifiers are what finds the contact of the row.
func (r *importRow) identifiers() []string {
	var list []string
	for kind, value := range map[string]string{"id": r.in.ID, "external_id": r.in.ExternalID.Value, "email": r.in.Email.Value} {
		if value != "" {
			list = append(list, kind+"\x00"+value)
		}
	}
	return list
}

func (r *importRow) fail(column, message, hint string) {
	if hint != "" {
		message += " (" + hint + ")"
	}
	r.wrong = append(r.wrong, store.JobError{Line: r.line, Field: column, Message: message})
}

// failed notes an error of a row, and returns the one that is none of the row's.
func (r *importRow) failed(err error) error {
	fields, ok := invalidFields(err)
	if !ok {
		return err
	}
	for _, f := range fields {
		r.fail(columnOf(f.Pointer), f.Message, f.Hint)
	}
	return nil
}

// columnOf turns a pointer into a contact, "/fields/plan", into the name of a column.
func columnOf(pointer string) string {
	name := strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
	return strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
}

// readRow makes a contact of a row's cells. An empty cell leaves what the contact has. Types are
// those of the fields that exist, by key.
func readRow(columns []string, record csvRecord, line int, types map[string]string) importRow {
	row := importRow{line: line}
	if record.Err != "" {
		row.fail("", record.Err, "")
		return row
	}
	if len(record.Cells) != len(columns) {
		row.fail("", fmt.Sprintf("has %d cells, and the header %d", len(record.Cells), len(columns)), "")
		return row
	}
	raw, fields := map[string]any{}, map[string]any{}
	for i, column := range columns {
		cell := record.Cells[i]
		key, isField := strings.CutPrefix(column, fieldsColumn)
		switch {
		case len(cell) > maxCell:
			row.fail(column, fmt.Sprintf("has more than %d bytes", maxCell), "")
		case !utf8.ValidString(cell):
			row.fail(column, "is not UTF-8", "save the file as CSV UTF-8")
		case strings.TrimSpace(cell) == "":
		case column == tagsColumn:
			for _, tag := range strings.Split(cell, tagsSeparator) {
				if tag = strings.TrimSpace(tag); tag != "" {
					row.tags = append(row.tags, tag)
				}
			}
		case isField:
			value, problem := fieldValue(cell, types[key])
			if problem != "" {
				row.fail(column, problem, "")
			}
			fields[key] = value
		default:
			raw[column] = cell
		}
	}
	if len(fields) > 0 {
		raw["fields"] = fields
	}
	in, wrong := ParseContact(raw, "")
	if len(wrong) > 0 && len(row.wrong) == 0 {
		for _, f := range wrong {
			row.fail(columnOf(f.Pointer), f.Message, f.Hint)
		}
	}
	row.in = in
	return row
}

// fieldValue reads a cell as the type that its field has been given.
func fieldValue(cell, kind string) (value any, problem string) {
	trimmed := strings.TrimSpace(cell)
	switch kind {
	case "number":
		if n, err := strconv.ParseInt(trimmed, 10, 64); err == nil {
			return n, ""
		}
		value, err := expr.DecodeJSON([]byte(trimmed))
		if _, isNumber := value.(float64); err != nil || !isNumber {
			return nil, "is not a number"
		}
		return value, ""
	case "boolean":
		switch strings.ToLower(trimmed) {
		case "true", "yes", "1":
			return true, ""
		case "false", "no", "0":
			return false, ""
		}
		return nil, "is neither true nor false"
	}
	return cell, ""
}

// apply gives the contact of a row what the row holds, by the rules of any other upsert, and returns
// what became of it. What is wrong with the row is noted in it, and leaves the contact as it was.
func (r *importRow) apply(tx *store.Tx, now time.Time) (word string, err error) {
	var done UpsertResult
	err = tx.Attempt(func() (err error) {
		if done, err = Upsert(tx, r.in, now, importSource, nil); err != nil {
			return err
		}
		seq := done.Contact.Seq
		for _, tag := range r.tags {
			err := AddTag(tx, done.Contact, tag, now)
			if invalid, ok := errors.AsType[*InvalidError](err); ok {
				invalid.Fields[0].Pointer = "/" + tagsColumn
			}
			if err != nil {
				return err
			}
		}
		word = importWord(done, done.Contact.Seq > seq)
		return nil
	})
	if err != nil {
		return CountFailed, r.failed(err)
	}
	for _, w := range done.Warnings {
		r.fail(columnOf(w.Pointer), w.Code+": "+w.Message, "")
	}
	return word, nil
}

// Words in the counts of an import.
const (
	countCreated   = "created"
	countUpdated   = "updated"
	countUnchanged = "unchanged"
	countExisting  = "existing" // of a dry run: updated or unchanged
)

func importWord(done UpsertResult, tagged bool) string {
	switch {
	case done.Created:
		return countCreated
	case len(done.Changed) > 0 || tagged:
		return countUpdated
	}
	return countUnchanged
}
