package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// check reads one source file and lists what it must not do. dir is its folder
// below the module's root.
func check(module, dir, name string, source any) ([]string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	r, listed := roomOf(dir)
	if !listed {
		return []string{fmt.Sprintf("%s is not in the table of rooms", dir)}, nil
	}
	isTest := strings.HasSuffix(name, "_test.go")
	var faults []string
	report := func(pos token.Pos, format string, args ...any) {
		at := files.Position(pos)
		faults = append(faults, fmt.Sprintf("%s:%d: %s", path.Join(dir, path.Base(name)), at.Line, fmt.Sprintf(format, args...)))
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if why := r.forbids(module, dir, imported, isTest); why != "" {
			report(spec.Pos(), "imports %s: %s", imported, why)
		}
	}
	if slices.Contains(noNames, file.Name.Name) {
		report(file.Name.Pos(), "a package named %s says nothing about what it is for", file.Name.Name)
	}
	if r.pure && !isTest {
		ast.Inspect(file, func(n ast.Node) bool {
			if why := impure(n); why != "" {
				report(n.Pos(), "%s", why)
			}
			return true
		})
	}
	return faults, nil
}

// forbids says why a file of the room may not import a package, or nothing.
func (r room) forbids(module, dir, imported string, isTest bool) string {
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case imported == module || strings.HasPrefix(imported, module+"/"):
		return r.forbidsOurs(dir, strings.TrimPrefix(strings.TrimPrefix(imported, module), "/"), isTest)
	case imported == "C":
		return "the program is built without cgo"
	case strings.Contains(first, "."):
		if under(r.outside, imported) || (isTest || r.helper) && under(testModules, imported) {
			return ""
		}
		return "this module is not in the table for " + dir
	case isTest || r.helper:
		return ""
	case under(testingPackages, imported):
		return "production code does not import testing packages"
	case under(r.never, imported), r.std != nil && !slices.Contains(r.std, imported):
		return dir + " must not touch it"
	}
	return ""
}

func (r room) forbidsOurs(dir, imported string, isTest bool) string {
	target, listed := roomOf(imported)
	switch {
	case !listed:
		return "it is not in the table of rooms"
	case slices.Contains(r.ours, imported), isTest && imported == dir, isTest && slices.Contains(r.tests, imported):
		return ""
	case target.helper && !isTest && !r.helper:
		return "it is made for tests"
	case target.helper && isTest, slices.Contains(r.ours, "*"):
		return ""
	}
	return "the table does not let " + dir + " import it"
}

// under reports whether an import path is one of the paths or lies below it.
func under(paths []string, imported string) bool {
	return slices.ContainsFunc(paths, func(p string) bool {
		return imported == p || strings.HasPrefix(imported, p+"/")
	})
}

// clocks and other things a pure room has no use for.
var impureNames = map[string][]string{
	"time": {"Now", "Since", "Until", "LoadLocation", "Local", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
	"fmt":  {"Print", "Println", "Printf", "Scan", "Scanln", "Scanf"},
}

// impure says why a node has no place in a pure room.
func impure(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "starts a goroutine"
	case *ast.SendStmt, *ast.SelectStmt, *ast.ChanType:
		return "uses channels"
	case *ast.Ident:
		if slices.Contains([]string{"float32", "float64", "complex64", "complex128"}, n.Name) {
			return "uses " + n.Name
		}
	case *ast.BasicLit:
		// 1e6 is an integer constant where an integer is wanted.
		if n.Kind == token.IMAG || n.Kind == token.FLOAT && strings.Contains(n.Value, ".") {
			return "writes the number " + n.Value
		}
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok && slices.Contains(impureNames[x.Name], n.Sel.Name) {
			return "uses " + x.Name + "." + n.Sel.Name
		}
	}
	return ""
}
