package vault

import "context"

// claimsPerWrite bounds one write of a long list, like keysPerWrite.
const claimsPerWrite = 16 << 10

// tagPurpose is part of the format: a stored tag is found again only with it.
const tagPurpose = "zhishu/vault/claim/1"

func (v *Vault) tag(space string, hash [32]byte) Tag {
	sum := v.Mac(tagPurpose, []byte(space), hash[:])
	return Tag(sum[:16])
}

// Reserve: see Claims.
func (v *Vault) Reserve(ctx context.Context, space string, hash [32]byte, subject Subject) (Subject, error) {
	return v.Replace(ctx, space, hash, None, subject)
}

// Replace: see Claims.
func (v *Vault) Replace(ctx context.Context, space string, hash [32]byte, old, new Subject) (Subject, error) {
	if new == None {
		return None, ErrSubject
	}
	tag := v.tag(space, hash)
	// An import meets most claims again: those need no write.
	owners, err := v.store.Owners(ctx, []Tag{tag})
	if err != nil {
		return None, err
	}
	if owner := owners[0]; owner != None && owner != old {
		return owner, nil
	}
	owners, err = v.store.Swap(ctx, []Change{{Tag: tag, From: old, To: new}})
	if err != nil {
		return None, err
	}
	return owners[0], nil
}

// Lookup: see Claims.
func (v *Vault) Lookup(ctx context.Context, space string, hash [32]byte) (Subject, error) {
	owners, err := v.store.Owners(ctx, []Tag{v.tag(space, hash)})
	if err != nil {
		return None, err
	}
	return owners[0], nil
}

// Release: see Claims.
func (v *Vault) Release(ctx context.Context, space string, hash [32]byte, subject Subject) error {
	return v.ReleaseMany(ctx, []Claim{{space, hash, subject}})
}

// ReserveMany: see BulkClaims.
func (v *Vault) ReserveMany(ctx context.Context, claims []Claim) ([]Subject, error) {
	changes, err := v.changes(claims, func(t Tag, s Subject) Change { return Change{Tag: t, To: s} })
	if err != nil {
		return nil, err
	}
	return v.swapAll(ctx, changes)
}

// ReleaseMany: see BulkClaims.
func (v *Vault) ReleaseMany(ctx context.Context, claims []Claim) error {
	changes, err := v.changes(claims, func(t Tag, s Subject) Change { return Change{Tag: t, From: s} })
	if err != nil {
		return err
	}
	owners, err := v.swapAll(ctx, changes)
	if err != nil {
		return err
	}
	for i, owner := range owners {
		if owner != None {
			return &SubjectError{claims[i].Subject, ErrNotOwner}
		}
	}
	return nil
}

// LookupMany: see BulkClaims.
func (v *Vault) LookupMany(ctx context.Context, claims []Claim) ([]Subject, error) {
	tags := make([]Tag, len(claims))
	for i, c := range claims {
		tags[i] = v.tag(c.Space, c.Hash)
	}
	return v.store.Owners(ctx, tags)
}

func (v *Vault) changes(claims []Claim, change func(Tag, Subject) Change) ([]Change, error) {
	changes := make([]Change, len(claims))
	for i, c := range claims {
		if c.Subject == None {
			return nil, ErrSubject
		}
		changes[i] = change(v.tag(c.Space, c.Hash), c.Subject)
	}
	return changes, nil
}

func (v *Vault) swapAll(ctx context.Context, changes []Change) ([]Subject, error) {
	owners := make([]Subject, 0, len(changes))
	for len(changes) > 0 {
		n := min(len(changes), claimsPerWrite)
		part, err := v.store.Swap(ctx, changes[:n])
		if err != nil {
			return owners, err
		}
		owners = append(owners, part...)
		changes = changes[n:]
	}
	return owners, nil
}
