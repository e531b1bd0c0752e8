#!/usr/bin/env bash
# Serves a ledger and lets tessera, which shares no code with us, check the log.
# Its fsck does at ROUNDS (default 20) sizes: it fetches every tile and entry over
# HTTP and computes the root of the signed checkpoint again. It hangs on some bad
# tiles, so it runs under timeout, and its verdict stands in what it prints. Then
# its client verifies INCLUSION (default 2,000) and CONSISTENCY (200) proofs.
set -euo pipefail
cd "$(dirname "$0")/.."
go build -o bin/zhishu ./cmd/zhishu
go -C scripts/tessera build -o ../../bin/tessera .
[ -x bin/fsck ] || GOFLAGS= GOBIN="$PWD/bin" go install github.com/transparency-dev/tessera/cmd/fsck@v1.0.4
room=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait; rm -rf "$room"' EXIT
bin/zhishu init --data "$room/L" --origin zhishu.example/fsck --json | grep -o 'zhishu.example/fsck+[^"]*' | tr -d '\n' > "$room/key"
bin/zhishu serve --data "$room/L" --listen 127.0.0.1:0 --checkpoint-every 200ms 2> "$room/log" &
server=$!
until address=$(grep -o 'address=127.0.0.1:[0-9]*' "$room/log" | cut -d= -f2) && [ -n "$address" ]; do sleep 0.1; done
mkdir "$room/heads"
size() { curl -sf "http://$address/checkpoint" | sed -n 2p; }
until [ -n "$(size)" ]; do sleep 0.1; done
for round in $(seq "${ROUNDS:-20}"); do
  rows=$((RANDOM % 400 + 1))
  { echo '志愿者编号,服务日期,活动名称,服务时长(分钟)'
    for row in $(seq "$rows"); do printf '%s-%s,2025-%02d-%02d,巡逻,60\n' "$round" "$row" $((row % 12 + 1)) $((row % 28 + 1)); done; } > "$room/sheet.csv"
  before=$(size)
  bin/zhishu import service "$room/sheet.csv" --data "$room/L" --community 430702001007 --enrol --unregistered --consent-basis paper --confirmer reviewer > /dev/null
  until [ "$(size)" -gt "$before" ]; do sleep 0.1; done
  sleep 0.5
  at=$(size)
  timeout 60 bin/fsck --ui=false --storage_url "http://$address/" --public_key "$room/key" --N 4 > "$room/fsck" 2>&1 || { cat "$room/fsck"; exit 1; }
  if grep -q 'fsck failed' "$room/fsck"; then cat "$room/fsck"; exit 1; fi
  curl -sf "http://$address/checkpoint" > "$room/heads/$round"
  echo "fsck accepts the log at $at events"
done
timeout 300 bin/tessera -url "http://$address/" -key "$room/key" -inclusion "${INCLUSION:-2000}" -consistency "${CONSISTENCY:-200}" "$room"/heads/*
