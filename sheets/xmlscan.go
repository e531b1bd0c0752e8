package sheets

import (
	"bytes"
	"errors"
	"io"
)

// xmlScanner reads the XML of worksheets: start and end tags, text. It is
// several times as fast as encoding/xml because it makes no objects, and it
// is strict: what is not well formed, or ends early, is an error. Prefixes of
// names are dropped, comments and processing instructions skipped, document
// types refused.
type xmlScanner struct {
	in    io.Reader
	buf   []byte
	from  int
	to    int
	ended bool

	name  []byte // of the tag just read, without prefix
	attrs []byte // of the start tag, unparsed
	text  []byte // of the text just read, entities resolved

	stack   []byte // open tags' names, each followed by its length
	closing bool   // an empty tag was read: its end comes next
	started bool
}

type xmlToken uint8

const (
	xmlStart xmlToken = iota + 1
	xmlEnd
	xmlText
)

const maxXMLToken = 1 << 20

var errXML = errors.New("sheets: XML is not well formed")

// cutOff is the error of markup that does not end: the file's end, or what
// reading on gave.
func cutOff(err error) error {
	if err == io.EOF {
		return errXML
	}
	return err
}

func newXMLScanner(in io.Reader) *xmlScanner {
	return &xmlScanner{in: in, buf: make([]byte, 64<<10)}
}

// complete is an error when tags are still open at the end of the file.
func (x *xmlScanner) complete() error {
	if len(x.stack) > 0 || !x.started {
		return refuseBecause(CodeXLSXBroken, io.ErrUnexpectedEOF)
	}
	return nil
}

// next gives the next token; io.EOF at the end of the file.
func (x *xmlScanner) next() (xmlToken, error) {
	if x.closing {
		x.closing = false
		return xmlEnd, x.pop(x.name)
	}
	for {
		if x.from == x.to {
			if err := x.more(); err != nil {
				return 0, err
			}
			continue
		}
		if x.buf[x.from] != '<' {
			if token, err := x.readText(); token != 0 || err != nil {
				return token, err
			}
			continue
		}
		token, err := x.readMarkup()
		if token != 0 || err != nil {
			return token, err
		}
	}
}

// readText gives text up to the next tag. Text outside of all tags is skipped
// when it is blank and an error otherwise.
func (x *xmlScanner) readText() (xmlToken, error) {
	raw, err := x.until('<')
	if err != nil && err != io.EOF {
		return 0, err
	}
	if len(x.stack) == 0 {
		if len(bytes.TrimSpace(bytes.TrimPrefix(raw, bomUTF8))) > 0 {
			return 0, errXML
		}
		return 0, nil
	}
	x.text, err = appendUnescaped(x.text[:0], raw)
	return xmlText, err
}

func (x *xmlScanner) readMarkup() (xmlToken, error) {
	if err := x.have(2); err != nil {
		return 0, cutOff(err)
	}
	switch x.buf[x.from+1] {
	case '?':
		return 0, x.skip("<?", "?>")
	case '!':
		return x.readDeclaration()
	}
	raw, err := x.tag()
	if err != nil {
		return 0, err
	}
	if raw[0] == '/' {
		x.name = localName(bytes.TrimRight(raw[1:], " \t\r\n"))
		return xmlEnd, x.pop(x.name)
	}
	if raw[len(raw)-1] == '/' {
		x.closing = true
		raw = raw[:len(raw)-1]
	}
	end := bytes.IndexAny(raw, " \t\r\n")
	if end < 0 {
		end = len(raw)
	}
	x.name, x.attrs = localName(raw[:end]), raw[end:]
	return xmlStart, x.push(x.name)
}

// readDeclaration skips comments, reads CDATA, refuses document types.
func (x *xmlScanner) readDeclaration() (xmlToken, error) {
	if x.have(4) == nil && bytes.HasPrefix(x.buf[x.from:x.to], []byte("<!--")) {
		return 0, x.skip("<!--", "-->")
	}
	const open = "<![CDATA["
	if x.have(len(open)) != nil || !bytes.HasPrefix(x.buf[x.from:x.to], []byte(open)) || len(x.stack) == 0 {
		return 0, errXML
	}
	x.from += len(open)
	start := 0
	for {
		if i := bytes.Index(x.buf[x.from+start:x.to], []byte("]]>")); i >= 0 {
			x.text = append(x.text[:0], x.buf[x.from:x.from+start+i]...)
			x.from += start + i + 3
			return xmlText, nil
		}
		start = max(0, x.to-x.from-2)
		if err := x.more(); err != nil {
			return 0, cutOff(err)
		}
	}
}

// tag returns what stands between < and >, minding quoted attributes.
func (x *xmlScanner) tag() ([]byte, error) {
	quote, i := byte(0), 1
	for {
		for ; x.from+i < x.to; i++ {
			switch c := x.buf[x.from+i]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '<':
				return nil, errXML
			case c == '>':
				raw := x.buf[x.from+1 : x.from+i]
				x.from += i + 1
				if len(raw) == 0 || raw[0] == '/' && len(raw) == 1 {
					return nil, errXML
				}
				return raw, nil
			}
		}
		if err := x.more(); err != nil {
			return nil, cutOff(err)
		}
	}
}

func (x *xmlScanner) until(stop byte) ([]byte, error) {
	searched := 0
	for {
		if i := bytes.IndexByte(x.buf[x.from+searched:x.to], stop); i >= 0 {
			raw := x.buf[x.from : x.from+searched+i]
			x.from += searched + i
			return raw, nil
		}
		searched = x.to - x.from
		if err := x.more(); err != nil {
			raw := x.buf[x.from:x.to]
			x.from = x.to
			return raw, err
		}
	}
}

// skip passes over markup from its beginning to its end.
func (x *xmlScanner) skip(begin, end string) error {
	x.from += len(begin)
	for {
		if i := bytes.Index(x.buf[x.from:x.to], []byte(end)); i >= 0 {
			x.from += i + len(end)
			return nil
		}
		x.from = max(x.from, x.to-len(end)+1)
		if err := x.more(); err != nil {
			return cutOff(err)
		}
	}
}

func (x *xmlScanner) have(n int) error {
	for x.to-x.from < n {
		if err := x.more(); err != nil {
			return err
		}
	}
	return nil
}

// more reads on, keeping what is not used yet.
func (x *xmlScanner) more() error {
	if x.ended {
		return io.EOF
	}
	if x.from > 0 {
		x.to = copy(x.buf, x.buf[x.from:x.to])
		x.from = 0
	}
	if x.to == len(x.buf) {
		if x.to >= maxXMLToken {
			return refuse(CodeXLSXTooLarge, "")
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	n, err := x.in.Read(x.buf[x.to:])
	x.to += n
	if err == io.EOF {
		x.ended = true
		if n == 0 {
			return io.EOF
		}
		return nil
	}
	return err
}

const maxXMLDepth = 64

func (x *xmlScanner) push(name []byte) error {
	if len(name) == 0 || len(name) > 255 || len(x.stack) > 255*maxXMLDepth || x.started && len(x.stack) == 0 {
		return errXML
	}
	x.started = true
	x.stack = append(append(x.stack, name...), byte(len(name)))
	return nil
}

func (x *xmlScanner) pop(name []byte) error {
	if len(x.stack) == 0 {
		return errXML
	}
	n := int(x.stack[len(x.stack)-1])
	from := len(x.stack) - 1 - n
	if !bytes.Equal(x.stack[from:len(x.stack)-1], name) {
		return errXML
	}
	x.stack = x.stack[:from]
	return nil
}
