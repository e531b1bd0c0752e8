package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"zhishu/api"
	"zhishu/domain"
)

// problemError is a problem (RFC 9457) that a server answered with.
type problemError struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Hint   string `json:"hint"`
	Errors []struct {
		Row      int    `json:"row"`
		Code     string `json:"code"`
		Location string `json:"location"`
		Message  string `json:"message"`
	} `json:"errors"`
}

func (e *problemError) Error() string {
	switch {
	case strings.HasPrefix(e.Detail, e.Title): // it says the sentence again, and where
		return e.Code + ": " + e.Detail
	case e.Detail != "":
		return e.Code + ": " + e.Title + " " + e.Detail
	}
	return e.Code + ": " + e.Title
}

// tell ends with the problem's code, its sentence, once, and its cure, in both
// languages where the code is one of the ledger's.
func (e *problemError) tell(w io.Writer, err error) {
	for _, f := range e.Errors {
		if f.Row == 0 && f.Message == e.Title {
			continue // the sentence below, which names the place
		}
		where := f.Location
		if f.Row > 0 {
			where = fmt.Sprintf("row %d %s", f.Row, where)
		}
		if where != "" {
			fmt.Fprintf(w, "  %s: %s\n", where, f.Message)
		}
	}
	if info, ok := infoOf(domain.Code(e.Code)); ok {
		fmt.Fprintf(w, "zhishu: %v\n提示 hint: %s / %s\n", err, info.Cure, info.CureEn)
		return
	}
	fmt.Fprintf(w, "zhishu: %v\n", err)
	if e.Hint != "" {
		fmt.Fprintf(w, "提示 hint: %s\n", e.Hint)
	}
}

// problemOf reads the problem a server answered with.
func problemOf(resp *http.Response) error {
	problem := &problemError{}
	if err := json.NewDecoder(resp.Body).Decode(problem); err != nil {
		return fmt.Errorf("the server answered %s", resp.Status)
	}
	return problem
}

// sentenceOf is what a code means.
func sentenceOf(code string) string {
	if info, ok := infoOf(domain.Code(code)); ok {
		return info.Chinese + " " + info.English
	}
	for _, kind := range api.Kinds() {
		if kind.Code == code {
			return kind.Title
		}
	}
	return ""
}
