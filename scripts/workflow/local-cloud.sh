#!/usr/bin/env bash
# local-cloud.sh: starts an empty local cloud in TWINSTREAM_HOME, unless one runs there, and leaves it running.
set -euo pipefail
cd "$(dirname "$0")/../.."
home=${TWINSTREAM_HOME:-.twinstream}
mkdir -p "$home"
log=$home/local-cloud.log
running() { node scripts/run.cjs local-cloud/pulumi.ts stack ls >/dev/null 2>&1 && [ -f "$home/cloud.json" ]; }
if running; then exit 0; fi
nohup node scripts/run.cjs local-cloud/main.ts --no-deploy >"$log" 2>&1 &
pid=$!
echo "$pid" >"$home/local-cloud.pid"
for _ in $(seq 600); do
  if grep -q '^ready' "$log"; then exit 0; fi
  if ! kill -0 "$pid" 2>/dev/null; then break; fi
  sleep 0.2
done
echo "the local cloud did not start:" >&2
cat "$log" >&2
exit 1
