package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"zhishu/domain"
)

// Vectors are stored events as some version of this program wrote them:
// testdata/<type>/v<version>[-<case>].json, and testdata/metadata/ for the
// metadata. They are added, never edited: what is stored stays readable.

// vectorStreams are the streams the vectors stand in; a policy's stream is
// named by the event.
var vectorStreams = map[string]string{
	domain.PersonCategory:     "person-0f8fad5b-d9cb-469f-a165-70867728950e",
	domain.DonationCategory:   "donation-7c9e6679-7425-40de-944b-e07fc1f90ae7",
	domain.AccountCategory:    "account-16fd2706-8baf-433b-82eb-8c7fada847da",
	domain.ImportCategory:     "import-6fa459ea-ee8a-4ca4-894e-db77e160355e",
	domain.CommunityCategory:  "community-330602001001",
	domain.InspectionCategory: "inspection-5e0c8a1f-2d3b-4c6a-8f7e-9a0b1c2d3e4f",
	domain.SigningCategory:    "signing-1d0c8f2e-5b7a-4f63-9e21-8a4b6c7d9e0f",
	domain.ActivityCategory:   "activity-9b2f6c1e-4a7d-4e0b-8c35-1d6e7f8a9b0c",
	domain.HouseholdCategory:  "household-0b6e7f3a-2a1c-4f5e-9d70-6a8c1e2f3b4d",
}

func vectorStream(t testing.TB, typ string, data []byte) domain.StreamRef {
	t.Helper()
	name := vectorStreams[codecs[typ].category]
	if codecs[typ].category == domain.PolicyCategory {
		var id struct{ Kind, Scope string }
		if err := json.Unmarshal(data, &id); err != nil {
			t.Fatal(err)
		}
		if id.Scope == "" {
			id.Scope = "all"
		}
		name = "policy-" + id.Kind + "-" + id.Scope
	}
	ref, ok := domain.ParseStream(name)
	if !ok {
		t.Fatalf("%s is no stream", name)
	}
	return ref
}

type vector struct {
	path    string
	version int
	data    []byte
}

func vectorsOf(t testing.TB, dir string) (all []vector) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "v*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		v := vector{path: path}
		if _, err := fmt.Sscanf(filepath.Base(path), "v%d", &v.version); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if v.data, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

func TestVectors(t *testing.T) {
	for typ := range declaredTypes(t) {
		t.Run(typ, func(t *testing.T) {
			seen := map[int]bool{}
			pinned := map[string]bool{}
			for _, v := range vectorsOf(t, typ) {
				seen[v.version] = true
				ref := vectorStream(t, typ, v.data)
				e, err := Decode(ref, typ, v.version, v.data)
				if err != nil {
					t.Errorf("%s: %v", v.path, err)
					continue
				}
				if e.Type() != typ {
					t.Errorf("%s: decoded a %s", v.path, e.Type())
				}
				if v.version != Version {
					continue // written as of today, it looks otherwise
				}
				markSet(reflect.ValueOf(e).Elem(), pinned)
				if again, err := AppendData(nil, e); err != nil || !bytes.Equal(again, v.data) {
					t.Errorf("%s: %v; encoded again\n%s\nstored\n%s", v.path, err, again, v.data)
				}
				if want := decodeIndependently(t, ref, typ, v.data); !reflect.DeepEqual(e, want) {
					t.Errorf("%s: decoded\n%+v\nencoding/json\n%+v", v.path, e, want)
				}
			}
			for n := 1; n <= Version; n++ {
				if !seen[n] {
					t.Errorf("no vector of version %d", n)
				}
			}
			for field, set := range pinned {
				if !set {
					t.Errorf("no vector has %s: its key could change unseen", field)
				}
			}
		})
	}
}

// markSet notes for every field whether some vector gives it a value of its
// own, so that the vectors pin every key.
func markSet(v reflect.Value, pinned map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			markSet(v.Elem(), pinned)
		}
	case reflect.Slice:
		for i := range v.Len() {
			markSet(v.Index(i), pinned)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[domain.Secret]() || v.Type() == reflect.TypeFor[domain.Division]() {
			return
		}
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			f := v.Field(i)
			set := !f.IsZero()
			if absent, optional := leftOut[name]; optional {
				set = f.Int() != int64(absent)
			}
			pinned[name] = pinned[name] || set
			markSet(f, pinned)
		}
	}
}

func TestMetadataVectors(t *testing.T) {
	pinned := map[string]bool{}
	seen := map[int]bool{}
	for _, v := range vectorsOf(t, "metadata") {
		m, version, err := DecodeMeta(v.data)
		if err != nil || version != v.version {
			t.Errorf("%s: version %d, %v", v.path, version, err)
			continue
		}
		seen[version] = true
		if version != Version {
			continue
		}
		markSet(reflect.ValueOf(m), pinned)
		if again := AppendMeta(nil, m); !bytes.Equal(again, v.data) {
			t.Errorf("%s: encoded again\n%s\nstored\n%s", v.path, again, v.data)
		}
		if want := metaIndependently(t, v.data); m != want {
			t.Errorf("%s: decoded\n%+v\nencoding/json\n%+v", v.path, m, want)
		}
	}
	for n := 1; n <= Version; n++ {
		if !seen[n] {
			t.Errorf("no vector of version %d", n)
		}
	}
	for field, set := range pinned {
		if !set {
			t.Errorf("no vector has %s", field)
		}
	}
}

// TestVectorsStayAsTheyAre holds every vector against the sum recorded when it
// was added (made with sha256sum).
func TestVectorsStayAsTheyAre(t *testing.T) {
	recorded, err := os.ReadFile("testdata/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(recorded)) {
		sum, path, _ := strings.Cut(strings.TrimSpace(line), "  ")
		sums[path] = sum
	}
	for _, v := range vectorsOf(t, "*") {
		path := strings.TrimPrefix(filepath.ToSlash(v.path), "testdata/")
		if got := fmt.Sprintf("%x", sha256.Sum256(v.data)); sums[path] != got {
			t.Errorf("%s is not as it was added: its sum is %s, recorded %q", path, got, sums[path])
		}
		delete(sums, path)
	}
	for path := range sums {
		t.Errorf("%s is gone", path)
	}
}
