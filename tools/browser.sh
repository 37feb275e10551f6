#!/usr/bin/env bash
# Sees to a Chromium for the browser tests, and to libatomic1, which Playwright's bundled node needs.
# Never fails for want of one: the tests say themselves whether they skip (a developer) or fail (CI).
set -euo pipefail
cd "$(dirname "$0")/.."

missing=$(.venv/bin/python tests/browser.py) || {
  fetch="apt-get install -y --no-install-recommends chromium libatomic1"
  if [ "$(id -u)" = 0 ] && [ "${GATEWAY_NO_APT:-}" != 1 ] && command -v apt-get >/dev/null; then
    echo "Fetching Chromium for the browser tests ($missing) ..."
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive $fetch -qq >/dev/null ||
      echo "That did not work; going on without the browser."
  else
    printf 'Going on without a browser (%s). To have one:\n\n  sudo %s\n\n' "$missing" "$fetch"
  fi
}
