package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// Of several who come with one key at the same instant, each in a spelling of its own, one makes it.
func TestOneSpellingOfAKeyWins(t *testing.T) {
	t.Parallel()
	spellings := []string{"sales", "Sales", "SALES", "sAles", "saLes", "salEs", "saleS", "SaleS"}
	for name, create := range map[string]func(tx *store.Tx, key string) error{
		"pipeline": func(tx *store.Tx, key string) error { return tx.CreatePipeline(&store.Pipeline{Key: key, Name: key}) },
		"course":   func(tx *store.Tx, key string) error { return tx.CreateCourse(&store.Course{Key: key, Name: key}) },
		"segment": func(tx *store.Tx, key string) error {
			return tx.CreateSegment(&store.Segment{Key: key, Name: key, Filter: store.JSON("{}")})
		},
		"template": func(tx *store.Tx, key string) error {
			return tx.CreateEmailTemplate(&store.EmailTemplate{Key: key, Subject: key})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				var made atomic.Int32
				var together sync.WaitGroup
				ready := make(chan struct{})
				for _, key := range spellings {
					together.Go(func() {
						<-ready
						err := s.Write(t.Context(), func(tx *store.Tx) error { return create(tx, key) })
						if err == nil {
							made.Add(1)
						} else if !errors.Is(err, store.ErrConflict) {
							t.Errorf("create %s: %v", key, err)
						}
					})
				}
				close(ready)
				together.Wait()
				require.EqualValues(t, 1, made.Load())
			})
		})
	}
}
