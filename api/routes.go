package api

// product is every route there is, group by group.
func product(r *routes) {
	health(r)
	problems(r)
	if r.server.cfg.Ledger != nil {
		ledger(r)
	}
	if r.server.cfg.Events != nil {
		events(r)
	}
}

// ledger is every route that reads or writes the ledger.
//
//	accounts      POST /v1/accounts, /v1/accounts/{handle}/person, …/close
//	communities   GET POST /v1/communities, POST /v1/communities/{code}/population
//	persons       POST /v1/persons, GET /v1/persons/{id}
//	programme     POST /v1/communities/{code}/succession, /designations, …/end, /counts, …/{fact}/withdraw
//	groups        POST /v1/groups, /v1/groups/{kind}/{id}/name, /community, /close
//	identities    GET /v1/persons/{id}/identity
//	finding       POST /v1/persons/find
//	belonging     POST /v1/persons/{id}/memberships, …/end, /v1/persons/{id}/consents, …/withdraw
//	merging       POST /v1/persons/{id}/memberships/move, /layers, /merges, /unmerges, …/{proposal}/approve, refuse
//	statements    GET /v1/persons/{id}/statement, /v1/persons/{id}/story, …/diff
//	entries       POST /v1/persons/{id}/entries, …/{no}/confirm, reject, corrections, void
//	              POST …/{no}/proposals/{proposal}/approve, refuse
//	disputes      POST …/{no}/disputes, …/disputes/{dispute}/answer, /v1/persons/{id}/reports, …/{report}/accept, decline
//	closings      POST /v1/communities/{code}/periods, …/{period}/reopening, …/{proposal}/approve, refuse
//	flags         GET /v1/flags, POST /v1/flags/{flag}/review
//	waitingLists  GET /v1/waiting, /v1/remaining, /v1/coming-of-age, /v1/policies/proposals
//	rosters       POST /v1/rosters
//	groupBoards   GET /v1/groups, /v1/standings/{kind}, /v1/teams, /v1/training, /v1/sessions, /v1/communities/{code}/scorecard
//	boards        GET /v1/stars, /v1/persons/{id}/stars, /v1/standings/individuals,
//	              /v1/persons/{id}/standing, /v1/participation
//	activities    GET POST /v1/activities, GET /v1/activities/{id}, …/roster, sign-in-sheet, sign-in-page, /v1/activity-totals,
//	              POST …/reschedule, cancel, close, attest
//	attendance    POST …/sign-ups, …/sign-ups/withdraw, …/check-in-window, …/check-in-window/close,
//	              GET …/check-in-code, POST …/check-in, check-out, attendance, confirm
//	donations     GET POST /v1/donations, GET /v1/donations/{id},
//	              POST …/corrections, …/givers, …/{proposal}/approve, refuse
//	giftUses      GET /v1/donations/uses, POST /v1/donations/{id}/allocations, …/{no}/deliveries, reversals, …/returns
//	giftList      GET /v1/donations/published, POST /v1/donations/{id}/publication, …/withdraw
//	donors        GET /v1/donors/{donor}, …/words, /v1/donations/{id}/donor, POST …/enquiries, …/{no}/answer
//	registerTables GET /v1/registers/{kind}, …/xlsx, csv, trace
//	uploads       POST /v1/imports/people, service, study, donations, communities, activities, roster, and …/rejects
//	templates     GET /v1/templates, /v1/templates/{kind}
//	sheetList     GET /v1/imports, /v1/imports/{id}
//	policies      GET POST /v1/policies, POST …/proposals, /v1/policies/{policy}/proposals/{proposal}/approve, refuse,
//	              GET /v1/policy-examples, /v1/digests
//	whatIf        GET /v1/what-if/stars, standings/individuals, participation, persons/{id}/statement
//	differences   GET /v1/diff/statement, stars, standings, participation
//	overview      GET /v1/ledger
//	evidence      GET /checkpoint, /tile/…, /v1/receipts/{event}, …/stream, /v1/persons/{id}/receipts, …/story/receipts,
//	              GET POST /v1/keys, POST /v1/keys/{number}/retire
//	inspections   POST /v1/inspections, GET /v1/inspections/{id}, POST …/sample, bundle, close
//	backups       GET /v1/backup/keys, /v1/backup/erasures
func ledger(r *routes) {
	for _, group := range []func(*routes){
		accounts, communities, programme, groups, persons, identities, finding, belonging, merging, statements, entries, disputes, closings, flags,
		waitingLists, rosters, boards, groupBoards, activities, attendance, giftUses, giftList, donors, donations, registerTables,
		uploads, templates, sheetList, policies, whatIf, differences, overview, evidence, inspections, backups,
	} {
		group(r)
	}
}
