package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhishu/audit"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
	"zhishu/eventstore/esdb"
	"zhishu/vault"
	"zhishu/vault/postgres"
)

// backend says where log and secrets are kept when not in the ledger's
// directory: several servers share an EventStoreDB and a PostgreSQL.
type backend struct {
	ESDB        string `name:"esdb" env:"ZHISHU_ESDB" placeholder:"URL" group:"elsewhere" zh:"流水存放在 EventStoreDB（esdb://…）；目录中只留本机快照" help:"Keep the log in EventStoreDB (esdb://…); the directory then holds only this server's snapshots."`
	ESDBPrefix  string `name:"esdb-prefix" env:"ZHISHU_ESDB_PREFIX" placeholder:"NAME" group:"elsewhere" zh:"与其他应用共用 EventStoreDB 时，本账本流水名的前缀" help:"Prefix of the ledger's streams in a store shared with other applications."`
	Vault       string `env:"ZHISHU_VAULT" placeholder:"URL" group:"elsewhere" zh:"密钥存放在 PostgreSQL（postgres://…），各服务器共用" help:"Keep the secrets in PostgreSQL (postgres://…), shared by all servers."`
	VaultSchema string `name:"vault-schema" env:"ZHISHU_VAULT_SCHEMA" placeholder:"NAME" group:"elsewhere" zh:"几个账本共用一个 PostgreSQL 时，本账本密钥的模式（schema）" help:"Schema of the secrets in a PostgreSQL that several ledgers share."`
	MasterKey   string `env:"ZHISHU_MASTER_KEY" placeholder:"FILE" group:"elsewhere" zh:"保险库主密钥文件，放在账本目录之外" help:"The vault's master key, outside the ledger's directory."`
	Guard       string `env:"ZHISHU_GUARD" placeholder:"FILE" group:"elsewhere" zh:"最后一个检查点的留存文件，在账本目录之外（默认在目录旁：DIR.guard）" help:"Where the last checkpoint is kept, outside the ledger's directory (default: beside it, DIR.guard)."`
	AcceptClock bool   `group:"elsewhere" zh:"本机时钟比账本快一年以上仍写入：账本确实停用了这么久" help:"Write although this clock is more than a year ahead of the ledger: it rested that long."`
}

// location is a directory and what lies elsewhere.
type location struct {
	dir string
	backend

	// CheckpointEvery is the longest time between checkpoints; 0: the default.
	CheckpointEvery time.Duration
	witnesses       []audit.WitnessAt
	acceptLoss      bool // declare what the guard knows and the log has not
}

func (b backend) at(dir string) location { return location{dir: dir, backend: b} }

// check refuses a cluster's log with one machine's vault: the next server would
// not find the keys.
func (l location) check() error {
	if (l.ESDB != "") != (l.Vault != "") {
		return &usageError{"--esdb and --vault go together: servers that share a log share the secrets"}
	}
	return nil
}

// openLog opens the log for writing. The embedded log is returned twice, for
// what only it can do.
func (l location) openLog(ctx context.Context, h hooks) (eventstore.Store, *embedded.Log, error) {
	if err := errors.Join(l.check(), l.onlyFiles()); err != nil {
		return nil, nil, err
	}
	if l.ESDB != "" {
		store, err := esdb.Open(ctx, l.ESDB, esdb.Options{Prefix: l.ESDBPrefix, Logger: h.logger, Observe: h.onChange})
		if err != nil {
			return nil, nil, withHint(err, "check --esdb, the nodes, and the user's rights; docs/eventstoredb.md")
		}
		return store, nil, nil
	}
	log, err := embedded.Open(logDir(l.dir), embedded.Options{Observe: h.onGroup})
	if err != nil {
		return nil, nil, explainOpen(l.dir, err)
	}
	return log, log, nil
}

// reader is a log open for reading.
type reader interface {
	eventstore.StreamReader
	eventstore.LogReader
	Close() error
}

// openReader opens the log for reading, also beside a process that writes.
func (l location) openReader(ctx context.Context) (reader, error) {
	if err := errors.Join(l.check(), l.onlyFiles()); err != nil {
		return nil, err
	}
	if l.ESDB != "" {
		log, _, err := l.openLog(ctx, hooks{})
		return log, err
	}
	log, err := embedded.OpenReader(logDir(l.dir))
	if err != nil {
		return nil, explainOpen(l.dir, err)
	}
	return log, nil
}

