package wire

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"zhishu/domain"
)

// declaredTypes reads the domain's source: every stored name that a Type
// method can return, with the Go type that returns it. A new event cannot be
// forgotten here, as it could in a list.
func declaredTypes(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	var decls []ast.Decl
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(path, "_test.go") {
			decls = append(decls, f.Decls...)
		}
	}
	constants, types := map[string]string{}, map[string]string{}
	for _, d := range decls {
		stringConstants(d, constants)
	}
	for _, d := range decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != "Type" {
			continue
		}
		goType := f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok {
				name := stringOf(r.Results[0], constants)
				if name == "" {
					t.Fatalf("cannot read what the Type method of %s returns", goType)
				}
				types[name] = goType
			}
			return true
		})
	}
	if len(types) < 40 {
		t.Fatalf("found only %d event types", len(types))
	}
	return types
}

func stringConstants(d ast.Decl, into map[string]string) {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok != token.CONST {
		return
	}
	for _, s := range g.Specs {
		v := s.(*ast.ValueSpec)
		for i := range v.Values {
			if text := stringOf(v.Values[i], nil); text != "" {
				into[v.Names[i].Name] = text
			}
		}
	}
}

func stringOf(e ast.Expr, constants map[string]string) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.Ident:
		return constants[e.Name]
	}
	return ""
}

// emptyEvent is a new event of a stored type.
func emptyEvent(typ string) domain.Event {
	e := codecs[typ].read[0](&reader{}, &domain.StreamRef{})
	return reflect.New(reflect.TypeOf(e).Elem()).Interface().(domain.Event)
}

func TestEveryEventTypeHasACodec(t *testing.T) {
	declared := declaredTypes(t)
	for typ, goType := range declared {
		c, ok := codecs[typ]
		if !ok {
			t.Errorf("%s (domain.%s) has no codec", typ, goType)
			continue
		}
		if name := reflect.TypeOf(emptyEvent(typ)).Elem().Name(); name != goType {
			t.Errorf("%s is read as domain.%s, declared by domain.%s", typ, name, goType)
		}
		if len(c.read) != Version {
			t.Errorf("%s has readers for %d versions of %d", typ, len(c.read), Version)
		}
		if domain.NewState(c.category) == nil {
			t.Errorf("%s stands in streams of no category: %q", typ, c.category)
		}
	}
	for typ := range codecs {
		if declared[typ] == "" {
			t.Errorf("the codec of %s has no event", typ)
		}
	}
}
