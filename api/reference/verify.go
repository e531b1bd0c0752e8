package reference

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
)

//go:embed static/verify.html
var verifyPage []byte

// verifyFile is the page that checks receipts without a login. Its one script
// stands in it, so that a saved copy works offline; the policy allows that
// script by its hash, and no connection to anywhere.
func verifyFile() File {
	_, rest, _ := bytes.Cut(verifyPage, []byte("<script>"))
	script, _, _ := bytes.Cut(rest, []byte("</script>"))
	sum := sha256.Sum256(script)
	return File{ID: "verify", Path: "/verify", Type: htmlType, Body: verifyPage,
		Policy: "default-src 'none'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}
}