func (l location) openVault(ctx context.Context) (*vault.Vault, error) {
	if l.Vault != "" {
		return postgres.Open(ctx, l.Vault, postgres.Config{MasterKey: l.masterKey(), Schema: l.VaultSchema})
	}
	return vault.Open(ctx, vault.Config{Dir: vaultDir(l.dir), MasterKey: l.MasterKey})
}

// createVault makes the vault of a ledger whose log is empty. One that is there
// already was made by an init that was interrupted, unless something is in it:
// then it belongs to a log that is not here.
func (l location) createVault(ctx context.Context) error {
	v, err := l.newVault(ctx)
	if errors.Is(err, vault.ErrExists) {
		exists := withHint(err, "a vault without a log: move it away, or restore the log it belongs to")
		if v, err = l.openVault(ctx); err != nil {
			return err
		}
		var held vault.Stats
		if held, err = v.Stats(ctx); err == nil && held != (vault.Stats{}) {
			err = exists
		}
		return errors.Join(err, v.Close())
	}
	if err != nil {
		return err
	}
	return v.Close()
}

func (l location) newVault(ctx context.Context) (*vault.Vault, error) {
	if l.Vault != "" {
		return postgres.Create(ctx, l.Vault, postgres.Config{MasterKey: l.masterKey(), Schema: l.VaultSchema})
	}
	return vault.Create(ctx, vault.Config{Dir: vaultDir(l.dir), MasterKey: l.MasterKey})
}

func (l location) masterKey() string {
	if l.MasterKey != "" {
		return l.MasterKey
	}
	return filepath.Join(l.dir, "master.key")
}

// createLog makes an empty log; in EventStoreDB there is nothing to make. Where
// an init was interrupted it finds the log that it made, and counts the events
// it has recorded; anything else in it is another ledger.
func (l location) createLog(ctx context.Context) (begun int, err error) {
	if l.ESDB == "" {
		err := embedded.Create(logDir(l.dir), 0)
		if !errors.Is(err, embedded.ErrExists) {
			return 0, err
		}
	}
	log, err := l.openReader(ctx)
	if errors.Is(err, embedded.ErrNoLog) {
		return 0, fmt.Errorf("%w: something else stands in %s", l.holdsLedger(), logDir(l.dir))
	}
	if err != nil {
		return 0, err
	}
	defer log.Close()
	for r, err := range log.ReadAll(ctx, eventstore.Position{}) {
		if err != nil {
			return 0, err
		}
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		if m, _, err := wire.DecodeMeta(r.Metadata); err != nil || m.Source != initSource {
			return 0, l.holdsLedger()
		}
		begun++
	}
	return begun, nil
}

// holdsLedger is why no ledger can be made here.
func (l location) holdsLedger() error {
	if l.ESDB != "" {
		return withHint(errors.New("库里已有账本 the store already holds a ledger"), "直接启动服务，或另给 --esdb-prefix serve it, or give another --esdb-prefix")
	}
	return withHint(fmt.Errorf("%s 里已有账本 already holds a ledger", l.dir), "新账本另给一个空目录；这个账本直接用 serve、import、report initialise an empty directory, or open this ledger with them")
}

// server is the address of the server that has the ledger open, if any. A
// ledger in EventStoreDB may be opened by any number of processes.
func (l location) server() (address string, ok bool) {
	if l.ESDB != "" {
		return "", false
	}
	holder, held, err := embedded.Holder(logDir(l.dir))
	return holder.Address, err == nil && held && holder.Address != ""
}

// snapshots is where read models are kept between starts, made when missing.
func (l location) snapshots() (string, error) {
	dir := snapshotDir(l.dir)
	err := os.MkdirAll(dir, 0o755)
	return dir, err
}

// existingSnapshots is that directory for who may not write, or nothing.
func (l location) existingSnapshots() string {
	if _, err := os.Stat(snapshotDir(l.dir)); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return snapshotDir(l.dir)
}
