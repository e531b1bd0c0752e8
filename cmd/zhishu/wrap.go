package main

import (
	"strings"
	"unicode"
)

// columnsOfRune is how many columns of a terminal a rune takes. What some fonts
// draw narrow and others wide counts as wide, so that no line is ever longer.
func columnsOfRune(r rune) int {
	if r >= 0x2e80 || strings.ContainsRune("“”‘’…—→", r) {
		return 2
	}
	return 1
}

func columnsOfText(s string) (n int) {
	for _, r := range s {
		n += columnsOfRune(r)
	}
	return n
}

// Marks that may not begin a line, and that may not end one.
const (
	closes = "，。；：、！？）》」”’…"
	opens  = "（《「“‘"
)

// wrap breaks a text into lines of so many columns: English between words,
// Chinese between any two characters.
func wrap(text string, width int) (lines []string) {
	line := ""
	for _, piece := range pieces(text) {
		if line != "" && columnsOfText(strings.TrimRight(line+piece, " ")) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line, piece = "", strings.TrimLeft(piece, " ")
		}
		line += piece
	}
	return append(lines, strings.TrimRight(line, " "))
}

// pieces are what stays together on a line; a space stays with what is before it.
func pieces(text string) (all []string) {
	var last rune
	for _, r := range text {
		switch {
		case len(all) == 0, !unicode.IsSpace(r) && !strings.ContainsRune(closes, r) && !strings.ContainsRune(opens, last) && (unicode.IsSpace(last) || wide(r) || wide(last)):
			all = append(all, string(r))
		default:
			all[len(all)-1] += string(r)
		}
		last = r
	}
	return all
}

func wide(r rune) bool { return columnsOfRune(r) == 2 }
