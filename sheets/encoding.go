package sheets

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encoding is the character encoding a CSV was read in.
type Encoding string

// The encodings.
const (
	UTF8    Encoding = "utf-8"
	UTF8BOM Encoding = "utf-8-bom"
	UTF16LE Encoding = "utf-16le"
	UTF16BE Encoding = "utf-16be"
	GB18030 Encoding = "gb18030"
)

var (
	bomUTF8    = []byte("\xEF\xBB\xBF")
	bomUTF16LE = []byte("\xFF\xFE")
	bomUTF16BE = []byte("\xFE\xFF")
)

// detectEncoding decides by the byte order mark, then by whether the bytes are
// UTF-8, and takes the rest for GB18030. Text that is UTF-8 but for a few
// damaged places stays UTF-8, so that those places are reported instead of
// every name being turned into other characters. Bad counts the bytes that are
// not UTF-8.
func detectEncoding(r io.ReaderAt, size int64) (e Encoding, bad int, err error) {
	head := make([]byte, min(size, 4))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return "", 0, err
	}
	switch {
	case bytes.HasPrefix(head, bomUTF16LE):
		return UTF16LE, 0, nil
	case bytes.HasPrefix(head, bomUTF16BE):
		return UTF16BE, 0, nil
	}
	good, bad, err := countUTF8(r, size)
	switch {
	case err != nil:
		return "", 0, err
	case bytes.HasPrefix(head, bomUTF8):
		return UTF8BOM, bad, nil
	case good >= 20*bad:
		return UTF8, bad, nil
	}
	return GB18030, bad, nil
}

// countUTF8 counts the characters of more than one byte and the bytes that
// belong to none. In GB18030 text fewer than half the pairs look like UTF-8.
func countUTF8(r io.ReaderAt, size int64) (good, bad int, err error) {
	in := io.NewSectionReader(r, 0, size)
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := in.Read(buf[kept:])
		chunk, final := buf[:kept+n], err == io.EOF
		if err != nil && !final {
			return 0, 0, err
		}
		g, b, rest := countChunk(chunk, final)
		good, bad = good+g, bad+b
		if final {
			return good, bad, nil
		}
		kept = copy(buf, chunk[rest:])
	}
}

func countChunk(chunk []byte, final bool) (good, bad, used int) {
	if whole := chunk[:len(chunk)-openRune(chunk)]; !final && utf8.Valid(whole) {
		return len(whole) / 4, 0, len(whole) // near enough where nothing is wrong
	}
	for used < len(chunk) {
		if chunk[used] < utf8.RuneSelf {
			used++
			continue
		}
		if !final && !utf8.FullRune(chunk[used:]) {
			break
		}
		_, n := utf8.DecodeRune(chunk[used:])
		if n == 1 {
			bad++
		} else {
			good++
		}
		used += n
	}
	return good, bad, used
}

// openRune is the length of a character that the end of the chunk cuts off.
func openRune(chunk []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(chunk); n++ {
		if tail := chunk[len(chunk)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// encodingOption reads Options.Encoding; a byte order mark goes before it.
func encodingOption(name string, found Encoding) (Encoding, *Error) {
	var asked Encoding
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "":
		return found, nil
	case "utf-8", "utf8":
		asked = UTF8
	case "gb18030", "gbk", "gb2312":
		asked = GB18030
	case "utf-16le", "utf-16", "utf16":
		asked = UTF16LE
	case "utf-16be":
		asked = UTF16BE
	default:
		return "", refuse(CodeEncodingUnknown, "")
	}
	if found == UTF8BOM && asked == UTF8 {
		return found, nil
	}
	return asked, nil
}

// decoded streams the file as UTF-8 without byte order mark. What cannot be
// decoded arrives as U+FFFD.
func decoded(r io.ReaderAt, size int64, e Encoding) io.Reader {
	in := io.NewSectionReader(r, 0, size)
	switch e {
	case GB18030:
		return transform.NewReader(bufio.NewReaderSize(in, 64<<10), simplifiedchinese.GB18030.NewDecoder())
	case UTF16LE:
		return transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case UTF16BE:
		return transform.NewReader(in, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	case UTF8BOM:
		in = io.NewSectionReader(r, int64(len(bomUTF8)), size-int64(len(bomUTF8)))
	}
	return in
}
