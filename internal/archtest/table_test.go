package archtest

import "strings"

// room is a package directory and what its files may import. Paths of ours are
// written without the module's name; outside names modules or path prefixes.
type room struct {
	ours    []string // may import, of ours
	outside []string // may import, of others
	std     []string // when set, the only standard packages allowed
	never   []string // standard packages it must not touch, with all below them
	tests   []string // further packages of ours for _test.go files
	pure    bool     // no goroutine, no float, no clock, no printing
	helper  bool     // made for tests: may import testing and what tests may
}

const (
	huma       = "github.com/danielgtaylor/huma/v2"
	fiber      = "github.com/gofiber/fiber/v2"
	uuid       = "github.com/google/uuid"
	prometheus = "github.com/prometheus"

	eventStoreDB = "github.com/EventStore/EventStore-Client-Go/v4"
)

// store is what a test of a room above the port may stand on.
var store = []string{"domain/wire", "eventstore", "eventstore/embedded", "eventstore/storetest", "vault", "vault/vaulttest", "internal/durable"}

// rooms is the import table of docs/ARCHITECTURE.md. Change both together, with
// a decision record.
var rooms = map[string]room{
	"domain": {
		pure: true,
		std: []string{"cmp", "crypto/sha256", "encoding/hex", "errors", "fmt", "iter", "maps", "math/bits", "slices", "sort", "strconv",
			"strings", "time", "unicode", "unicode/utf8"},
	},
	"domain/wire": {
		ours: []string{"domain"}, outside: []string{"github.com/mailru/easyjson"},
		never: []string{"context", "os", "net", "encoding/json", "sync"},
	},
	"eventstore":          {never: []string{"os", "net", "encoding/json"}},
	"eventstore/embedded": {ours: []string{"eventstore", "internal/durable"}, outside: []string{"golang.org/x/sys"}, never: []string{"net"}},
	"eventstore/embedded/logbench": {
		ours: []string{"eventstore", "eventstore/embedded", "internal/durable"}, never: []string{"net"},
	},
	"eventstore/esdb": { // the only room that knows its client
		ours: []string{"eventstore"}, outside: []string{eventStoreDB, uuid, "google.golang.org/grpc"},
	},
	"eventstore/esdb/esdbtest": {
		ours: []string{"eventstore"}, outside: []string{eventStoreDB, uuid, "google.golang.org/grpc", "google.golang.org/protobuf"}, helper: true,
	},
	"eventstore/esdb/esdbbench": { // measures the adapter beside the bare client
		ours: []string{"eventstore", "eventstore/esdb"}, outside: []string{eventStoreDB, uuid}, tests: []string{"eventstore/esdb/esdbtest"},
	},
	"eventstore/transfer":      {ours: []string{"eventstore"}, never: []string{"net", "os"}, tests: []string{"eventstore/storetest"}},
	"eventstore/storetest":     {ours: []string{"eventstore"}, helper: true},
	"eventstore/storetest/...": {ours: []string{"eventstore", "eventstore/storetest"}, outside: []string{"modernc.org/sqlite"}, helper: true},
	"internal/archtest":        {},
	"internal/officetest":      {helper: true},
	"internal/served":          {helper: true}, // the program from outside: it imports none of it
	"internal/durable":         {outside: []string{"golang.org/x/sys"}, never: []string{"net"}},
	"vault": {
		ours: []string{"internal/durable"}, outside: []string{"go.etcd.io/bbolt"},
		never: []string{"net"},
	},
	"vault/vaulttest":       {ours: []string{"vault"}, helper: true},
	"vault/vaulttest/pages": {outside: []string{"go.etcd.io/bbolt"}, helper: true},
	"vault/postgres":        {ours: []string{"vault"}, outside: []string{"github.com/jackc/pgx/v5"}}, // the only room that knows its driver
	"vault/postgres/pgtest": {outside: []string{"github.com/jackc/pgx/v5"}, helper: true},
	"commands": {
		ours: []string{"domain", "domain/wire", "eventstore", "vault"}, outside: []string{uuid},
		never: []string{"net", "os"}, tests: store,
	},
	"projections": {
		ours:  []string{"domain", "domain/wire", "eventstore", "internal/durable"},
		never: []string{"net"}, tests: []string{"eventstore/embedded", "eventstore/storetest"},
	},
	"audit": {
		ours:    []string{"audit/proof", "eventstore", "internal/durable"},
		outside: []string{"golang.org/x/mod/sumdb", "github.com/transparency-dev"},
		tests:   []string{"eventstore/embedded", "eventstore/esdb", "eventstore/transfer"},
	},
	"audit/proof": { // what somebody needs who trusts nothing of ours
		std: []string{"bytes", "crypto/ed25519", "crypto/hmac", "crypto/sha256", "encoding/base64", "encoding/binary", "encoding/hex",
			"encoding/json", "errors", "fmt", "math/bits", "strconv", "strings", "unicode", "unicode/utf8"},
		pure: true,
	},
	"inspect": { // reads as the ledger reads, and shares nothing with what writes it
		ours:    []string{"api/figures", "audit/proof", "domain", "domain/wire", "eventstore", "projections"},
		outside: []string{"filippo.io/age", "github.com/emmansun/gmsm/sm3", "github.com/klauspost/compress/zstd", "github.com/transparency-dev/merkle"},
		never:   []string{"net", "os"},
		tests:   []string{"audit", "commands", "demo", "vault", "eventstore/storetest", "internal/durable"},
	},
	"sheets": {outside: []string{"github.com/xuri/excelize/v2", "golang.org/x/text"}, never: []string{"net", "os"}},
	"registers": { // the port for its StreamReader
		ours: []string{"domain", "eventstore", "projections", "sheets"}, never: []string{"net", "os"},
		tests: append([]string{"imports", "commands", "internal/officetest"}, store...),
	},
	"imports": {
		ours:  []string{"sheets", "commands", "projections", "domain", "eventstore", "vault"}, // the port for its Position and Head
		never: []string{"net", "os"}, tests: store,
	},
	"demo": {ours: []string{"commands", "domain", "eventstore", "vault"}, never: []string{"net", "os"}, tests: store},
	"api": {
		ours: []string{"api/figures", "api/humafiber", "api/redact", "api/reference", "api/strictjson",
			"audit", "audit/proof", "inspect", "commands", "projections", "imports", "registers", "sheets", "domain", "vault"},
		outside: []string{huma, fiber, uuid, prometheus, "github.com/valyala/fasthttp"},
		never:   []string{"os"}, tests: append([]string{"internal/officetest"}, store...),
	},
	"api/figures":    {ours: []string{"domain", "projections"}, never: []string{"os", "net"}},
	"api/humafiber":  {outside: []string{huma, fiber}, never: []string{"os"}},
	"api/redact":     {never: []string{"os", "net"}},
	"api/reference":  {never: []string{"os", "net"}},
	"api/strictjson": {never: []string{"os", "net"}},
	"bench": { // puts the program together to measure it; nothing but cmd/zhishu imports it
		ours: []string{"audit", "audit/proof", "inspect", "commands", "demo", "domain", "eventstore", "eventstore/embedded", "eventstore/embedded/logbench",
			"eventstore/esdb/esdbbench", "imports", "projections", "sheets", "vault", "internal/durable"},
		outside: []string{"github.com/xuri/excelize/v2"},
	},
	"scripts/kill9": {ours: []string{"internal/served"}, helper: true}, // a client of the program from outside: it imports none of it
	"scripts/cluster": { // the same, with what its servers stand on
		ours: []string{"internal/served", "eventstore/esdb/esdbtest", "vault/postgres/pgtest"}, helper: true,
	},
	"scripts/tessera": { // a module of its own: tessera's client looks at a served log
		outside: []string{"github.com/transparency-dev", "golang.org/x/mod"},
	},
	"scripts/esdbserver": {ours: []string{"eventstore/esdb/esdbtest"}, helper: true},
	"cmd/zhishu": {
		ours: []string{"*"},
		outside: []string{"github.com/alecthomas/kong", "github.com/schollz/progressbar/v3", "golang.org/x/term",
			"golang.org/x/sys", "github.com/mattn/go-isatty", uuid, prometheus},
	},
}

// testModules may be imported by tests and by rooms made for tests.
var testModules = []string{
	"pgregory.net/rapid", "go.uber.org/goleak", "github.com/rogpeppe/go-internal", "github.com/anishathalye/porcupine",
	"github.com/getkin/kin-openapi", "github.com/valyala/fasthttp", "modernc.org/sqlite", "github.com/xuri/excelize/v2",
	"github.com/klauspost/compress/zstd",
}

// testing packages belong to tests: production code that imports them drags
// their flags and their code into the program.
var testingPackages = []string{"testing", "net/http/httptest"}

// noNames are folder names that say nothing.
var noNames = []string{"util", "utils", "common", "base", "helper", "helpers", "models", "misc", "shared", "lib", "pkg"}

// roomOf finds a directory's entry; "a/..." stands for every folder below a.
func roomOf(dir string) (room, bool) {
	if r, ok := rooms[dir]; ok {
		return r, true
	}
	for parent := dir; strings.Contains(parent, "/"); {
		parent = parent[:strings.LastIndexByte(parent, '/')]
		if r, ok := rooms[parent+"/..."]; ok {
			return r, true
		}
	}
	return room{}, false
}
