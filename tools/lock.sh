#!/usr/bin/env bash
# Resolves requirements/*.in into hash-locked files. Only whoever changes a requirement needs this, and uv;
# installing them takes pip alone.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v uv >/dev/null || {
  echo "make lock needs uv (https://docs.astral.sh/uv/), for example: pipx install uv" >&2
  exit 1
}
compile() { uv pip compile --quiet --generate-hashes --python-version 3.11 --no-header "$@"; }
compile requirements/base.in -o requirements/base.lock
for extra in redis pgmq numbers bulk; do # what an extra needs beside base
  compile -c requirements/base.lock "requirements/$extra.in" -o "requirements/$extra.lock"
done
compile -c requirements/base.lock requirements/dev.in -o requirements/dev.lock # the same versions as base
echo "Locked. Read the difference (git diff requirements), then run make check."
