package wire

import (
	"fmt"
	"slices"

	"zhishu/domain"
)

// Decoder decodes many events for one goroutine. It keeps the short strings it
// has met, so that a title that stands in a million events is one string. The
// zero value works, and keeps nothing.
type Decoder struct {
	// SkipSealed leaves personal fields empty without looking at them. Who
	// never opens them, such as a read model, saves the copying.
	SkipSealed bool

	r   reader
	ref domain.StreamRef // of the event being decoded
}

// NewDecoder makes a decoder that keeps short strings: at most 4096 of at most
// 64 bytes.
func NewDecoder() *Decoder { return &Decoder{r: reader{known: new(known)}} }

// Decode is like the function Decode. The event shares no memory with data.
func (d *Decoder) Decode(ref domain.StreamRef, typ string, version int, data []byte) (domain.Event, error) {
	c, ok := codecs[typ]
	if !ok {
		return nil, fmt.Errorf("%w %q", ErrUnknownType, typ)
	}
	if version < 1 || version > len(c.read) {
		return nil, fmt.Errorf("%w %d of %s", ErrUnknownVersion, version, typ)
	}
	if ref.Category != c.category && !slices.Contains(c.also, ref.Category) {
		return nil, fmt.Errorf("%w: %s in a stream of category %q", ErrMalformed, typ, ref.Category)
	}
	r := &d.r
	d.ref = ref
	r.reset(data)
	r.begin()
	e := c.read[version-1](r, &d.ref)
	if c.private && r.at("sealed") {
		if d.SkipSealed {
			r.skipSealed()
		} else {
			r.sealed(e.(domain.Private))
		}
	}
	r.end()
	if err := r.close(); err != nil {
		return nil, fmt.Errorf("%s: %w", typ, err)
	}
	return e, nil
}

// DecodeMeta is like the function DecodeMeta.
func (d *Decoder) DecodeMeta(meta []byte) (m domain.Meta, version int, err error) {
	r := &d.r
	r.reset(meta)
	r.begin()
	version = r.version()
	if r.err == nil && version != 1 {
		r.reset(nil)
		return domain.Meta{}, version, fmt.Errorf("%w %d of metadata", ErrUnknownVersion, version)
	}
	readMeta(r, &m)
	r.end()
	if err := r.close(); err != nil {
		return domain.Meta{}, version, fmt.Errorf("metadata: %w", err)
	}
	return m, version, nil
}

// DecodeMetaHead yields the schema version, when the event was recorded and by
// which account, and does not look at the rest of the metadata. It is for
// those who read every event and need no more; malformed metadata beyond the
// account goes unnoticed.
func (d *Decoder) DecodeMetaHead(meta []byte) (recordedAt domain.Instant, account domain.AccountID, version int, err error) {
	r := &d.r
	r.reset(meta)
	r.begin()
	version = r.version()
	if r.err == nil && version != 1 {
		r.reset(nil)
		return 0, account, version, fmt.Errorf("%w %d of metadata", ErrUnknownVersion, version)
	}
	recordedAt = r.instant("recordedAt")
	account.UUID = r.uuid("account")
	if r.err != nil || recordedAt == 0 || account.IsZero() {
		m, version, err := d.DecodeMeta(meta)
		return m.RecordedAt, m.Account, version, err
	}
	r.reset(nil)
	return recordedAt, account, version, nil
}
