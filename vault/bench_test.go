package vault_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"zhishu/vault"
)

func randomSubjects(n int) []vault.Subject {
	list := make([]vault.Subject, n)
	for i := range list {
		rand.Read(list[i][:])
	}
	return list
}

func create(tb testing.TB) *vault.Vault {
	tb.Helper()
	v, err := vault.Create(tb.Context(), vault.Config{Dir: tb.TempDir() + "/vault"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := v.Close(); err != nil {
			tb.Error(err)
		}
	})
	return v
}

func BenchmarkEnsureKeys(b *testing.B) {
	for _, n := range []int{1, 1000, 10_000} {
		b.Run(fmt.Sprintf("%d-a-call", n), func(b *testing.B) {
			v := create(b)
			made := 0
			for b.Loop() {
				b.StopTimer()
				subjects := randomSubjects(n)
				b.StartTimer()
				if err := v.EnsureKeys(b.Context(), subjects); err != nil {
					b.Fatal(err)
				}
				made += n
			}
			b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "keys/s")
		})
	}
}

func BenchmarkEnsureKeysParallel(b *testing.B) {
	v := create(b)
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := v.EnsureKeys(b.Context(), randomSubjects(1)); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "keys/s")
}

func BenchmarkEnsureKeysKnown(b *testing.B) {
	v := create(b)
	subjects := randomSubjects(1)
	for b.Loop() {
		if err := v.EnsureKeys(b.Context(), subjects); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReserveMany(b *testing.B) {
	v := create(b)
	claims := make([]vault.Claim, 10_000)
	made := 0
	for b.Loop() {
		b.StopTimer()
		for i := range claims {
			claims[i].Space = "id-number"
			rand.Read(claims[i].Hash[:])
			rand.Read(claims[i].Subject[:])
		}
		b.StartTimer()
		if _, err := v.ReserveMany(b.Context(), claims); err != nil {
			b.Fatal(err)
		}
		made += len(claims)
	}
	b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "claims/s")
}

func BenchmarkSeal(b *testing.B) {
	v := create(b)
	subjects := randomSubjects(1)
	if err := v.EnsureKeys(b.Context(), subjects); err != nil {
		b.Fatal(err)
	}
	plain := []byte("11010519491231002X")
	var id [16]byte
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			var err error
			if dst, err = v.AppendSealed(dst[:0], subjects[0], "person-0b51c2d9-1a4e-4d4e-b6d6-2ff7a6a3c001", id, "id-number", plain); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		sealed, err := v.Seal(subjects[0], "person-0b51c2d9-1a4e-4d4e-b6d6-2ff7a6a3c001", id, "id-number", plain)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			if dst, err = v.AppendOpened(dst[:0], subjects[0], "person-0b51c2d9-1a4e-4d4e-b6d6-2ff7a6a3c001", id, "id-number", sealed); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("seal-uncached", func(b *testing.B) {
		many := randomSubjects(200_000)
		if err := v.EnsureKeys(b.Context(), many); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		var dst []byte
		i := 0
		for b.Loop() {
			var err error
			if dst, err = v.AppendSealed(dst[:0], many[i%len(many)], "person-x", id, "name", plain); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
}

func BenchmarkMac(b *testing.B) {
	v := create(b)
	id := []byte("11010519491231002X")
	b.Run("ledger", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v.Mac("id-number", id)
		}
	})
	b.Run("ledger-parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				v.Mac("id-number", id)
			}
		})
	})
	b.Run("subject", func(b *testing.B) {
		subjects := randomSubjects(1)
		if err := v.EnsureKeys(b.Context(), subjects); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := v.SubjectMac(subjects[0], "request", id); err != nil {
				b.Fatal(err)
			}
		}
	})
}
