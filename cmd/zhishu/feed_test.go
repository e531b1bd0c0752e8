package main

import (
	"testing"

	"zhishu/eventstore"
)

// Whoever listens learns that somebody signed up, and neither who nor for what; of a
// gift neither which, nor that it was asked about.
func TestTheFeedNamesNoStreamThatIsWithheld(t *testing.T) {
	for stream, want := range map[string]string{
		"person-0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e":     `{"size":7,"type":"x","stream":"person"}`,
		"activity-0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e":   `{"size":7,"type":"x","stream":"activity"}`,
		"donation-0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e":   `{"size":7,"type":"x","stream":"donation"}`,
		"inspection-0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e": `{"size":7,"type":"x","stream":"inspection"}`,
		"policy-counting-all":                             `{"size":7,"type":"x","stream":"policy-counting-all"}`,
		"community-430702001007":                          `{"size":7,"type":"x","stream":"community-430702001007"}`,
	} {
		if got := happened(eventstore.Recorded{Stream: stream, Event: eventstore.Event{Type: "x"}}, 7); string(got.Data) != want || got.Size != 7 || got.Type != "x" {
			t.Errorf("%+v %s, want %s", got, got.Data, want)
		}
	}
}
