package api

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// Who took part and has ended is counted for ever: no figure changes when the contact is erased, but
// for the impact of goals, which measures nobody who is not there.
func TestFiguresSurviveErasure(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := setup(t, s)
		data := loadFigures(t)
		data.fill(f)
		urls := []string{"/v1/overview", "/v1/overview?from=2026-03-01&to=2026-11-20"}
		for _, q := range data.Queries {
			urls = append(urls, q.url())
		}
		before := map[string]answer{}
		for _, url := range urls {
			before[url] = f.call("GET", url, nil)
			require.Equal(t, 200, before[url].status, url)
		}
		for _, id := range data.ended() {
			f.must(204, "DELETE", "/v1/contacts/"+id, nil)
			f.must(404, "GET", "/v1/contacts/"+id, nil)
		}
		for _, url := range urls {
			require.Equal(t, unmeasured(t, before[url]), unmeasured(t, f.call("GET", url, nil)), url)
		}
	})
}

// unmeasured is an answer without the impact of goals.
func unmeasured(t *testing.T, a answer) string {
	t.Helper()
	var drop func(value any)
	drop = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			delete(v, "impact")
			for _, each := range v {
				drop(each)
			}
		case []any:
			for _, each := range v {
				drop(each)
			}
		}
	}
	drop(a.json)
	raw, err := json.Marshal(a.json)
	require.NoError(t, err)
	return plainJSON(t, raw)
}

// ended are some contacts who took part, also as others that were merged into them, and are inside no
// more. Who reached a goal and who bounced is among them.
func (data *figuresFixture) ended() (list []string) {
	into, inside := map[string]string{}, map[string]bool{}
	for _, m := range data.Merged {
		into[m.Contact] = m.Into
	}
	of := func(contact string) string {
		if other, merged := into[contact]; merged {
			return other
		}
		return contact
	}
	part := map[string]bool{}
	for _, e := range data.Enrollments {
		who := of(e.Contact)
		part[who] = true
		inside[who] = inside[who] || e.EndedAt == nil
	}
	for _, c := range data.Contacts {
		if part[c.ID] && !inside[c.ID] {
			list = append(list, c.ID)
		}
	}
	slices.Sort(list)
	return list[:len(list)/4]
}
