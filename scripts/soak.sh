#!/usr/bin/env bash
# Long campaigns that are not part of `make test`. Each prints what it did and
# exits with an error when a fact was lost or doubled.
#   KILLS     how many kill -9 of the server under load (default 100)
#   COMMANDS  how many commands three servers of one cluster are given (default 50,000)
#   COPY      events of the ledger that is moved to EventStoreDB and back (default 100,000)
#   SOAK      how many times as long the log's own random tests run (default 20)
#   HISTORIES random histories whose figures are held to a slow model, put in another
#             order, undone, replayed and read back from a snapshot (default 2,000)
#   TAMPER    trials of every kind of tampering with a data directory or a bundle (default 40)
set -euo pipefail
cd "$(dirname "$0")/.."
go build -o bin/zhishu ./cmd/zhishu
go run ./scripts/kill9 -binary bin/zhishu -kills "${KILLS:-100}"
go run ./scripts/cluster -binary bin/zhishu -commands "${COMMANDS:-50000}"
go test -count=1 -timeout 60m -run 'TestALedgerGoesToEventStoreDBAndBack' -v ./cmd/zhishu -copy-events "${COPY:-100000}"
go test -count=1 -timeout 60m ./eventstore/esdb -args -soak
ZHISHU_SOAK="${SOAK:-20}" go test -count=1 -timeout 60m ./eventstore/embedded
go test -count=1 -timeout 60m ./projections -rapid.checks "${HISTORIES:-2000}"
go test -count=1 -timeout 60m ./audit -run 'TestRoots|TestTwoServersRace' -v -roots.events 1000000 -races 2000
# What is tampered with need not survive a power cut: in memory it takes a fifth.
[ ! -d /dev/shm ] || export TMPDIR="${TMPDIR:-/dev/shm}"
go test -count=1 -timeout 120m ./cmd/zhishu -run TestTampering -v -tamper.trials "${TAMPER:-40}" -tamper.events 5000 -tamper.sound 200
./scripts/fsck.sh
go test -count=1 -timeout 60m ./cmd/zhishu -run TestCountyOpensInLibreOffice -v -county.events 0
go test -count=1 -timeout 120m ./inspect -run 'TestTampering|TestNoFalseAlarm' -v -args -trials "${TAMPER:-40}"
