package api

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestAnalyticsOfAWorkflowThatNobodyEntered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		f.publishText(`{"schema": 1, "key": "welcome", "name": "Welcome", "triggers": [{"id": "by_hand", "manual": true}],
			"start": "hello", "nodes": {"hello": {"type": "end"}}}`)
		a := f.must(http.StatusOK, "GET", "/v1/workflows/welcome/analytics", nil)
		require.EqualValues(t, 0, a["enrolled"])
		require.Nil(t, a["completion_rate"])
		require.Len(t, a["series"], 30, "thirty days, today included")
		require.Len(t, a["nodes"], 1, "every node of the version")
		o := f.must(http.StatusOK, "GET", "/v1/overview", nil)
		require.Len(t, o["workflows"], 1)
		require.Equal(t, http.StatusNotFound, f.call("GET", "/v1/workflows/nobody/analytics", nil).status)
	})
}

func TestFiguresAsCSV(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	f := setup(t, s)
	data := loadFigures(t)
	data.fill(f)
	q := data.Queries[0]
	as := f.must(200, "GET", q.url(), nil)
	for name, a := range map[string]answer{
		"format": f.call("GET", q.url()+"&format=csv", nil),
		"accept": f.call("GET", q.url(), nil, withHeader("Accept", "text/csv")),
	} {
		require.Equal(t, 200, a.status, name)
		require.Contains(t, a.header.Get("Content-Type"), "text/csv")
		lines, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
		require.NoError(t, err)
		require.Len(t, lines, 1+len(as["series"].([]any))+len(as["nodes"].([]any)))
		column := map[string]int{}
		for i, name := range lines[0] {
			column[name] = i
		}
		days, enrolled, entries := 0, 0, 0
		for _, line := range lines[1:] {
			n, _ := strconv.Atoi(line[column["enrolled"]])
			enrolled += n
			n, _ = strconv.Atoi(line[column["entries"]])
			entries += n
			if line[0] == "day" {
				days++
			}
		}
		require.Equal(t, 6, days)
		require.EqualValues(t, as["enrolled"], enrolled)
		all := 0
		for _, n := range as["nodes"].([]any) {
			all += int(n.(map[string]any)["entries"].(float64))
		}
		require.Equal(t, all, entries)
	}
}
