package events

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"fermata/store"
)

const (
	// JobImport is the kind of job that imports contacts from a file, its payload.
	JobImport = "import"
	// ImportRate is how fast: a row costs as much as a call that saves one contact.
	ImportRate = "200/1s"
	// importWindow is how much of a file a batch reads; a longer row gets a longer one.
	importWindow = 256 << 10
)

// importParams are the parameters of a JobImport.
type importParams struct {
	Columns []string `json:"columns"`
	Start   int      `json:"start"` // where the first row begins
}

// StartImport queues the import of a file that ReadImport has read.
func StartImport(tx *store.Tx, f *ImportFile, person string, now time.Time) (*store.Job, error) {
	return StartJob(tx, NewJob{
		Kind: JobImport, Rate: ImportRate, Person: person, Total: &f.Rows, Payload: f.Data, Now: now,
		Params: importParams{Columns: f.Columns, Start: f.Start},
	})
}

type importJob struct{}

func (importJob) Name() string { return JobImport }

// Batch imports the next rows. It ends before a row that names somebody whom an earlier row of the
// batch names as well, so that rows may be taken in the order in which locks are taken.
func (importJob) Batch(tx *store.Tx, b *JobBatch) error {
	var p importParams
	if err := b.Job.Params.Decode(&p); err != nil {
		return fmt.Errorf("read parameters: %w", err)
	}
	offset, line, err := importCursor(b.Job.Cursor, p.Start)
	if err != nil {
		return err
	}
	types, err := columnTypes(tx, p.Columns)
	if err != nil {
		return err
	}
	rows, size, end, err := importRows(tx, b, p.Columns, types, offset, line)
	if err != nil {
		return err
	}
	order, err := lockRows(tx, rows)
	if err != nil {
		return err
	}
	words := make([]string, len(rows))
	for _, i := range order {
		if words[i], err = importOne(tx, &rows[i], b.Now); err != nil {
			return err
		}
	}
	for i := range rows {
		b.Count(words[i], 1)
		for _, e := range rows[i].wrong {
			b.Fail(e)
		}
	}
	b.Done, b.Spent, b.Finished = len(rows), len(rows), end
	b.Job.Cursor = fmt.Sprintf("%d:%d", offset+size, line+len(rows))
	return nil
}

// importCursor is where the next row begins, and the number of the row before it.
func importCursor(cursor string, start int) (offset, line int, err error) {
	if cursor == "" {
		return start, 1, nil
	}
	at, row, _ := strings.Cut(cursor, ":")
	offset, errOffset := strconv.Atoi(at)
	line, errLine := strconv.Atoi(row)
	return offset, line, errors.Join(errOffset, errLine)
}

// columnTypes are the types of the fields that the columns name and that exist.
func columnTypes(tx *store.Tx, columns []string) (map[string]string, error) {
	types := map[string]string{}
	for _, column := range columns {
		key, isField := strings.CutPrefix(column, fieldsColumn)
		if !isField {
			continue
		}
		field, err := tx.Field(key)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read field %s: %w", key, err)
		}
		types[key] = field.Type
	}
	return types, nil
}

// importRows reads the next rows of the payload. size is how many bytes they take; end says that
// nothing is left behind them.
func importRows(tx *store.Tx, b *JobBatch, columns []string, types map[string]string, offset, line int) (rows []importRow, size int, end bool, err error) {
	seen := map[string]bool{}
	for window := importWindow; ; window = maxRecord {
		data, err := tx.JobPayload(b.Job.ID, offset, window)
		if err != nil {
			return nil, 0, false, fmt.Errorf("read file: %w", err)
		}
		last := len(data) < window
		for size < len(data) && len(rows) < b.Max {
			record, whole := readRecord(data[size:], last)
			if !whole {
				break
			}
			if record.Cells != nil || record.Err != "" {
				row := readRow(columns, record, line+len(rows)+1, types)
				if seenBefore(row.identifiers(), seen) {
					return rows, size, false, nil
				}
				rows = append(rows, row)
			}
			size += record.Size
		}
		if len(rows) > 0 || size > 0 || last {
			return rows, size, last && size == len(data), nil
		}
	}
}

