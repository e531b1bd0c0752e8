package esdbbench

import (
	"testing"

	"zhishu/eventstore/esdb/esdbtest"
)

func TestBothWaysDoTheSameWork(t *testing.T) {
	c, err := esdbtest.Start(esdbtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const events = 200
	f, err := Append(t.Context(), c.URL(), 8, events)
	if err != nil || f.Figure <= 0 || f.Limit <= 0 {
		t.Fatal(f, err)
	}
	if n := len(c.Events()); n != 2*turns*events {
		t.Fatalf("%d events were appended, want %d", n, 2*turns*events)
	}
	f, err = CatchUp(t.Context(), c.URL(), 3000)
	if err != nil || f.Figure <= 0 || f.Limit <= 0 || f.Detail == "" {
		t.Fatal(f, err)
	}
	f, err = Memory(t.Context(), c.URL(), 3000)
	if err != nil || f.Detail == "" {
		t.Fatal(f, err)
	}
	c.Close()
	if _, err := CatchUp(t.Context(), "esdb://admin:changeit@127.0.0.1:1?tls=false", 1); err == nil {
		t.Fatal("a benchmark of nothing")
	}
}
