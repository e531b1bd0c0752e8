#!/usr/bin/env bash
# Installs what tests need beside Go: PostgreSQL, for the vault of several
# servers. Without it those tests are skipped and say so; nothing here fails.
set -uo pipefail
if compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || [ -n "${ZHISHU_TEST_POSTGRES:-}" ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "ci-deps: PostgreSQL is not installed and cannot be from here; its tests are skipped" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
if ! { timeout 120 apt-get update -q && timeout 300 apt-get install -q -y --no-install-recommends postgresql; } >&2; then
  echo "ci-deps: PostgreSQL could not be installed; its tests are skipped" >&2
fi
exit 0
