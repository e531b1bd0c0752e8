package vault

import "context"

// MaxSecretName bounds the name of a secret, in bytes.
const MaxSecretName = 64

// Secret: see Secrets.
func (v *Vault) Secret(ctx context.Context, name string) (Key, error) {
	if len(name) == 0 || len(name) > MaxSecretName {
		return Key{}, ErrSecretName
	}
	wrapped, found, err := v.store.WrappedSecret(ctx, name)
	if err != nil {
		return Key{}, err
	}
	if !found {
		k := newKey()
		defer clear(k[:])
		wrapped, err = v.store.InsertSecret(ctx, name, v.wrap.wrap(wrapNamedSecret, []byte(name), k))
		if err != nil {
			return Key{}, err
		}
	}
	return v.wrap.unwrap(wrapNamedSecret, []byte(name), wrapped)
}
