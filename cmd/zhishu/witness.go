package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/internal/durable"
)

type witnessCmd struct {
	Dir    string   `required:"" placeholder:"DIR" zh:"见证人存放密钥和所见检查点的目录" help:"Where the witness keeps its key and what it has seen."`
	Name   string   `required:"" placeholder:"NAME" zh:"见证人在联署中的名称，如 witness.example.org/w1" help:"Name of the witness in its cosignatures, such as witness.example.org/w1."`
	Log    []string `required:"" placeholder:"KEY" zh:"要联署的账本公钥，由对方另行交付；有几个写几次" help:"Public key of a log to cosign for, as it was handed over; give each."`
	Listen string   `default:"127.0.0.1:7301" zh:"监听地址（默认 ${default}）" help:"Address to listen on (${default})."`
}

const (
	maxWitnessRequest = 64 << 10
	witnessTimeout    = 10 * time.Second
)

// Run serves POST /add-checkpoint (C2SP tlog-witness). It needs no ledger.
func (c *witnessCmd) Run(p *program) error {
	logs, err := parseKeys(c.Log)
	if err != nil {
		return err
	}
	signer, err := witnessSigner(c.Dir, c.Name)
	if err != nil {
		return err
	}
	w, err := audit.OpenWitness(c.Dir, signer, logs)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return withHint(err, "pick another address with --listen")
	}
	fmt.Fprintf(p.stdout, "见证人公钥 key of the witness: %s\nhttp://%s\n", signer.Key, ln.Addr())
	server := &http.Server{Handler: witnessHandler(w), ReadTimeout: witnessTimeout, WriteTimeout: witnessTimeout, MaxHeaderBytes: 8 << 10}
	stopped := context.AfterFunc(p.ctx, func() { _ = server.Close() })
	defer stopped()
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func witnessHandler(w *audit.Witness) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(out http.ResponseWriter, in *http.Request) {
		request, err := io.ReadAll(http.MaxBytesReader(out, in.Body, maxWitnessRequest))
		if err != nil {
			out.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		answer := w.Add(request)
		if answer.Type != "" {
			out.Header().Set("Content-Type", answer.Type)
		}
		out.WriteHeader(answer.Status)
		_, _ = out.Write(answer.Body)
	})
	return mux
}

// witnessSigner reads the witness's key, or makes it the first time.
func witnessSigner(dir, name string) (audit.Signer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return audit.Signer{}, err
	}
	file := filepath.Join(dir, "witness.key")
	text, err := durable.ReadFile(file, maxNoteFile)
	if errors.Is(err, fs.ErrNotExist) {
		var seed [ed25519.SeedSize]byte
		_, _ = rand.Read(seed[:]) // never fails
		text = []byte(hex.EncodeToString(seed[:]) + "\n")
		err = durable.WriteFile(file, text, 0o600)
	}
	if err != nil {
		return audit.Signer{}, err
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return audit.Signer{}, fmt.Errorf("%s is no key of a witness", file)
	}
	return audit.NewCosigner(name, [ed25519.SeedSize]byte(seed))
}

// parseWitnesses reads "URL KEY" pairs.
func parseWitnesses(list []string) (out []audit.WitnessAt, err error) {
	for _, s := range list {
		url, key, ok := strings.Cut(s, " ")
		k, err := proof.ParseKey(strings.TrimSpace(key))
		if !ok || err != nil || k.Algorithm != proof.Cosignature || !strings.HasPrefix(url, "http") {
			return nil, &usageError{"--witness: give its address and its key, such as 'https://w.example.org/ w.example.org+1a2b3c4d+B…'"}
		}
		out = append(out, audit.WitnessAt{URL: url, Key: k})
	}
	return out, nil
}
