package projections

import (
	"flag"
	"os"
	"testing"
)

// TestMain keeps the random histories few enough for every day, and the same every
// day: whether a commit passes is a fact about the commit. -rapid.checks asks for
// more of them, and for new ones, as the long campaign does.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" || f.Name == "rapid.seed" })
	if !asked {
		for name, value := range map[string]string{"rapid.checks": "30", "rapid.seed": "20250101"} {
			if err := flag.Set(name, value); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(m.Run())
}
