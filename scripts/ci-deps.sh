#!/usr/bin/env bash
# Installs what tests can use beside Go: PostgreSQL, for the vault of several
# servers, LibreOffice, which opens the registers as a committee does, and Node,
# which runs the script of the page that checks receipts.
# Without them those tests are skipped and say so; nothing here fails.
set -uo pipefail
missing=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || [ -n "${ZHISHU_TEST_POSTGRES:-}" ] || missing+=(postgresql)
command -v soffice >/dev/null || missing+=(libreoffice-calc-nogui)
command -v node >/dev/null || missing+=(nodejs)
[ "${#missing[@]}" -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "ci-deps: cannot install ${missing[*]} from here; their tests are skipped" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
timeout 120 apt-get update -q >&2
for package in "${missing[@]}"; do
  timeout 240 apt-get install -q -y --no-install-recommends "$package" >&2 ||
    echo "ci-deps: $package could not be installed; its tests are skipped" >&2
done
exit 0
