package wire

import "zhishu/domain"

// Metadata is written in three parts, of which the middle one is another for
// every command.
func writeMetaHead(w *writer, m *domain.Meta) {
	w.int("v", Version)
	w.instant("recordedAt", m.RecordedAt)
	w.uuid("account", m.Account.UUID)
	w.uuid("person", m.Person.UUID)
	w.repaired("role", string(m.Role))
	w.division("scope", m.Scope)
	w.repaired("authentication", string(m.Authentication))
	w.uuid("onBehalfOf", m.OnBehalfOf.UUID)
	w.repaired("source", m.Source)
}

func writeHashes(w *writer, m *domain.Meta) {
	w.hash("keyHash", m.KeyHash)
	w.hash("requestHash", m.RequestHash)
}

func writeMetaTail(w *writer, m *domain.Meta) {
	w.uuid("$correlationId", m.Correlation)
	w.uuid("$causationId", m.Causation)
}

// readMeta reads what follows the version.
func readMeta(r *reader, m *domain.Meta) {
	m.RecordedAt = r.instant("recordedAt")
	m.Account.UUID = r.uuid("account")
	m.Person.UUID = r.uuid("person")
	m.Role = domain.Role(r.text("role"))
	m.Scope = r.division("scope")
	m.Authentication = domain.Authentication(r.text("authentication"))
	m.OnBehalfOf.UUID = r.uuid("onBehalfOf")
	m.Source = r.text("source")
	m.KeyHash = r.hash("keyHash")
	m.RequestHash = r.hash("requestHash")
	m.Correlation = r.uuid("$correlationId")
	m.Causation = r.uuid("$causationId")
}

func (r *reader) version() int {
	if !r.need("v") {
		return 0
	}
	return int(r.integer())
}
