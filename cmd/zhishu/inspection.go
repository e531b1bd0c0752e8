package main

import (
	"context"
	"io"

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

// Cut fills in a checkpoint that covers all there is now.
func (b bundles) Cut(ctx context.Context, order *inspect.Order, since uint64) (uint64, error) {
	settle, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	if err := b.l.tree.WaitFor(settle, uint64(b.l.engine.Status().Size)); err != nil {
		return 0, err
	}
	if err := b.l.tree.Announce(settle); err != nil {
		return 0, err
	}
	heads, err := b.l.tree.Since(ctx, since)
	if err != nil {
		return 0, err
	}
	if len(heads) == 0 {
		return 0, audit.ErrNotCovered
	}
	order.Heads, order.Checkpoint = heads, heads[len(heads)-1]
	n, err := proof.ParseNote(order.Checkpoint)
	if err != nil {
		return 0, err
	}
	cut, err := proof.ParseCheckpoint(n.Text)
	return cut.Size, err
}

// Bundle writes what was ordered.
func (b bundles) Bundle(ctx context.Context, to io.Writer, order inspect.Order) (inspect.Written, error) {
	saltKey := b.l.vault.Mac("log-salt-key")
	return inspect.Write(ctx, to, inspect.Source{
		Log: b.l.log, Streams: b.l.log, Evidence: b.l.tree, Sign: b.l.tree.Attest,
		Salt: func(id eventstore.ID) proof.Salt { return proof.SaltOf(saltKey, id) },
	}, order)
}
