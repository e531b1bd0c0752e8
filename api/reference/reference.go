// Package reference is the page that shows the OpenAPI document to people. It
// is complete in itself: RapiDoc (MIT licence, see static) is embedded and
// nothing is loaded from elsewhere.
package reference

import _ "embed"

// File is one file of the page.
type File struct {
	ID, Path, Type string
	Policy         string // content security policy; empty for the server's own
	Body           []byte
}

// pagePolicy allows the page its script and what RapiDoc does with it: styles
// written into elements, images it carries as data, and reading the document.
const pagePolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var (
	//go:embed static/docs.html
	page []byte
	//go:embed static/rapidoc-9.3.8-min.js
	script []byte
	//go:embed static/rapidoc-9.3.8-LICENSE.txt
	licence []byte
	//go:embed static/rapidoc-9.3.8-third-party.txt
	thirdParty []byte
)

const (
	textType   = "text/plain; charset=utf-8"
	scriptType = "text/javascript; charset=utf-8"
	htmlType   = "text/html; charset=utf-8"
)

// Files lists what is to be served. The bodies must not be modified.
func Files() []File {
	return []File{
		{ID: "docs", Path: "/docs", Type: htmlType, Policy: pagePolicy, Body: page},
		verifyFile(),
		{ID: "docs-script", Path: "/static/rapidoc-9.3.8-min.js", Type: scriptType, Body: script},
		{ID: "docs-licence", Path: "/static/rapidoc-9.3.8-LICENSE.txt", Type: textType, Body: licence},
		{ID: "docs-third-party", Path: "/static/rapidoc-9.3.8-third-party.txt", Type: textType, Body: thirdParty},
	}
}
