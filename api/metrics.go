package api

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics is the registry of one server and the hooks the other rooms report
// through. Its methods may be called from any goroutine. Labels come from
// closed lists: a route is its pattern, never a path.
type Metrics struct {
	registry *prometheus.Registry

	requests    *prometheus.CounterVec
	latency     *prometheus.HistogramVec
	inFlight    prometheus.Gauge
	streams     prometheus.Gauge
	connections prometheus.Gauge
	refusals    *prometheus.CounterVec

	appendEvents  prometheus.Histogram
	appendLatency prometheus.Histogram
	importRows    *prometheus.CounterVec
}

const namespace = "zhishu"

// latencyBuckets, in seconds, from a cached read to the longest operation.
var latencyBuckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// NewMetrics returns an empty set with a registry of its own, which also
// reports the Go runtime and the process.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: counters("http_requests_total", "Requests answered.", "method", "route", "status_class"),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "http_request_duration_seconds",
			Help: "Time from the last byte of the request to its answer.", Buckets: latencyBuckets,
		}, []string{"method", "route"}),
		inFlight:    gauge("http_requests_in_flight", "Requests being answered."),
		streams:     gauge("http_event_streams", "Open event streams."),
		connections: gauge("http_connections", "Open connections."),
		refusals:    counters("refusals_total", "Problems answered, by code.", "code"),
		appendEvents: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "append_batch_events",
			Help: "Events in one append.", Buckets: prometheus.ExponentialBuckets(1, 2, 10),
		}),
		appendLatency: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "append_duration_seconds",
			Help: "Time until an append was durable.", Buckets: prometheus.ExponentialBuckets(.00005, 2.5, 14),
		}),
		importRows: counters("import_rows_total", "Rows of imported sheets, by outcome.", "outcome"),
	}
	m.registry.MustRegister(m.requests, m.latency, m.inFlight, m.streams, m.connections,
		m.refusals, m.appendEvents, m.appendLatency, m.importRows,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help})
}

func (m *Metrics) observeRequest(r *request, status int, took time.Duration) {
	method := methodLabel(r.method)
	m.requests.WithLabelValues(method, r.route, statusClass(status)).Inc()
	m.latency.WithLabelValues(method, r.route).Observe(took.Seconds())
}

// CountRefusal counts one problem answered, or one row refused, under its code.
// A code outside the table counts as internal, so that the label stays closed.
func (m *Metrics) CountRefusal(code string) {
	if _, known := StatusOf(code); !known {
		code = CodeInternal
	}
	m.refusals.WithLabelValues(code).Inc()
}

// ObserveAppend reports one append that became durable.
func (m *Metrics) ObserveAppend(events int, took time.Duration) {
	m.appendEvents.Observe(float64(events))
	m.appendLatency.Observe(took.Seconds())
}

// CountImportRows reports rows of a sheet; outcome is "accepted", "refused" or
// "repeated".
func (m *Metrics) CountImportRows(outcome string, rows int) {
	m.importRows.WithLabelValues(outcome).Add(float64(rows))
}

// WatchLogHead reports the ledger size each time the metrics are read.
func (m *Metrics) WatchLogHead(size func() uint64) error {
	return m.watch("log_head_events", "Ledger size: events in the ledger.", nil,
		func() float64 { return float64(size()) })
}

// WatchReadModel reports how many events a read model is behind the log, and
// the age of its newest snapshot. Call it once for each model. A nil lag is not
// reported: not every log counts its events.
func (m *Metrics) WatchReadModel(model string, lag func() uint64, snapshotAge func() time.Duration) error {
	labels := prometheus.Labels{"model": model}
	if lag != nil {
		err := m.watch("read_model_lag_events", "Events the read model has not applied yet.", labels,
			func() float64 { return float64(lag()) })
		if err != nil {
			return err
		}
	}
	return m.watch("snapshot_age_seconds", "Age of the newest snapshot.", labels,
		func() float64 { return snapshotAge().Seconds() })
}

func (m *Metrics) watch(name, help string, labels prometheus.Labels, value func() float64) error {
	return m.registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: namespace, Name: name, Help: help, ConstLabels: labels,
	}, value))
}

// Registry is where another room registers a collector of its own.
func (m *Metrics) Registry() prometheus.Registerer { return m.registry }
