package sheets

import (
	"bytes"
	"io"
)

// lineReader gives one physical line after the other, with its line end. A
// line is valid until the next call.
type lineReader struct {
	in    io.Reader
	buf   []byte
	from  int
	to    int
	eol   byte // '\n', or '\r' for files of old Macintosh programs
	ended bool
}

const lineBuffer = 256 << 10

func newLineReader(in io.Reader, eol byte) *lineReader {
	return &lineReader{in: in, buf: make([]byte, lineBuffer), eol: eol}
}

// next returns io.EOF after the last line, and a refusal when a line is longer
// than any row may be.
func (l *lineReader) next() ([]byte, error) {
	searched := 0
	for {
		if i := bytes.IndexByte(l.buf[l.from+searched:l.to], l.eol); i >= 0 {
			line := l.buf[l.from : l.from+searched+i+1]
			l.from += len(line)
			return line, nil
		}
		searched = l.to - l.from
		if l.ended {
			return l.last()
		}
		if searched > maxRecordBytes {
			return nil, refuse(CodeRowTooLong, "")
		}
		if err := l.fill(); err != nil {
			return nil, err
		}
	}
}

func (l *lineReader) last() ([]byte, error) {
	line := l.buf[l.from:l.to]
	l.from = l.to
	if len(line) == 0 {
		return nil, io.EOF
	}
	return line, nil
}

// fill moves what is left to the front, grows the buffer when it is full, and
// reads once.
func (l *lineReader) fill() error {
	if l.from > 0 {
		l.to = copy(l.buf, l.buf[l.from:l.to])
		l.from = 0
	}
	if l.to == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.in.Read(l.buf[l.to:])
	l.to += n
	if err == io.EOF {
		l.ended = true
		return nil
	}
	return err
}
