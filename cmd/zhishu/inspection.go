package main

import (
	"context"
	"io"
	"time"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/inspect"
	"zhishu/vault"
)

// bundles makes what an inspector takes away from this ledger.
type bundles struct{ l *ledger }

// Keys encrypts persons' keys to the inspector.
func (b bundles) Keys(ctx context.Context, persons []domain.PersonID, recipient string) ([]byte, error) {
	var keys []inspect.PersonKey
	for _, p := range persons {
		key, err := b.l.vault.Key(ctx, vault.Subject(p.UUID))
		if err != nil {
			return nil, err
		}
		keys = append(keys, inspect.PersonKey{Person: p.String(), Key: key[:]})
	}
	return inspect.SealKeys(recipient, keys)
}

// Bundle writes everything up to a checkpoint that covers all there is now.
func (b bundles) Bundle(ctx context.Context, to io.Writer, order inspect.Order, since uint64) (inspect.Written, error) {
	settle, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	if err := b.l.tree.WaitFor(settle, uint64(b.l.engine.Status().Size)); err != nil {
		return inspect.Written{}, err
	}
	if err := b.l.tree.Announce(settle); err != nil {
		return inspect.Written{}, err
	}
	heads, err := b.l.tree.Since(ctx, since)
	if err != nil {
		return inspect.Written{}, err
	}
	if len(heads) == 0 {
		return inspect.Written{}, audit.ErrNotCovered
	}
	order.Heads, order.Checkpoint = heads, heads[len(heads)-1]
	if order.At.IsZero() {
		order.At = time.Now()
	}
	saltKey := b.l.vault.Mac("log-salt-key")
	return inspect.Write(ctx, to, inspect.Source{
		Log: b.l.log, Streams: b.l.log, Evidence: b.l.tree, Sign: b.l.tree.Attest,
		Salt: func(id eventstore.ID) proof.Salt { return proof.SaltOf(saltKey, id) },
	}, order)
}
