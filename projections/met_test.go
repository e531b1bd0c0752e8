package projections

import "testing"

// A number that was added is met again, whatever came between; few others are.
func TestMet(t *testing.T) {
	const n = 50_000
	m := newMet(n)
	wrong := 0
	for x := range uint64(n) {
		if m.again(x << 20) {
			wrong++
		}
	}
	if wrong > n/1000 {
		t.Fatalf("%d of %d seem met", wrong, n)
	}
	for x := range uint64(n) {
		if !m.again(x << 20) {
			t.Fatalf("%d is forgotten", x)
		}
	}
	for x := range uint64(10 * n) {
		m.again(x<<20 | 1) // more than it has room for
	}
	if !m.again(7) {
		t.Fatal("a full set knows everything")
	}
}
