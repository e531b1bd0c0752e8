// Package redact keeps personal data out of the logs. It is the last line, not
// the first: code that logs passes patterns, counts and codes. What slips
// through anyway (an error text quoting a cell, a panic value) loses every
// Han character, every run of digits long enough to be a phone or an identity
// number, and every mail address.
package redact

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// secretKeys are attributes whose value never belongs in a log.
var secretKeys = map[string]bool{
	"authorization": true, "cookie": true, "set-cookie": true, "token": true,
	"password": true, "secret": true, "body": true, "query": true, "url": true,
	"path": true, "name": true, "phone": true, "remark": true, "address": true,
}

// Handler wraps another slog.Handler and masks messages and attributes.
type Handler struct{ next slog.Handler }

// NewHandler returns a handler that masks and passes on to next.
func NewHandler(next slog.Handler) *Handler { return &Handler{next: next} }

func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h *Handler) Handle(ctx context.Context, record slog.Record) error {
	if Text(record.Message) == record.Message && clean(record) {
		return h.next.Handle(ctx, record) // nearly every line: nothing to copy
	}
	masked := slog.NewRecord(record.Time, record.Level, Text(record.Message), record.PC)
	record.Attrs(func(a slog.Attr) bool {
		masked.AddAttrs(attr(a))
		return true
	})
	return h.next.Handle(ctx, masked)
}

func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	masked := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		masked[i] = attr(a)
	}
	return &Handler{next: h.next.WithAttrs(masked)}
}

func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{next: h.next.WithGroup(name)}
}

// clean reports whether masking would change nothing.
func clean(record slog.Record) bool {
	clean := true
	record.Attrs(func(a slog.Attr) bool {
		switch a.Value.Kind() {
		case slog.KindString:
			text := a.Value.String()
			clean = !secretKeys[strings.ToLower(a.Key)] && Text(text) == text
		case slog.KindBool, slog.KindDuration, slog.KindFloat64, slog.KindInt64, slog.KindTime, slog.KindUint64:
			clean = !secretKeys[strings.ToLower(a.Key)]
		default:
			clean = false
		}
		return clean
	})
	return clean
}

func attr(a slog.Attr) slog.Attr {
	if secretKeys[strings.ToLower(a.Key)] {
		return slog.String(a.Key, "[withheld]")
	}
	value := a.Value.Resolve()
	switch value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, Text(value.String()))
	case slog.KindGroup:
		members := value.Group()
		masked := make([]slog.Attr, len(members))
		for i, member := range members {
			masked[i] = attr(member)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(masked...)}
	case slog.KindAny:
		return slog.String(a.Key, anyText(value.Any()))
	default: // numbers, booleans, times and durations say nothing about a person
		return slog.Attr{Key: a.Key, Value: value}
	}
}

// anyText shows an error's masked text and, of anything else, only its type:
// a struct printed whole is how a body gets into a log.
func anyText(v any) string {
	if err, ok := v.(error); ok {
		return Text(err.Error())
	}
	return fmt.Sprintf("(%T)", v)
}
