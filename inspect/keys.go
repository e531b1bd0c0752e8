package inspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// PersonKey is the key under which a person's fields are sealed.
type PersonKey struct {
	Person string `json:"person"`
	Key    []byte `json:"key"` // 32 bytes, base64
}

var errRecipient = errors.New("it is no age recipient")

// SealKeys encrypts persons' keys so that only the inspector opens them: a JSON
// list for an age X25519 recipient.
func SealKeys(recipient string, keys []PersonKey) ([]byte, error) {
	to, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRecipient, err)
	}
	content, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	defer clear(content)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err = w.Close()
	return sealed.Bytes(), err
}

// OpenKeys opens what SealKeys wrote with the inspector's secret key.
func OpenKeys(identity string, sealed []byte) (keys []PersonKey, err error) {
	own, err := age.ParseX25519Identity(identity)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), own)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	defer clear(content)
	return keys, json.Unmarshal(content, &keys)
}
