package main

import (
	"bytes"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPortThatIsTakenIsSaidInChinese(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dir := filepath.Join(t.TempDir(), "L")
	var out, failed bytes.Buffer
	if code := run(t.Context(), []string{"init", "--data", dir}, strings.NewReader(""), &out, &failed); code != exitOK {
		t.Fatal(failed.String())
	}
	code := run(t.Context(), []string{"serve", "--data", dir, "--listen", ln.Addr().String()}, strings.NewReader(""), &out, &failed)
	if text := failed.String(); code != exitFailed || !strings.Contains(text, "已被占用") || !strings.Contains(text, "提示 hint: 用 --listen") {
		t.Errorf("%d %s", code, text)
	}
}
