package domain

import (
	"strings"
	"testing"
)

// TestRecipient: every single letter that is another one is found, as are two
// that changed places.
func TestRecipient(t *testing.T) {
	const good = "age1h3e5h4kvn62v0g3gtpmtxsy2d2mcyww245karlwkf6ghrh0pd96qvqkf52"
	if !validRecipient(good) {
		t.Fatal("a key of age-keygen is refused")
	}
	for i := len(recipientPrefix); i < len(good); i++ {
		for _, c := range bech32Letters {
			bad := good[:i] + string(c) + good[i+1:]
			if bad != good && validRecipient(bad) {
				t.Errorf("%s passes", bad)
			}
		}
		if i+1 < len(good) && good[i] != good[i+1] && validRecipient(good[:i]+good[i+1:i+2]+good[i:i+1]+good[i+2:]) {
			t.Errorf("letters exchanged at %d pass", i)
		}
	}
	for _, bad := range []string{
		"", "age1", good[:61], good + "q", strings.ToUpper(good), "age1" + strings.Repeat("q", 58),
		"age2" + good[4:], "age1" + strings.Repeat("b", 58),
	} {
		if validRecipient(bad) {
			t.Errorf("%q passes", bad)
		}
	}
}
