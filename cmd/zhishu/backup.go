package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"zhishu/eventstore/embedded"
	"zhishu/vault"
)

type backupCmd struct {
	Data string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）" help:"The ledger's directory (${default})."`
	To   string `required:"" placeholder:"DIR" zh:"存放备份的新目录" help:"A new directory for the backup."`
	As   string `default:"operator" placeholder:"HANDLE" zh:"服务运行时以哪个账号备份（默认 ${default}）：须是管辖整个账本的运维账号" help:"Account that a server is asked under (${default}): an operator's of the whole ledger."`
	JSON bool   `zh:"输出 JSON" help:"Print JSON."`
}

const (
	keysFile     = "keys"
	erasuresFile = "erasures"
)

// Run copies the log, then the keys, then the list of erasures, in that order:
// every event in the copy finds its key, and no copy of a key outlives an
// erasure that the list knows.
func (c *backupCmd) Run(p *program) error {
	reader, err := embedded.OpenReader(logDir(c.Data))
	if err != nil {
		return explainOpen(c.Data, err)
	}
	defer reader.Close()
	if err := os.MkdirAll(c.To, 0o700); err != nil {
		return err
	}
	copied, err := reader.Backup(p.ctx, filepath.Join(c.To, "log"))
	if err != nil {
		return withHint(err, "give a new, empty directory with --to")
	}
	if address, ok := (location{dir: c.Data}).server(); ok {
		err = keysFromServer(p.ctx, address, c.As, c.To)
	} else {
		err = keysFromVault(p.ctx, c.Data, c.To)
	}
	if err != nil {
		return err
	}
	return p.print(c.JSON, map[string]any{"to": c.To, "events": copied.Events, "bytes": copied.Bytes}, func() {
		fmt.Fprintf(p.stdout, "已备份 backed up: %d 事件 events, %d 字节 bytes → %s\n", copied.Events, copied.Bytes, c.To)
		fmt.Fprintf(p.stdout, "主密钥不在备份中 the master key is not in it: %s\n", filepath.Join(vaultDir(c.Data), "master.key"))
	})
}

func keysFromVault(ctx context.Context, data, to string) error {
	v, err := vault.Open(ctx, vault.Config{Dir: vaultDir(data)})
	if err != nil {
		return err
	}
	defer v.Close()
	if err := writeFile(filepath.Join(to, keysFile), func(w io.Writer) error { return v.Backup(ctx, w) }); err != nil {
		return err
	}
	erasures, err := v.Erasures(ctx)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(to, erasuresFile), func(w io.Writer) error { return vault.WriteErasures(w, erasures) })
}

// keysFromServer asks the server that has the vault open.
func keysFromServer(ctx context.Context, address, as, to string) error {
	for _, name := range []string{keysFile, erasuresFile} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/v1/backup/"+name, nil)
		if err != nil {
			return err
		}
		req.Header.Set("Zhishu-Account", as)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return problemOf(resp)
		}
		err = writeFile(filepath.Join(to, name), func(w io.Writer) error { _, err := io.Copy(w, resp.Body); return err })
		if err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := fill(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
