package reference

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
)

//go:embed static/home.html
var homePage string

var homeTemplate = template.Must(template.New("home").Parse(homePage))

// Link is an address of this server that is worth looking at.
type Link struct{ Zh, En, Path string }

// Home is the page at the server's root: what this is, where its documentation
// and evidence are, and the addresses given. It has no script, and of styles
// its own alone.
func Home(look []Link) (File, error) {
	var page bytes.Buffer
	if err := homeTemplate.Execute(&page, look); err != nil {
		return File{}, err
	}
	_, rest, _ := bytes.Cut(page.Bytes(), []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	sum := sha256.Sum256(style)
	return File{ID: "home", Path: "/", Type: htmlType, Body: page.Bytes(),
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}, nil
}
