package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

func TestWhereAnEnrollmentStands(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		enroll := func(body object) string {
			done := f.must(200, "POST", "/v1/workflows/hello/enrollments", body)
			return path(t, done, "items", 0, "enrollment").(string)
		}
		f.must(201, "POST", "/v1/workflows", hello())
		ana := []object{{"email": "ana@example.com", "timezone": "Europe/Berlin"}}
		draft := enroll(object{"contacts": ana, "test": true})
		f.must(200, "PUT", "/v1/workflows/hello", hello(func(d object) { d["name"] = "Later" }))
		f.must(200, "POST", "/v1/workflows/hello/publish", nil)
		real := enroll(object{"contacts": ana})
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			e, err := tx.Enrollment(real)
			if err != nil {
				return err
			}
			e.Node = "pause"
			return tx.SaveEnrollment(e)
		}))

		one := f.must(200, "GET", "/v1/enrollments/"+real, nil)
		require.Equal(t, "Wait", one["title"])
		require.Equal(t, "Europe/Berlin", one["timezone"])
		require.Equal(t, one["timezone"], path(t, f.must(200, "GET", "/v1/enrollments?test=false", nil), "items", 0, "timezone"))

		ran := f.must(200, "GET", "/v1/enrollments/"+real+"/definition", nil)
		require.EqualValues(t, 1, ran["version"])
		require.Nil(t, ran["trigger"], "by hand")
		require.Equal(t, "Later", path(t, ran, "definition", "name"))
		require.NotNil(t, path(t, ran, "definition", "layout"), "as it was drawn")
		require.Equal(t, "Wait 3 days", path(t, ran, "summaries", "nodes", "pause"))
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			e, err := tx.Enrollment(real)
			if err != nil {
				return err
			}
			e.TriggerID = "start"
			return tx.SaveEnrollment(e)
		}))
		require.Equal(t, "start", f.must(200, "GET", "/v1/enrollments/"+real+"/definition", nil)["trigger"])
		tested := f.must(200, "GET", "/v1/enrollments/"+draft+"/definition", nil)
		require.Nil(t, tested["version"])
		require.Equal(t, "Hello", path(t, tested, "definition", "name"), "the draft as it was then")
		f.must(404, "GET", "/v1/enrollments/enr_nobody/definition", nil)
	})
}
