package alarms

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fermata/store"
	"fermata/store/storetest"
)

// TestErrorsNameTheSecretAndTheRollback: of what was changed before, the secret that the workflow uses and
// the rollback are named; another secret, the rollback of another workflow and a key are not.
func TestErrorsNameTheSecretAndTheRollback(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publishStep("shop", object{"type": "slack", "with": object{"webhook": "secret:team", "text": "Sold"}})
		b.publish("other")
		b.audit("secret.put", "elsewhere", "Ben", start, nil)
		b.audit("workflow.rollback", "other", "Ben", start, object{"version": 9, "to": 7})
		b.audit("api_key.revoke", "key_1", "Ben", start, object{"name": "CI"})
		b.audit("secret.put", "TEAM", "Ana", start.Add(time.Minute), nil)
		b.audit("workflow.rollback", "shop", "Cem", start.Add(2*time.Minute), object{"version": 4, "to": 2})
		b.pass(12 * time.Minute)
		b.steps("shop", "failed", 5, b.now())
		b.round()
		require.Equal(t, []string{"error_rate shop open"}, b.alarms())
		require.ElementsMatch(t, []string{
			"the change of the secret TEAM by Ana, 11 minutes before",
			"the publish of version 4 (a rollback to 2) by Cem, 10 minutes before",
		}, changesOf(t, b.only()))
	})
}

// TestSilenceNamesTheKeyThatWasRevoked: whose key is gone brings no events any more.
func TestSilenceNamesTheKeyThatWasRevoked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.publish("shop")
		b.daily("shop", 14)
		b.enter("shop", start, nil)
		b.audit("api_key.revoke", "key_1", "Ana", start.Add(5*time.Minute), nil)
		b.pass(30 * time.Hour)
		b.round()
		require.Equal(t, []string{"silence shop open"}, b.alarms())
		require.Equal(t, []string{"the revocation of the API key key_1 by Ana, 5 minutes after the last entry"}, changesOf(t, b.only()))
	})
}
