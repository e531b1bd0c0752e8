package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// TestRooms reads every Go file of the module.
func TestRooms(t *testing.T) {
	module := moduleName(t)
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != root && skipped(d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		seen[dir] = true
		faults, err := check(module, dir, path, nil)
		if err != nil {
			return err
		}
		for _, fault := range faults {
			t.Error(fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range rooms {
		if !strings.HasSuffix(dir, "/...") && !seen[dir] {
			t.Errorf("the table lists %s, which does not exist", dir)
		}
	}
}

// skipped are the folders the go command does not look into either.
func skipped(name string) bool {
	return name == "testdata" || name == "vendor" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

func moduleName(t *testing.T) string {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(mod), "\n")
	name, ok := strings.CutPrefix(strings.TrimSpace(line), "module ")
	if !ok {
		t.Fatalf("go.mod begins with %q", line)
	}
	return name
}

// TestModules: one web framework, and no module that was refused.
func TestModules(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, refused := range []string{"github.com/gofiber/fiber/v3", "huma/v2/adapters/humafiber"} {
		if strings.Contains(string(mod), refused) {
			t.Errorf("go.mod requires %s", refused)
		}
	}
}

// TestTableIsSound: the table names only rooms, no room depends on itself in a
// circle, and adapters of the port stay out of the rooms between.
func TestTableIsSound(t *testing.T) {
	for dir, r := range rooms {
		for _, imported := range append(append([]string{}, r.ours...), r.tests...) {
			if _, ok := roomOf(imported); !ok && imported != "*" {
				t.Errorf("%s may import %s, which is no room", dir, imported)
			}
		}
		if reaches(dir, dir, map[string]bool{}) {
			t.Errorf("%s reaches itself", dir)
		}
	}
	for _, apart := range [][2]string{
		{"commands", "projections"}, {"projections", "commands"}, {"projections", "vault"}, {"eventstore", "domain"},
		{"eventstore/embedded", "domain"}, {"commands", "eventstore/embedded"}, {"imports", "eventstore/embedded"},
		{"api", "eventstore/embedded"}, {"commands", "eventstore/esdb"}, {"api", "eventstore/esdb"}, {"eventstore/esdb", "domain"}, {"commands", "vault/postgres"}, {"api", "vault/postgres"}, {"api", "bench"}, {"imports", "bench"}, {"sheets", "domain"}, {"domain/wire", "eventstore"},
	} {
		if reaches(apart[0], apart[1], map[string]bool{}) {
			t.Errorf("%s reaches %s", apart[0], apart[1])
		}
	}
}

func reaches(from, to string, seen map[string]bool) bool {
	r, _ := roomOf(from)
	for _, next := range r.ours {
		if next == to {
			return true
		}
		if !seen[next] {
			seen[next] = true
			if reaches(next, to, seen) {
				return true
			}
		}
	}
	return false
}

// TestCheckFinds shows the check a fault of every kind, and code without one.
func TestCheckFinds(t *testing.T) {
	for _, c := range []struct{ dir, file, source, want string }{
		{"domain", "a.go", `import "os"`, "domain must not touch it"},
		{"domain", "a.go", `import "context"`, "domain must not touch it"},
		{"domain", "a.go", `import "io"`, "domain must not touch it"},
		{"domain", "a.go", `import "encoding/json"`, "domain must not touch it"},
		{"domain", "a.go", `import "math/rand/v2"`, "domain must not touch it"},
		{"domain", "a.go", `import "zhishu/eventstore"`, "does not let domain import it"},
		{"domain", "a.go", `import "github.com/google/uuid"`, "not in the table for domain"},
		{"domain", "a.go", `import "time"; var t = time.Now()`, "uses time.Now"},
		{"domain", "a.go", `import "time"; var t = time.LoadLocation`, "uses time.LoadLocation"},
		{"domain", "a.go", `import "fmt"; func f() { fmt.Println() }`, "uses fmt.Println"},
		{"domain", "a.go", `func f() { go f() }`, "starts a goroutine"},
		{"domain", "a.go", `var c chan int`, "uses channels"},
		{"domain", "a.go", `var x float64`, "uses float64"},
		{"domain", "a.go", `type x struct { y []float32 }`, "uses float32"},
		{"domain", "a.go", `var x = 0.5`, "writes the number 0.5"},
		{"domain", "a.go", `var x uint64 = 1e6`, ""},
		{"domain", "a.go", `import "time"; var d = time.UnixMilli(0)`, ""},
		{"domain", "a_test.go", `import ("os"; "time"; "pgregory.net/rapid"; "zhishu/domain"); var t = time.Now()`, ""},
		{"domain", "a_test.go", `import "zhishu/projections"`, "does not let domain import it"},
		{"domain/wire", "a.go", `import "zhishu/domain"`, ""},
		{"domain/wire", "a.go", `import "encoding/json"`, "domain/wire must not touch it"},
		{"eventstore", "a.go", `import "zhishu/domain"`, "does not let eventstore import it"},
		{"eventstore/embedded", "a.go", `import "zhishu/domain/wire"`, "does not let eventstore/embedded import it"},
		{"commands", "a.go", `import "net/http"`, "commands must not touch it"},
		{"commands", "a.go", `import "zhishu/projections"`, "does not let commands import it"},
		{"commands", "a.go", `import "zhishu/eventstore/embedded"`, "does not let commands import it"},
		{"commands", "a.go", `import "zhishu/eventstore/storetest"`, "it is made for tests"},
		{"commands", "a_test.go", `import ("zhishu/eventstore/embedded"; "zhishu/eventstore/storetest")`, ""},
		{"projections", "a.go", `import "zhishu/vault"`, "does not let projections import it"},
		{"projections", "a.go", `import "testing"`, "testing packages"},
		{"sheets", "a.go", `import "zhishu/domain"`, "does not let sheets import it"},
		{"api", "a.go", `import "zhishu/eventstore"`, "does not let api import it"},
		{"api", "a.go", `import "github.com/gofiber/fiber/v3"`, "not in the table for api"},
		{"api", "a.go", `import "github.com/gofiber/fiber/v2/middleware/recover"`, ""},
		{"cmd/zhishu", "a.go", `import "zhishu/eventstore/embedded"`, ""},
		{"projections", "a.go", `import "github.com/EventStore/EventStore-Client-Go/v4/esdb"`, "not in the table for projections"},
		{"cmd/zhishu", "a.go", `import "zhishu/vault/vaulttest"`, "it is made for tests"},
		{"eventstore/storetest", "a.go", `import "testing"`, ""},
		{"eventstore/storetest/oracle", "a.go", `import "modernc.org/sqlite"`, ""},
		{"eventstore/storetest", "a.go", `import "zhishu/eventstore/embedded"`, "does not let"},
		{"new", "a.go", ``, "not in the table of rooms"},
		{"domain", "a.go", `import "zhishu/new"`, "not in the table of rooms"},
		{"domain", "a.go", `import "C"`, "without cgo"},
	} {
		faults, err := check("zhishu", c.dir, c.file, "package x\n"+c.source)
		if err != nil {
			t.Fatalf("%s: %v", c.source, err)
		}
		got := strings.Join(faults, "; ")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s in %s: got %q, want %q", c.source, c.dir, got, c.want)
		}
	}
	if faults, _ := check("zhishu", "domain", "a.go", "package util"); len(faults) != 1 {
		t.Errorf("a package named util: %q", faults)
	}
	if _, err := check("zhishu", "domain", "a.go", "package"); err == nil {
		t.Error("a file that does not parse passed")
	}
}
