package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// lines prints JSON for people: a line for each value, named by dots, in the
// order the server wrote them.
func (p *program) lines(content []byte) error {
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	return p.value(d, "")
}

func (p *program) value(d *json.Decoder, name string) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return err
			}
			if err := p.value(d, under(name, fmt.Sprint(key))); err != nil {
				return err
			}
		}
	case json.Delim('['):
		for i := 1; d.More(); i++ {
			if err := p.value(d, under(name, strconv.Itoa(i))); err != nil {
				return err
			}
		}
	default:
		_, err := fmt.Fprintf(p.stdout, "%s: %v\n", name, token)
		return err
	}
	_, err = d.Token() // the closing bracket
	return err
}

func under(name, member string) string {
	if name == "" {
		return member
	}
	return name + "." + member
}
