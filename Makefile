# Two commands matter: `make run` and `make test`. The rest is for maintainers.
GO ?= go
DATA ?= zhishu-data/demo

.PHONY: run test check bench fuzz soak build esdb-conformance

build: ## the one binary
	$(GO) build -o bin/zhishu ./cmd/zhishu

run: build ## build a demo ledger and serve it
	./bin/zhishu demo --data $(DATA)

test: ## every test
	$(GO) test -timeout 9m ./...

check: ## gofmt, go vet, staticcheck: silent when all is well
	@test -z "$$(gofmt -l $$(git ls-files '*.go') | tee /dev/stderr)"
	@$(GO) vet ./...
	@$(GO) tool staticcheck ./...

bench: build ## the table of docs/performance.md
	$(GO) build -o bin/esdbserver ./scripts/esdbserver
	./bin/zhishu bench

fuzz: ## every fuzz target, FUZZTIME each
	./scripts/fuzz.sh

soak: build ## long campaigns: kill -9 under load, planted strings, faulty stores
	./scripts/soak.sh

esdb-conformance: ## the EventStoreDB client's own tests against the protocol test server
	./scripts/esdb-conformance.sh
