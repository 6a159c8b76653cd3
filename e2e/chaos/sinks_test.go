package chaos_test

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"fermata/e2e/harness"
)

// refuseSome is a mail server and an HTTP server that think for up to a second,
// which is when a kill leaves the outcome open, and then refuse one in twenty for now.
func refuseSome(seed uint64) (func(harness.Mail) error, func(http.ResponseWriter, harness.Call)) {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 3))
	refuses := func() bool {
		mu.Lock()
		think, refuse := time.Duration(rng.IntN(900))*time.Millisecond, rng.IntN(20) == 0
		mu.Unlock()
		<-time.After(think)
		return refuse
	}
	accept := func(harness.Mail) error {
		if refuses() {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not now"}
		}
		return nil
	}
	answer := func(w http.ResponseWriter, _ harness.Call) {
		if refuses() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("{}"))
	}
	return accept, answer
}

// faultsLogged counts the faults in Temporal's own store that it has written about.
func (s *stage) faultsLogged() (n int) {
	logs, _ := filepath.Glob(filepath.Join(s.dir, "engine", "temporal", "temporal.log*"))
	for _, log := range logs {
		raw, _ := os.ReadFile(log)
		n += bytes.Count(raw, []byte("fault injection error"))
	}
	return n
}
