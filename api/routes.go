package api

// product is every route there is, group by group.
func product(r *routes) {
	health(r)
	problems(r)
	if r.server.cfg.Events != nil {
		events(r)
	}
}
