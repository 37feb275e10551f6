#!/usr/bin/env bash
# Puts what lock files name into .venv: `tools/venv.sh base numbers` to run the gateway with its numbers,
# `tools/venv.sh base` without them, `tools/venv.sh bulk` for Parquet, `tools/venv.sh dev` to test it (all is in there).
# Does nothing, and asks no network, when that is there already. Fetches the venv module by apt where it may.
set -euo pipefail
cd "$(dirname "$0")/.."

: "${1:?usage: tools/venv.sh base [numbers] [bulk]|dev}"
venv=.venv

find_python() {
  for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  echo "The gateway needs Python 3.11 or newer; ${PYTHON:-none of python3.11 to python3.14} is not. Set PYTHON to one." >&2
  return 1
}

make_venv() {
  local python module
  python=$(find_python)
  module=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then # Debian keeps it in a package of its own
    local fetch="apt-get install -y --no-install-recommends $module ca-certificates"
    if [ "$(id -u)" = 0 ] && [ "${GATEWAY_NO_APT:-}" != 1 ] && command -v apt-get >/dev/null; then
      echo "Fetching $module, which Python needs to make a virtual environment ..."
      apt-get update -qq
      DEBIAN_FRONTEND=noninteractive $fetch -qq >/dev/null
    else
      printf 'Python cannot make a virtual environment here yet. Please type this, then try again:\n\n  sudo %s\n\n' "$fetch" >&2
      return 1
    fi
  fi
  echo "Making $venv with $("$python" -V) ..."
  "$python" -m venv --clear "$venv"
}

# The checkout itself is put on the path instead of being built and installed: no build tools, no network, and
# an edited file counts at once. `gateway` works wherever .venv is activated.
link_checkout() {
  local here packages
  here=$(pwd)
  packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  printf '%s\n' "$here" >"$packages/lead-gateway.pth"
  printf '#!/bin/sh\n# Made by tools/venv.sh. -P: a folder called "gateway" where you stand is not ours.\nexec "%s" -P -m gateway "$@"\n' \
    "$here/$venv/bin/python" >"$venv/bin/gateway"
  chmod +x "$venv/bin/gateway"
}

{ [ -x "$venv/bin/pip" ] && "$venv/bin/python" -c '' 2>/dev/null; } || make_venv
grep -qsF "\"$(pwd)/$venv/bin/python\"" "$venv/bin/gateway" || link_checkout # made here, not moved here

# The stamp is a copy of the lock file: a changed lock is installed, an unchanged one costs a comparison.
for set_name in "$@"; do
  lock=requirements/$set_name.lock
  if ! cmp -s "$lock" "$venv/installed-$set_name.lock"; then
    echo "Installing what $lock names, each file checked against its hash ..."
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    cp "$lock" "$venv/installed-$set_name.lock"
    if [ "$set_name" = dev ]; then # dev holds these, too
      for held in base numbers bulk; do cp "requirements/$held.lock" "$venv/installed-$held.lock"; done
    fi
  fi
done