// seenBefore reports whether one of the identifiers was seen before, and notes them all.
func seenBefore(identifiers []string, seen map[string]bool) bool {
	before := false
	for _, one := range identifiers {
		before = before || seen[one]
		seen[one] = true
	}
	return before
}

// lockRows locks the contacts that the rows find, by id, and returns the order in which to import:
// rows of those contacts first, then those that make contacts, by what identifies them.
func lockRows(tx *store.Tx, rows []importRow) (order []int, err error) {
	existing, fresh := map[string]bool{}, []int{}
	for i := range rows {
		if len(rows[i].wrong) > 0 {
			order = append(order, i)
			continue
		}
		found, err := find(tx, rows[i].in)
		if _, invalid := invalidFields(err); err != nil && !invalid {
			return nil, fmt.Errorf("find contact: %w", err)
		}
		if found == nil {
			fresh = append(fresh, i)
			continue
		}
		existing[found.ID] = true
		order = append(order, i)
	}
	for _, id := range sortedKeys(existing) {
		if _, err := tx.LockContact(id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("lock contact %s: %w", id, err)
		}
	}
	sort.SliceStable(fresh, func(i, j int) bool { return identity(rows[fresh[i]].in) < identity(rows[fresh[j]].in) })
	return append(order, fresh...), nil
}

// importOne imports one row. Whatever is wrong with it alone is an error of the row.
func importOne(tx *store.Tx, row *importRow, now time.Time) (word string, err error) {
	if len(row.wrong) > 0 {
		return CountFailed, nil
	}
	word, err = row.apply(tx, now)
	if err != nil && !store.IsTransient(err) {
		row.fail("", brief(err), "")
		err = nil
	}
	return word, err
}

// ImportPreview is what an import would do, as far as it was looked at.
type ImportPreview struct {
	Counts   map[string]int // created, existing, failed
	Errors   []store.JobError
	Examined int
	Complete bool
}

// previewErrors is how many errors a preview shows.
const previewErrors = 100

// PreviewImport looks at every row of a file as an import would, and at who it is about, until stop
// says so. It writes nothing.
func PreviewImport(ctx context.Context, s *store.Store, f *ImportFile, stop func() bool) (*ImportPreview, error) {
	preview := &ImportPreview{Counts: map[string]int{countCreated: 0, countExisting: 0, CountFailed: 0}, Errors: []store.JobError{}}
	seen := map[string]bool{}
	err := s.Read(ctx, func(tx *store.Tx) error {
		types, err := columnTypes(tx, f.Columns)
		if err != nil {
			return err
		}
		for at := f.Start; at < len(f.Data); {
			if stop() {
				return nil
			}
			record, _ := readRecord(f.Data[at:], true)
			if at += record.Size; record.Cells == nil && record.Err == "" {
				continue
			}
			preview.Examined++
			row := readRow(f.Columns, record, preview.Examined+1, types)
			word, err := row.foresee(tx, seen)
			if err != nil {
				return err
			}
			preview.Counts[word]++
			if room := previewErrors - len(preview.Errors); room > 0 {
				preview.Errors = append(preview.Errors, row.wrong[:min(room, len(row.wrong))]...)
			}
		}
		preview.Complete = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("preview import: %w", err)
	}
	return preview, nil
}

// foresee says what would become of a row; seen are the identifiers of the rows before it.
func (r *importRow) foresee(tx *store.Tx, seen map[string]bool) (word string, err error) {
	if len(r.wrong) > 0 {
		return CountFailed, nil
	}
	found, err := find(tx, r.in)
	if _, invalid := invalidFields(err); invalid {
		return CountFailed, r.failed(err)
	}
	if err != nil {
		return "", err
	}
	if seenBefore(r.identifiers(), seen) || found != nil {
		return countExisting, nil
	}
	return countCreated, nil
}
