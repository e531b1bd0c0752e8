#!/usr/bin/env bash
# Runs the own, unmodified tests of the EventStoreDB client against the protocol
# test server (TLS on localhost 2111 to 2113), so that the server by which our
# adapter is tested is itself judged by somebody else. Needs these ports free and,
# the first time, a network: the client's tests have modules of their own.
# Prints every case and the numbers; skipped are the cases that want a prepared
# database in a container.
#   ZHISHU_ESDB_URL   also runs our conformance suite against that real server
set -euo pipefail
cd "$(dirname "$0")/.."
go test -count=1 -timeout 10m -v -run TestClientsOwnTests ./eventstore/esdb/esdbtest -client-tests
go test -count=1 -timeout 10m -v -run 'TestConformance' ./eventstore/esdb | grep -v -e '^=== '
