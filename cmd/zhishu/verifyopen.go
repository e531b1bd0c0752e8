package main

import (
	"context"
	"errors"
	"fmt"

	"zhishu/audit"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
	"zhishu/internal/durable"
	"zhishu/vault"
)

// open reads the log up to its first damage, and beside a server up to what it
// has committed.
func (v *verifying) open(ctx context.Context) (err error) {
	v.options.Dir = auditDir(v.at.dir)
	if v.at.ESDB != "" {
		v.options.Live = true
		v.log, err = v.at.openReader(ctx)
		return err
	}
	log, examined, err := embedded.Examine(logDir(v.at.dir))
	var locked *durable.Locked
	if errors.As(err, &locked) {
		v.options.Live = true
		v.notes = append(v.notes, "a process has the ledger open: checked up to what it had committed when this began 账本正被使用，核对到开始时已提交之处")
		beside, err := embedded.OpenReader(logDir(v.at.dir))
		if err != nil {
			return explainOpen(v.at.dir, err)
		}
		beside.Freeze()
		v.log = beside
		return nil
	}
	if err != nil {
		return explainOpen(v.at.dir, err)
	}
	v.log, v.options.Damage = log, examined.Damage
	if examined.Meta != nil {
		v.faults = append(v.faults, audit.Finding{Kind: "log.json", Text: examined.Meta.Error() +
			"; the records were read by what the segments say of themselves 记录按各段自述读出，未受影响"})
	}
	for _, b := range examined.Blemishes {
		v.notes = append(v.notes, fmt.Sprintf("%s offset %d: %s; no record is touched 未触及任何记录", b.File, b.Offset, b.What))
	}
	if examined.Torn > 0 {
		v.notes = append(v.notes, fmt.Sprintf("%d bytes behind the end, as a crash leaves them 末尾有未写完的字节", examined.Torn))
	}
	return nil
}

// secrets asks the vault for what salts are made of, and the log who it says it
// is. An embedded vault is read beside the process that has it open.
func (v *verifying) secrets(ctx context.Context) error {
	mac, id, err := v.examineVault(ctx)
	switch {
	case errors.Is(err, vault.ErrDamaged):
		v.faults = append(v.faults, audit.Finding{Kind: "vault", Text: err.Error()})
	case err != nil:
		v.notes = append(v.notes, fmt.Sprintf("the vault cannot be opened now: %v", err))
	}
	if mac == nil {
		return nil
	}
	key := mac("log-salt-key")
	v.options.SaltKey = &key
	signing, err := signingIn(ctx, v.log, domain.SigningID{UUID: domain.UUID(id)})
	if err != nil {
		v.faults = append(v.faults, audit.Finding{Kind: "signing", Text: err.Error()})
		return nil
	}
	losses, err := lossesOf(signing)
	if err != nil {
		v.faults = append(v.faults, audit.Finding{Kind: "signing", Text: err.Error()})
	}
	v.options.Origin, v.options.Losses = signing.Origin, losses
	return nil
}

// examineVault returns what makes keyed hashes, also beside an error that
// concerns other records only.
func (v *verifying) examineVault(ctx context.Context) (mac func(string, ...[]byte) [32]byte, id [16]byte, err error) {
	if v.at.Vault != "" {
		secrets, err := v.at.openVault(ctx)
		if err != nil {
			return nil, id, err
		}
		defer secrets.Close()
		key := secrets.Mac("log-salt-key")
		return func(string, ...[]byte) [32]byte { return key }, secrets.LedgerID(), nil
	}
	x, err := vault.Examine(ctx, vault.Config{Dir: vaultDir(v.at.dir), MasterKey: v.at.MasterKey})
	if x == nil {
		return nil, id, err
	}
	if err == nil && !x.Unsettled {
		v.vault = x
	}
	for _, b := range x.Blemishes {
		v.notes = append(v.notes, "vault.db "+b+"; no record is touched 未触及任何记录")
	}
	if x.Unsettled {
		v.notes = append(v.notes, "the vault was written to all the time: its records were not checked 密钥库一直在写入，未核对其中记录")
	}
	return x.Mac, x.LedgerID, err
}

// keysOfAll: whoever the log holds personal fields of has a key or was erased, and
// whoever it calls erased has none. An older copy of the vault in the place of this
// one leaves gaps, and brings back what was destroyed.
func (v *verifying) keysOfAll(ctx context.Context) error {
	x := v.vault
	if v.options.Live && x != nil {
		// Keys come before events: those of the log are in a vault read later.
		again, err := vault.Examine(ctx, vault.Config{Dir: vaultDir(v.at.dir), MasterKey: v.at.MasterKey})
		if x = again; err != nil || again.Unsettled {
			return nil
		}
	}
	if x == nil {
		return nil
	}
	gaps, err := commands.CompareKeys(ctx, v.log, x.Holds)
	if err != nil {
		v.faults = append(v.faults, audit.Finding{Kind: "keys", Text: err.Error()})
		return nil
	}
	if n := len(gaps.Returned); n > 0 {
		v.faults = append(v.faults, audit.Finding{Kind: "erased", Text: fmt.Sprintf(
			"%d persons whom the log calls erased have a key again, %s the first: keys from before the erasure were put back, and what was erased can be read "+
				"%d 人账上已注销，密钥却又在库中：放回了注销之前的密钥库，已注销的信息又能读出", n, gaps.Returned[0], n)})
	}
	if missing := gaps.Missing; len(missing) > 0 {
		v.lacks = append(v.lacks, audit.Finding{Kind: "keys", Text: fmt.Sprintf(
			"%d subjects have neither a key nor an erasure, %s the first: the vault is older than the log %d 个对象既无密钥也未注销，密钥库旧于账本",
			len(missing), missing[0], len(missing))})
	}
	return nil
}

// signingIn folds the signing stream without a write side.
func signingIn(ctx context.Context, log eventstore.StreamReader, id domain.SigningID) (*domain.Signing, error) {
	s := &domain.Signing{}
	ref, _ := domain.ParseStream(id.Stream())
	for r, err := range log.ReadStream(ctx, id.Stream(), 0, eventstore.Forwards) {
		if errors.Is(err, eventstore.ErrStreamNotFound) {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		meta, version, err := wire.DecodeMeta(r.Metadata)
		if err != nil {
			return s, err
		}
		e, err := wire.Decode(ref, r.Type, version, r.Data)
		if err != nil {
			return s, err
		}
		s.Evolve(e, meta)
	}
	return s, nil
}
