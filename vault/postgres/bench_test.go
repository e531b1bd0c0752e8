package postgres_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"zhishu/vault"
	"zhishu/vault/vaulttest"
)

// The figures depend on the server's disk: name one on a real disk in
// ZHISHU_TEST_POSTGRES.

func BenchmarkEnsureKeys(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("%d-a-call", n), func(b *testing.B) {
			v := create(b, config(b))
			made := 0
			for b.Loop() {
				check(b, v.EnsureKeys(b.Context(), vaulttest.Subjects(n)))
				made += n
			}
			b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "keys/s")
		})
	}
	b.Run("64-callers", func(b *testing.B) {
		v := create(b, config(b))
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := v.EnsureKeys(b.Context(), vaulttest.Subjects(1)); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "keys/s")
	})
}

func randomClaims(n int) []vault.Claim {
	claims := make([]vault.Claim, n)
	for i := range claims {
		claims[i].Space = "id-number"
		rand.Read(claims[i].Hash[:])
		rand.Read(claims[i].Subject[:])
	}
	return claims
}

func BenchmarkReserve(b *testing.B) {
	b.Run("1-a-call", func(b *testing.B) {
		v := create(b, config(b))
		for b.Loop() {
			c := randomClaims(1)[0]
			_, err := v.Reserve(b.Context(), c.Space, c.Hash, c.Subject)
			check(b, err)
		}
	})
	b.Run("10000-a-call", func(b *testing.B) {
		v := create(b, config(b))
		made := 0
		for b.Loop() {
			_, err := v.ReserveMany(b.Context(), randomClaims(10_000))
			check(b, err)
			made += 10_000
		}
		b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "claims/s")
	})
	b.Run("64-callers", func(b *testing.B) {
		v := create(b, config(b))
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				c := randomClaims(1)[0]
				if _, err := v.Reserve(b.Context(), c.Space, c.Hash, c.Subject); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
	})
}

// BenchmarkSeal: with the key ready, and with the key read from the database.
func BenchmarkSeal(b *testing.B) {
	v := create(b, config(b))
	many := vaulttest.Subjects(20_000)
	check(b, v.EnsureKeys(b.Context(), many))
	for name, subjects := range map[string][]vault.Subject{"ready": many[:1], "not-ready": many} {
		b.Run(name, func(b *testing.B) {
			i := 0
			for b.Loop() {
				_, err := v.Seal(subjects[i%len(subjects)], "person-x", [16]byte{}, "name", []byte("11010519491231002X"))
				check(b, err)
				i++
			}
		})
	}
}

func BenchmarkErase(b *testing.B) {
	v := create(b, config(b))
	many := vaulttest.Subjects(100_000)
	check(b, v.EnsureKeys(b.Context(), many))
	claims := randomClaims(len(many))
	for i := range claims {
		claims[i].Subject = many[i]
	}
	_, err := v.ReserveMany(b.Context(), claims)
	check(b, err)
	i := 0
	for b.Loop() {
		check(b, v.Erase(b.Context(), many[i%len(many)]))
		i++
	}
}
