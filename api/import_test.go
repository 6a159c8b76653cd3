package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/events"
	"fermata/store"
	"fermata/store/storetest"
)

const importURL = "/v1/contacts/import"

func csvType() option { return withType("text/csv; charset=utf-8") }

// errorsOf lists the errors of a job, each as "row field message".
func (f *fixture) errorsOf(job string) []string {
	f.t.Helper()
	var said []string
	for _, item := range f.must(200, "GET", "/v1/jobs/"+job+"/errors?limit=500", nil)["items"].([]any) {
		e := item.(object)
		said = append(said, fmt.Sprintf("%v %v %v", e["row"], e["field"], e["message"]))
	}
	return said
}

func TestImportContacts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.must(201, "POST", "/v1/contacts", object{"email": "ana@example.com", "external_id": "A", "first_name": "Anna", "fields": object{"n": 5, "plan": "free"}})
		f.must(201, "POST", "/v1/contacts", object{"email": "bob@example.com", "first_name": "Bob"})
		f.must(201, "POST", "/v1/fields", object{"key": "active", "type": "boolean"})
		file := strings.Join([]string{
			"\ufeffEmail,external_id,first_name,phone,tags,fields.plan,fields.n,fields.active,fields.note",
			`ANA@example.com ,A,Ana,+49 30 1234,"vip; New York",pro,6,yes,"two` + "\n" + `lines, ""quoted"""`, // 2: changes
			`bob@example.com,,Bob,,,,,,`,                      // 3: the same
			`zoe@example.com,Z,Zoë,,vip,=1+1,1.5,no,@SUM(A1)`, // 4: new
			`not an address,,X,,,,,,`,                         // 5
			`dan@example.com,,Dan`,                            // 6: ragged
			`eve@example.com,,Eve,,,,six,maybe,`,              // 7: two bad cells
			`5" pipe,,x,,,,,,`,                                // 8: stray quote
			"",                                                // blank
			`fay@example.com,,` + "\xff\xfe" + `,,,,,,`,       // 9: not UTF-8
			`,,Nobody,,,,,,`,                                  // 10: nobody
			`zoe@example.com,,Zoe,,,,,,`,                      // 11: the one of row 4 again
			`gus@example.com,A,Gus,,,,,,`,                     // 12: finds Ana, whose address stays
			`hal@example.com,,` + strings.Repeat("h", 201) + `,,,,,,`,    // 13: too long
			`ida@example.com,,Ida,,` + strings.Repeat("t", 101) + `,,,,`, // 14: bad tag, no contact
			`jon@example.com,,Jon,,,,,,` + strings.Repeat("n", 65537),    // 15: cell too big
		}, "\r\n") + "\r\n"

		preview := f.must(200, "POST", importURL+"?dry_run=true", file, csvType())
		require.EqualValues(t, 14, preview["total"])
		require.Equal(t, true, preview["complete"])
		require.Equal(t, object{"created": 2.0, "existing": 4.0, "failed": 8.0}, preview["counts"])
		require.Len(t, f.must(200, "GET", "/v1/contacts", nil)["items"], 2, "a dry run changes nothing")

		a := f.call("POST", importURL, file, csvType(), withHeader("Idempotency-Key", "file"))
		require.Equal(t, 202, a.status, a.body)
		id := a.json["id"].(string)
		require.Equal(t, id, f.must(202, "POST", importURL, file, csvType(), withHeader("Idempotency-Key", "file"))["id"])
		require.Equal(t, "import", a.json["kind"])
		done := f.finish(id)
		require.Equal(t, "done", done["status"], done["error"])
		require.EqualValues(t, 14, done["total"])
		require.EqualValues(t, 14, done["done"])
		require.Equal(t, object{"created": 1.0, "updated": 3.0, "unchanged": 1.0, "failed": 9.0}, done["counts"])
		require.Equal(t, []string{
			"5 email is not a mail address (name@example.com)",
			"6 <nil> has 3 cells, and the header 9",
			"7 fields.n is not a number",
			"7 fields.active is neither true nor false",
			`8 <nil> a quote is not closed (one within a cell is doubled: "5"" wide"), or the row has more than 1 MiB`,
			"9 first_name is not UTF-8 (save the file as CSV UTF-8)",
			"10 <nil> a contact needs an id, an external_id or an email",
			"12 email identifier_kept: the contact keeps its email; PATCH /v1/contacts/" + f.contactID("ana@example.com") + " changes it",
			"13 first_name must have at most 200 characters",
			"14 tags a tag has 1 to 100 printable characters",
			"15 fields.note has more than 65536 bytes",
		}, f.errorsOf(id))

		ana := f.must(200, "GET", "/v1/contacts?email=ana@example.com", nil)["items"].([]any)[0].(object)
		require.Equal(t, "Gus", ana["first_name"])
		require.Equal(t, "+49 30 1234", ana["phone"])
		require.Equal(t, []any{"New York", "vip"}, ana["tags"])
		require.Equal(t, object{"plan": "pro", "n": 6.0, "active": true, "note": "two\nlines, \"quoted\""}, ana["fields"])
		require.Equal(t, []string{"contact.created", "contact.updated", "tag.added", "tag.added", "contact.updated"}, f.emitted(ana["id"].(string)))
		zoe := f.must(200, "GET", "/v1/contacts?email=zoe@example.com", nil)["items"].([]any)[0].(object)
		require.Equal(t, "Zoe", zoe["first_name"])
		require.Equal(t, object{"plan": "=1+1", "n": 1.5, "active": false, "note": "@SUM(A1)"}, zoe["fields"])
		require.Len(t, f.must(200, "GET", "/v1/contacts", nil)["items"], 3)
		require.NoError(t, s.Read(t.Context(), func(tx *store.Tx) error {
			events, err := tx.EventsAfter(zoe["id"].(string), 0, nil, 10)
			require.NoError(t, err)
			require.JSONEq(t, `{"source": "import"}`, string(events[0].Data))
			_, err = tx.JobPayload(id, 0, 10)
			require.ErrorIs(t, err, store.ErrNotFound, "the file goes with the end of the job")
			return nil
		}))
		again := f.finish(f.must(202, "POST", importURL, "email,first_name\nbob@example.com,Bob\n", csvType())["id"].(string))
		require.Equal(t, object{"unchanged": 1.0}, again["counts"])
	})
}

