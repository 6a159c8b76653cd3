package harness

import (
	"flag"
	"os"
	"strconv"
	"testing"

	"fermata/store/storetest"
)

// Main runs a package's tests as TestMain and stops the shared servers. Most of the
// time the tests wait for timers, so that more of them run at a time than there are
// processors.
var atOnce = 16

func Main(m *testing.M) {
	flag.Parse()
	if given, err := strconv.Atoi(os.Getenv("FERMATA_TEST_PARALLEL")); err == nil {
		atOnce = given
	}
	if err := flag.Set("test.parallel", strconv.Itoa(atOnce)); err != nil {
		panic(err)
	}
	code := m.Run()
	StopShared()
	storetest.StopServer()
	os.Exit(code)
}
