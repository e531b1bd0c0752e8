package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// A refusal's sentence is printed once, with the place and the cure.
func TestAProblemIsToldOnce(t *testing.T) {
	const sentence = "本人不办 / nobody does"
	e := &problemError{}
	if err := json.Unmarshal([]byte(`{"code":"own-record","title":"`+sentence+`","detail":"`+sentence+` (account)",
		"errors":[{"code":"own-record","location":"account","message":"`+sentence+`"}]}`), e); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	e.tell(&out, e)
	if got := out.String(); strings.Count(got, "nobody does") != 1 || !strings.Contains(got, "own-record") || !strings.Contains(got, "(account)") || !strings.Contains(got, "提示 hint: ") {
		t.Errorf("told as %q", got)
	}
}
