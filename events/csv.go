package events

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// maxRecord is the most bytes of one row of a file.
const maxRecord = 1 << 20

// csvRecord is one row of a file, or what was found in its place. Cells are nil for a blank line and
// for a row that cannot be read; then Err says why, in words for people.
type csvRecord struct {
	Cells []string
	Size  int // bytes that it takes, its line end included
	Err   string
}

// readRecord reads the row at the beginning of data. It is false when the row goes on behind data
// and is not too long yet: more of the file is needed. A row that cannot be read is one line, so
// that a stray quote does not swallow the rest of the file.
func readRecord(data []byte, last bool) (csvRecord, bool) {
	if len(data) > maxRecord {
		data, last = data[:maxRecord], false
	}
	end, closed := recordEnd(data)
	switch {
	case closed || last && !openQuote(data):
	case !last && len(data) < maxRecord:
		return csvRecord{}, false
	default:
		return csvRecord{Size: lineEnd(data), Err: `a quote is not closed (one within a cell is doubled: "5"" wide"), or the row has more than 1 MiB`}, true
	}
	if !bytes.ContainsRune(data[:end], '"') { // most rows
		line := bytes.TrimSuffix(bytes.TrimSuffix(data[:end], []byte{'\n'}), []byte{'\r'})
		if len(line) == 0 {
			return csvRecord{Size: end}, true
		}
		return csvRecord{Cells: strings.Split(string(line), ","), Size: end}, true
	}
	reader := csv.NewReader(bytes.NewReader(data[:end]))
	reader.FieldsPerRecord = -1
	cells, err := reader.Read()
	switch {
	case errors.Is(err, io.EOF):
		return csvRecord{Size: end}, true
	case errors.Is(err, csv.ErrBareQuote):
		return csvRecord{Size: lineEnd(data), Err: `a cell with a quote in it must be quoted, and the quote doubled: "5"" wide"`}, true
	case err != nil:
		return csvRecord{Size: lineEnd(data), Err: `a quote within a quoted cell must be doubled: "5"" wide"`}, true
	}
	return csvRecord{Cells: cells, Size: end}, true
}

// recordEnd finds the line end that is outside quotes; a doubled quote opens and closes again.
func recordEnd(data []byte) (end int, closed bool) {
	quoted := false
	for i, b := range data {
		switch {
		case b == '"':
			quoted = !quoted
		case b == '\n' && !quoted:
			return i + 1, true
		}
	}
	return len(data), false
}

func openQuote(data []byte) bool { return bytes.Count(data, []byte{'"'})%2 == 1 }

func lineEnd(data []byte) int {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1
	}
	return len(data)
}
