package events

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// readAllRecords reads a file in windows, as an import does.
func readAllRecords(t require.TestingT, data string, window int) (records [][]string, wrong int) {
	for at := 0; at < len(data); {
		size := window
		record, whole := readRecord([]byte(data[at:min(len(data), at+size)]), at+size > len(data))
		for !whole {
			size += window
			record, whole = readRecord([]byte(data[at:min(len(data), at+size)]), at+size > len(data))
		}
		require.Positive(t, record.Size)
		if record.Err != "" {
			wrong++
		} else if record.Cells != nil {
			records = append(records, record.Cells)
		}
		at += record.Size
	}
	return records, wrong
}

func TestRecordsOfAFile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, data string
		want       [][]string
		wrong      int
	}{
		{"plain", "a,b\nc,d", [][]string{{"a", "b"}, {"c", "d"}}, 0},
		{"windows lines", "a,b\r\nc,d\r\n", [][]string{{"a", "b"}, {"c", "d"}}, 0},
		{"blank lines", "\n\na\n\r\n\nb\n", [][]string{{"a"}, {"b"}}, 0},
		{"quotes", "\"a,\"\"1\"\"\",\"two\nlines\"\nc,d\n", [][]string{{`a,"1"`, "two\nlines"}, {"c", "d"}}, 0},
		{"empty cells", "a,,\n,\n\"\",\"\"\n", [][]string{{"a", "", ""}, {"", ""}, {"", ""}}, 0},
		{"a stray quote costs one line", "a\n5\" pipe,x\nb\nc\n", [][]string{{"a"}, {"b"}, {"c"}}, 1},
		{"two stray quotes cost two lines", "5\" pipe\nb\n6\" pipe\nc\n", [][]string{{"b"}, {"c"}}, 2},
		{"a quote that is never closed costs one line", "a\n\"b\nc\nd\n", [][]string{{"a"}, {"c"}, {"d"}}, 1},
		{"text behind a quoted cell", "\"a\"b,c\nd\n", [][]string{{"d"}}, 1},
		{"nothing", "", nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, window := range []int{3, 1 << 20} {
				got, wrong := readAllRecords(t, test.data, window)
				require.Equal(t, test.want, got)
				require.Equal(t, test.wrong, wrong)
			}
		})
	}
}

func TestARowThatIsTooLongCostsItsLine(t *testing.T) {
	t.Parallel()
	data := "a\n\"" + strings.Repeat("x\n", maxRecord) + "\n"
	record, whole := readRecord([]byte(data[2:2+maxRecord]), false)
	require.True(t, whole)
	require.NotEmpty(t, record.Err)
	require.Equal(t, 3, record.Size)
	_, whole = readRecord([]byte(data[2:1000]), false)
	require.False(t, whole)
}

func TestWhatACSVWriterWritesIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOf(rapid.SampledFrom([]rune("ab ,;\"\n=ü"))).Filter(func(s string) bool { return s != "" })
		records := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 2), 1, 6).Draw(t, "records")
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		require.NoError(t, w.WriteAll(records))
		got, wrong := readAllRecords(t, b.String(), rapid.IntRange(1, 40).Draw(t, "window"))
		require.Zero(t, wrong)
		require.Equal(t, records, got)
	})
}

func FuzzReadImport(f *testing.F) {
	for _, seed := range []string{"email\na@example.com\n", "\ufeffemail,tags\r\n\"a@example.com\",\"x;y\"\r\n", "email\n\"", "\"", "email,fields.n\n=1+1,2\n", "\xff\xfee"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, wrong := ReadImport(data)
		if len(wrong) > 0 {
			return
		}
		rows := 0
		for at := file.Start; at < len(file.Data); {
			record, whole := readRecord(file.Data[at:], true)
			if !whole || record.Size <= 0 {
				t.Fatalf("no progress at %d", at)
			}
			if at += record.Size; record.Cells != nil || record.Err != "" {
				rows++
				readRow(file.Columns, record, rows+1, map[string]string{"n": "number", "b": "boolean"})
			}
		}
		if rows != file.Rows {
			t.Fatalf("%d rows, counted %d", rows, file.Rows)
		}
	})
}