func (f *fixture) contactID(email string) string {
	f.t.Helper()
	return path(f.t, f.must(200, "GET", "/v1/contacts?email="+email, nil), "items", 0, "id").(string)
}

func TestImportGoesOnInBatchesAndCanBeCanceled(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		var file strings.Builder
		file.WriteString("email,fields.note\n")
		for i := range 120 { // more than one window of the file
			fmt.Fprintf(&file, "p%03d@example.com,%s\n", i, strings.Repeat("x", 6000))
		}
		first := f.must(202, "POST", importURL, file.String(), csvType())["id"].(string)
		f.oneBatch()
		running := f.must(200, "GET", "/v1/jobs/"+first, nil)
		require.EqualValues(t, 25, running["done"])
		f.must(200, "POST", "/v1/jobs/"+first+"/cancel", nil)
		f.work()
		require.Len(t, f.must(200, "GET", "/v1/contacts?limit=500", nil)["items"], 25)

		second := f.finish(f.must(202, "POST", importURL, file.String(), csvType())["id"].(string))
		require.Equal(t, object{"created": 95.0, "unchanged": 25.0}, second["counts"])
		require.Len(t, f.must(200, "GET", "/v1/contacts?limit=500", nil)["items"], 120)
	})
}

func TestImportRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	f := setup(t, storetest.Open(t))
	key, _ := f.issue([]string{"viewer"}, nil)
	row := "\na@example.com,x\n"
	f.run(t, []scenario{
		{name: "JSON", method: "POST", url: importURL, body: object{"contacts": []object{}}, status: 415, expected: []string{"text/csv"}},
		{name: "a form", method: "POST", url: importURL, body: "x", opts: []option{withType("multipart/form-data; boundary=x")}, status: 415},
		{name: "another charset", method: "POST", url: importURL, body: "email" + row, opts: []option{withType("text/csv; charset=iso-8859-1")}, status: 415},
		{name: "a viewer", method: "POST", url: importURL, body: "email" + row, opts: []option{csvType(), withKey(key)}, status: 403},
		{name: "nothing", method: "POST", url: importURL, body: "", opts: []option{csvType()}, status: 422, expected: []string{"no header"}},
		{name: "blank", method: "POST", url: importURL, body: "\n\r\n", opts: []option{csvType()}, status: 422, expected: []string{"no header"}},
		{name: "UTF-16", method: "POST", url: importURL, body: "\xff\xfee\x00", opts: []option{csvType()}, status: 422, expected: []string{"UTF-16", "CSV UTF-8"}},
		{name: "header alone", method: "POST", url: importURL, body: "email,first_name\n", opts: []option{csvType()}, status: 422, expected: []string{"no row"}},
		{name: "unknown column", method: "POST", url: importURL, body: "email,plan" + row, opts: []option{csvType()}, status: 422, expected: []string{`"/plan"`, "fields.plan"}},
		{name: "misspelled column", method: "POST", url: importURL, body: "email,firstname" + row, opts: []option{csvType()}, status: 422, expected: []string{`"/firstname"`, "did you mean first_name?"}},
		{name: "consent", method: "POST", url: importURL, body: "email,consent" + row, opts: []option{csvType()}, status: 422, expected: []string{"/v1/contacts/{id}/consent"}},
		{name: "column twice", method: "POST", url: importURL, body: "email,Email" + row, opts: []option{csvType()}, status: 422, expected: []string{"twice"}},
		{name: "column without a name", method: "POST", url: importURL, body: "email," + row, opts: []option{csvType()}, status: 422, expected: []string{"column 2 has no name"}},
		{name: "bad field", method: "POST", url: importURL, body: "email,fields.my plan" + row, opts: []option{csvType()}, status: 422, expected: []string{`"/fields.my plan"`}},
		{name: "nobody is named", method: "POST", url: importURL, body: "first_name,phone\nAna,1\n", opts: []option{csvType()}, status: 422, expected: []string{"external_id"}},
		{name: "semicolons", method: "POST", url: importURL, body: "email;first_name\na@example.com;A\n", opts: []option{csvType()}, status: 422, expected: []string{"commas"}},
		{name: "too many rows", method: "POST", url: importURL, body: "email\n" + strings.Repeat("x\n", events.MaxImportRows+1), opts: []option{csvType()}, status: 422, expected: []string{"in parts"}},
		{name: "too large", method: "POST", url: importURL, body: "email\n" + strings.Repeat("x", maxImport), opts: []option{csvType()}, status: 413},
		{name: "lines of an old mac", method: "POST", url: importURL + "?dry_run=true", body: "email\ra@example.com\rb@example.com\r", opts: []option{csvType()}, status: 200, expected: []string{`"created":2`}},
	})
	require.Empty(t, f.must(200, "GET", "/v1/jobs", nil)["items"])
}
