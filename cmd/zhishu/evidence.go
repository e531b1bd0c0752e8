package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
)

func auditDir(dir string) string { return filepath.Join(dir, "audit") }

// guardFile is where the last checkpoint is kept: beside the ledger's
// directory, because what lies inside comes back with an old copy of it.
func (l location) guardFile() string {
	if l.Guard != "" {
		return l.Guard
	}
	return filepath.Clean(l.dir) + ".guard"
}

// checkGuard refuses a guard that an old copy of the directory brings along.
func (l location) checkGuard() error {
	dir, err := filepath.Abs(l.dir)
	if err != nil {
		return err
	}
	file, err := filepath.Abs(l.guardFile())
	if err != nil {
		return err
	}
	if strings.HasPrefix(file, dir+string(filepath.Separator)) {
		return &usageError{"--guard: the last checkpoint must lie outside the ledger's directory, or an old copy of it brings an old checkpoint along"}
	}
	return nil
}

// signing is the stream that names origin and keys.
func (l *ledger) signing() domain.SigningID {
	return domain.SigningID{UUID: domain.UUID(l.vault.LedgerID())}
}

// signer is the log's key of that number. Its seed is a secret of the vault.
func (l *ledger) signer(ctx context.Context, origin string, number int64) (audit.Signer, error) {
	seed, err := l.vault.Secret(ctx, fmt.Sprintf("log-signing-key/%d", number))
	if err != nil {
		return audit.Signer{}, err
	}
	defer clear(seed[:])
	return audit.NewSigner(origin, seed)
}

func publicKey(s audit.Signer) string { return hex.EncodeToString(s.Key.Public[:]) }

func (l *ledger) signingState(ctx context.Context) (*domain.Signing, error) {
	state, err := l.handler.State(ctx, l.signing().Stream())
	if err != nil {
		return nil, err
	}
	return state.(*domain.Signing), nil
}

var errForeignKey = errors.New("the vault holds another signing key than the ledger names")

// identify tells the tree under which name and keys it signs.
func (l *ledger) identify(ctx context.Context) (audit.Identity, error) {
	s, err := l.signingState(ctx)
	if err != nil {
		return audit.Identity{}, err
	}
	id := audit.Identity{Origin: s.Origin}
	for _, k := range s.InForce() {
		signer, err := l.signer(ctx, s.Origin, k.Number)
		if err != nil {
			return id, err
		}
		if publicKey(signer) != k.Key {
			return id, withHint(fmt.Errorf("%w: key %d", errForeignKey, k.Number), "open the ledger with the vault it was made with")
		}
		id.Signers = append(id.Signers, signer)
	}
	id.Losses, err = lossesOf(s)
	return id, err
}

func lossesOf(s *domain.Signing) (losses []audit.Loss, err error) {
	for _, loss := range s.Losses {
		root, err := hex.DecodeString(loss.LastRoot)
		if err != nil || len(root) != len(proof.Hash{}) {
			return nil, fmt.Errorf("%w: a declared loss without a root", eventstore.ErrCorrupt)
		}
		losses = append(losses, audit.Loss{
			Last: proof.Checkpoint{Origin: loss.LastOrigin, Size: uint64(loss.LastSize), Root: proof.Hash(root)}, Kept: uint64(loss.Kept),
		})
	}
	return losses, nil
}

// openTree brings the tree up to the log's head and compares it with what was
// signed before. A ledger that contradicts it is not written to.
func (l *ledger) openTree(ctx context.Context, h hooks) (err error) {
	if err := l.checkGuard(); err != nil {
		return err
	}
	options := audit.Options{
		Store: l.log, Dir: auditDir(l.dir), SaltKey: l.vault.Mac("log-salt-key"), Identify: l.identify,
		Guard: audit.GuardFile(l.guardFile()), GuardName: l.guardFile(), Every: l.CheckpointEvery, Witnesses: l.witnesses, Logger: h.logger,
	}
	l.tree, err = audit.Open(ctx, options)
	var c *audit.Contradiction
	if errors.As(err, &c) && errors.Is(err, audit.ErrBehind) && l.acceptLoss {
		if err := l.declareLoss(ctx, c); err != nil {
			return err
		}
		l.lost = true
		l.tree, err = audit.Open(ctx, options)
	}
	return l.explainContradiction(err)
}

// explainContradiction says what to do about a ledger that is behind, or not
// the one, that was signed before.
func (l location) explainContradiction(err error) error {
	switch {
	case errors.Is(err, audit.ErrBehind):
		return withHint(err, fmt.Sprintf("没有写入任何内容。请放回最新的目录；若确已丢失，用 zhishu restore --accept-loss --data %s 如实声明后继续。"+
			" Nothing was written. Put the newest copy of the directory back; if it is lost, go on with zhishu restore --accept-loss --data %s, which declares the lost events", l.dir, l.dir))
	case errors.Is(err, audit.ErrDifferent):
		return withHint(err, fmt.Sprintf("没有写入任何内容。请保留现场，与备份及见证人的检查点核对；若 %s 属于另一个账本，用 --guard 指明正确的文件。"+
			" Nothing was written. Keep everything as it is and compare with a backup and the checkpoints of others; if %s belongs to another ledger, name the right file with --guard", l.guardFile(), l.guardFile()))
	}
	return err
}

func (l *ledger) declareLoss(ctx context.Context, c *audit.Contradiction) error {
	_, err := l.handler.Do(ctx, commands.Request{
		Caller: l.operator("restore"), Key: fmt.Sprintf("declare-loss/%s/%d", c.Signed.Origin, c.Signed.Size),
		Command: &domain.DeclareLoss{
			Signing: l.signing(), Kept: int64(c.Size),
			LastOrigin: c.Signed.Origin, LastSize: int64(c.Signed.Size), LastRoot: hex.EncodeToString(c.Signed.Root[:]),
		},
	})
	return err
}

func (l *ledger) operator(source string) commands.Caller {
	return commands.Caller{Account: l.handler.AccountOf("operator"), Authentication: domain.Asserted, Source: source}
}

// beginSigning is the command that gives a new ledger its name and first key.
func (l *ledger) beginSigning(ctx context.Context, origin string) (domain.Command, error) {
	if origin == "" {
		id := l.vault.LedgerID()
		origin = "zhishu/" + hex.EncodeToString(id[:8])
	}
	s, err := l.signer(ctx, origin, 1)
	if err != nil {
		return nil, err
	}
	return &domain.BeginSigning{Signing: l.signing(), Origin: origin, Key: publicKey(s)}, nil
}

// followTree announces checkpoints until the ledger closes.
func (l *ledger) followTree(ctx context.Context) {
	l.treeDone = make(chan error, 1)
	go func() { l.treeDone <- l.tree.Run(ctx) }()
}

const settlePatience = 5 * time.Second

// closeTree announces what was recorded last, so that the guard knows of it.
func (l *ledger) closeTree() error {
	if l.tree == nil {
		return nil
	}
	var errs []error
	if l.treeDone != nil {
		errs = append(errs, <-l.treeDone)
		ctx, cancel := context.WithTimeout(context.Background(), settlePatience)
		defer cancel()
		errs = append(errs, l.tree.Settle(ctx))
	}
	return errors.Join(append(errs, l.tree.Close())...)
}
